/// An element of an XML document, with all that is in it.
struct XMLElement: Sendable {
    /// Empty where the element has none.
    let namespace: String
    /// Without prefix.
    let name: String
    /// Attributes by name. One of another namespace has that in front of its name, and a line break between them.
    let attributes: [String: String]
    /// The line on which the element begins, from 1.
    let line: Int
    var children: [XMLElement] = []
    /// The characters of the element itself, without those of its children.
    var text = ""

    /// The children of one name, in the namespace of the element itself.
    func children(_ name: String) -> [XMLElement] {
        children.filter { $0.name == name && $0.namespace == namespace }
    }

    /// The first child of one name, in the namespace of the element itself.
    func child(_ name: String) -> XMLElement? {
        children.first { $0.name == name && $0.namespace == namespace }
    }

    subscript(_ attribute: String) -> String? { attributes[attribute] }
}

/// Why a text is no XML that is read here.
struct XMLError: Error, Hashable {
    let line: Int
    let reason: String
}
