import Bureau
import JSON

extension ScorecardFile {
    /// The form of a card that is hashed: format 2 without spaces, members in one order, absent ones left out.
    ///
    /// The role is not part of it, so that a shadow that is made the champion is provably the same card.
    public static func canonical(_ card: Scorecard) -> [UInt8] {
        var writer = Writer()
        write(card, withRole: false, to: &writer)
        return writer.take()
    }

    /// A card for people, with its role.
    public static func formatted(_ card: Scorecard) -> [UInt8] {
        var writer = Writer()
        write(card, withRole: true, to: &writer)
        guard let document = try? Document(writer.take()) else { preconditionFailure("the writer writes JSON") }
        return document.withRoot { IndentedText($0).bytes }
    }

    private static func write(_ card: Scorecard, withRole: Bool, to writer: inout Writer) {
        writer.object { object in
            object.key("format")
            object.number(Int64(2))
            object.member("model", card.model)
            object.key("version")
            object.number(Int64(card.version))
            if withRole { object.member("role", card.role.rawValue) }
            object.member("description", card.description.isEmpty ? nil : card.description)
            object.key("usesAge")
            object.bool(card.usesAge)
            object.key("requiresConsent")
            object.bool(card.requiresConsent)
            object.key("basePoints")
            object.number(Int64(card.basePoints))
            object.key("characteristics")
            object.array { list in
                for characteristic in card.characteristics { write(characteristic, to: &list) }
            }
            if let modelCard = card.modelCard {
                object.key("modelCard")
                write(modelCard, to: &object)
            }
        }
    }

    private static func write(_ characteristic: ScoredCharacteristic, to writer: inout Writer) {
        writer.object { object in
            object.member("characteristic", characteristic.name)
            object.member("unit", characteristic.unit)
            object.key("baseline")
            object.number(Int64(characteristic.baseline))
            switch characteristic.table {
            case .bins(let bins):
                object.key("bins")
                object.array { list in
                    for bin in bins {
                        list.object { item in
                            item.member("from", number: bin.from)
                            item.member("to", number: bin.to)
                            writeMembers(bin.attribute, to: &item)
                        }
                    }
                }
            case .categories(let categories):
                object.key("categories")
                object.array { list in
                    for category in categories {
                        list.object { item in
                            item.key("values")
                            item.array { values in
                                for value in category.values { values.string(value) }
                            }
                            writeMembers(category.attribute, to: &item)
                        }
                    }
                }
            }
            if let other = characteristic.other {
                object.key("other")
                object.object { writeMembers(other, to: &$0) }
            }
            object.key("missing")
            object.object { missing in
                for reason in MissingReason.allCases {
                    missing.key(reason.rawValue)
                    missing.object { writeMembers(characteristic.missing[reason], to: &$0) }
                }
            }
        }
    }

    private static func writeMembers(_ attribute: AttributePoints, to object: inout Writer) {
        object.key("points")
        object.number(Int64(attribute.points))
        guard let reason = attribute.reason else { return }
        object.key("reason")
        object.object { text in
            text.member("code", reason.code)
            text.member("pt-BR", reason.portuguese)
            text.member("en", reason.english)
        }
    }

    /// A model card's own text.
    static func text(of card: ModelCard) -> [UInt8] {
        var writer = Writer()
        write(card, to: &writer)
        return writer.take()
    }

    private static func write(_ card: ModelCard, to writer: inout Writer) {
        writer.object { object in
            object.member("owner", card.owner)
            if let data = card.data {
                object.key("data")
                object.object { item in
                    item.member("description", data.description)
                    item.member("sha256", data.sha256)
                    item.member("rows", number: data.rows.map { Double($0) })
                    item.member("bads", number: data.bads.map { Double($0) })
                }
            }
            object.member("label", card.label)
            object.member("window", card.window)
            if !card.metrics.isEmpty {
                object.key("metrics")
                object.object { metrics in
                    for (name, value) in card.metrics.sorted(by: { $0.key < $1.key }) {
                        metrics.key(name)
                        metrics.real(value)
                    }
                }
            }
            object.member("limits", card.limits)
            if let approval = card.approval {
                object.key("approval")
                object.object { item in
                    item.member("by", approval.by)
                    item.member("on", approval.on.text)
                }
            }
        }
    }
}

extension Writer {
    /// Appends a member, unless it is absent.
    fileprivate mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        key(name)
        string(text)
    }

    fileprivate mutating func member(_ name: StaticString, number value: Double?) {
        guard let value else { return }
        key(name)
        real(value)
    }

    fileprivate mutating func real(_ value: Double) {
        var text = value.shortText
        text.withUTF8 { verbatim($0) }
    }
}

/// JSON with line breaks: what fits a line of 120 columns is on one.
private struct IndentedText {
    private(set) var bytes: [UInt8] = []

    init(_ value: Value) {
        write(value, indent: 0, after: 0)
        bytes.append(UInt8(ascii: "\n"))
    }

    private static let width = 120

    /// Writes a value after `column` bytes of its line; compact text has no blank after a comma or colon.
    private mutating func write(_ value: Value, indent: Int, after column: Int) {
        let line = Self.line(value)
        guard value.isContainer, value.count > 0, indent == 0 || column + line.count > Self.width else {
            bytes += line
            return
        }
        let isObject = value.kind == .object
        bytes.append(UInt8(ascii: isObject ? "{" : "["))
        let inner = indent + 2
        var isFirst = true
        func next(_ text: inout [UInt8]) {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            text.append(UInt8(ascii: "\n"))
            text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: inner))
        }
        for member in value.members {
            next(&bytes)
            bytes += Array(member.key.rawText) + Array(": ".utf8)
            write(member.value, indent: inner, after: inner + member.key.rawText.count + 2)
        }
        for element in value.elements {
            next(&bytes)
            write(element, indent: inner, after: inner)
        }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
        bytes.append(UInt8(ascii: isObject ? "}" : "]"))
    }

    /// A value on one line.
    private static func line(_ value: Value) -> [UInt8] {
        guard value.isContainer else { return Array(value.rawText) }
        var parts = value.members.map { Array($0.key.rawText) + Array(": ".utf8) + line($0.value) }
        parts += value.elements.map(line)
        let brackets = value.kind == .object ? ("{", "}") : ("[", "]")
        // Part by part, because a text may have a quarter of a million bytes, which an iterator would give one by one.
        var bytes = Array(brackets.0.utf8)
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes += ", ".utf8 }
            bytes += part
        }
        bytes += brackets.1.utf8
        return bytes
    }
}
