import Bureau

/// Why a PMML document is not read as a scorecard, or a scorecard not written as one.
public enum PMMLError: Error, Hashable, CustomStringConvertible {
    case notXML(line: Int, String)
    /// The document is of another kind or version.
    case notPMML(String)
    /// What an element says is not read.
    case notRead(line: Int, element: String, String)
    /// Values that the document gives no points, each with its characteristic.
    case holes([String])
    /// There is no active field that `--map` names.
    case unknownField(String)
    /// What was read, or is to be written, is no scorecard of format 2.
    case invalid(String)
    /// A text of the scorecard has a character that XML 1.0 has not (XML 1.0 §2.2).
    case notInXML(String)

    public var description: String {
        switch self {
        case .notXML(let line, let reason): "line \(line): \(reason)"
        case .notPMML(let reason): reason
        case .notRead(let line, let element, let reason): "line \(line), <\(element)>: \(reason)"
        case .holes(let holes):
            (holes + ["--other worst gives these the fewest points of their characteristic"]).joined(separator: "\n")
        case .unknownField(let name): "--map: no characteristic reads a field \(name)"
        case .invalid(let reason): reason
        case .notInXML(let text): "XML cannot hold a control character of the text \"\(text)\""
        }
    }
}

extension XMLElement {
    /// An error that tells where the element is.
    func refused(_ reason: String) -> PMMLError { .notRead(line: line, element: name, reason) }

    /// The value of an attribute that the element must have.
    func required(_ attribute: String) throws(PMMLError) -> String {
        guard let value = self[attribute] else { throw refused("has no \(attribute)") }
        return value
    }

    /// A truth value; `standard` where the attribute is absent.
    func bool(_ attribute: String, standard: Bool) throws(PMMLError) -> Bool {
        switch self[attribute] {
        case nil: standard
        case "true", "1": true
        case "false", "0": false
        case _?: throw refused("\(attribute) is neither true nor false")
        }
    }

    /// Refuses any child but those of these names; an `<Extension>` is passed over (PMML 4.4, "Extension Mechanism").
    func allow(_ names: String...) throws(PMMLError) { try allow(Set(names)) }

    func allow(_ names: Set<String>) throws(PMMLError) {
        for child in children where child.name != "Extension" {
            guard child.namespace == namespace, names.contains(child.name) else {
                throw child.refused("is not read inside of <\(name)>")
            }
        }
    }

    /// The value of an extension of this program's.
    func extensionValue(_ name: String) -> String? {
        children("Extension").first { $0["extender"] == PMMLExtension.extender && $0["name"] == name }?["value"]
    }
}

/// The names of what a scorecard of format 2 has and PMML has not; they are written as `<Extension>` elements.
enum PMMLExtension {
    static let extender = "creditd"
    /// The card format; it marks a document as this program's.
    static let format = "format"
    static let usesAge = "usesAge"
    static let requiresConsent = "requiresConsent"
    /// The model card, as JSON.
    static let modelCard = "modelCard"
    static let unit = "unit"
    /// On an Attribute: the kind of missing value whose points it has.
    static let missing = "missing"
    /// On an Attribute: it has the points of other values.
    static let other = "other"
    static let english = "reason.en"
    static let portuguese = "reason.pt-BR"
}
