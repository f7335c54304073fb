/// A line of input or of an answer, taken apart at its escapes and placeholders.
struct LineTemplate: Sendable {
    private enum Part {
        case bytes([UInt8])
        case repeated([UInt8], times: Int)
        case number
        /// As many spaces as the line needs for this length.
        case fill(length: Int)
        /// `isWhole` when the placeholder is a whole string: its quotes belong to this part.
        case placeholder(Placeholder, isWhole: Bool)
        /// The characters `${`, written as `$${`.
        case dollarBrace
    }

    private let parts: [Part]
    /// Whether LF ends the line when it is sent.
    let isEnded: Bool

    init(_ text: Substring, isEnded: Bool = true) throws(TranscriptError.Reason) {
        self.isEnded = isEnded
        var parts: [Part] = []
        var rest = text
        while let start = rest.firstIndex(where: { $0 == "\\" || $0 == "$" }) {
            var literal = Array(rest[..<start].utf8)
            rest = rest[start...]
            if rest.hasPrefix("$${") {
                parts += [.bytes(literal), .dollarBrace]
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                let placeholder = try Self.takePlaceholder(from: &rest)
                let isWhole = literal.last == UInt8(ascii: "\"") && rest.first == "\""
                if isWhole {
                    literal.removeLast()
                    rest = rest.dropFirst()
                }
                parts += [.bytes(literal), .placeholder(placeholder, isWhole: isWhole)]
            } else if rest.hasPrefix("$") {
                parts.append(.bytes(literal + [UInt8(ascii: "$")]))
                rest = rest.dropFirst()
            } else {
                parts += [.bytes(literal), try Self.takeEscape(from: &rest)]
            }
        }
        parts.append(.bytes(Array(rest.utf8)))
        self.parts = parts
        for case .fill(let length) in parts where patternText(number: 1).count > length { throw .noRoom }
    }

    var placeholders: [Placeholder] {
        parts.compactMap { part in
            if case .placeholder(let placeholder, _) = part { placeholder } else { nil }
        }
    }

    var hasOnlyWholePlaceholders: Bool {
        parts.allSatisfy { part in
            if case .placeholder(_, let isWhole) = part { isWhole } else { true }
        }
    }

    /// The bytes to send without the end of the line, as the `number`th of its repetitions.
    func input(number: Int, captures: Captures) -> [UInt8] {
        render(number: number) { part in
            switch part {
            case .placeholder(.captured(let name), let isWhole):
                let value = captures[name] ?? .null
                if isWhole { return value.bytes }
                // Within a string: the text of the value, as JSON writes it there.
                let text =
                    if case .string = value { value } else { Tree.string(String(decoding: value.bytes, as: UTF8.self)) }
                return Array(text.bytes.dropFirst().dropLast())
            case .dollarBrace: return Array("${".utf8)
            default: return []
            }
        }
    }

    /// The JSON text of an expected answer, its placeholders left as they are written.
    func patternText(number: Int) -> [UInt8] {
        render(number: number) { part in
            switch part {
            case .placeholder(let placeholder, _): Array("\"${\(placeholder)}\"".utf8)
            case .dollarBrace: Array("$${".utf8)
            default: []
            }
        }
    }

    private func render(number: Int, substitute: (Part) -> [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var fill: (offset: Int, length: Int)?
        for part in parts {
            switch part {
            case .bytes(let literal): bytes += literal
            case .repeated(let text, let times):
                bytes.reserveCapacity(bytes.count + text.count * times)
                for _ in 0..<times { bytes += text }
            case .number: bytes += Array("\(number)".utf8)
            case .fill(let length): fill = (bytes.count, length)
            case .placeholder, .dollarBrace: bytes += substitute(part)
            }
        }
        if let fill {
            let spaces = [UInt8](repeating: 0x20, count: max(0, fill.length - bytes.count))
            bytes.insert(contentsOf: spaces, at: fill.offset)
        }
        return bytes
    }

    private static func takePlaceholder(from rest: inout Substring) throws(TranscriptError.Reason) -> Placeholder {
        guard let close = rest.firstIndex(of: "}"), let placeholder = Placeholder(rest[..<close].dropFirst(2))
        else { throw .badPlaceholder }
        rest = rest[close...].dropFirst()
        return placeholder
    }

    /// The longest repeated text or fill: 64 MiB, so that a wrong number is an error and not the end of the memory.
    private static let maximumBytes = 64 << 20

    /// JSON has no escapes of these forms, so that all others are sent as they are written.
    private static func takeEscape(from rest: inout Substring) throws(TranscriptError.Reason) -> Part {
        let escape = rest.dropFirst()
        if escape.hasPrefix("x") {
            guard let byte = UInt8(escape.dropFirst().prefix(2), radix: 16) else { throw .badEscape }
            rest = escape.dropFirst(3)
            return .bytes([byte])
        }
        if escape.hasPrefix("#") {
            rest = escape.dropFirst()
            return .number
        }
        // Decoded, it would be taken for the beginning of a placeholder.
        if escape.lowercased().hasPrefix("u0024{") { throw .badPlaceholder }
        guard escape.hasPrefix("*") || escape.hasPrefix("fill{") else {
            // An escape of JSON itself, both characters of it.
            defer { rest = rest.dropFirst(2) }
            return .bytes(Array(rest.prefix(2).utf8))
        }
        guard let open = escape.firstIndex(where: { $0 == "{" || $0 == "(" }),
            let close = escape[open...].firstIndex(of: escape[open] == "{" ? "}" : ")")
        else { throw .badEscape }
        let text = escape[escape.index(after: open)..<close]
        rest = escape[escape.index(after: close)...]
        if escape.hasPrefix("fill") {
            guard let length = Int(text), 0...maximumBytes ~= length else { throw .badCount }
            return .fill(length: length)
        }
        guard let times = Int(escape[..<open].dropFirst()), 0...maximumBytes / max(1, text.utf8.count) ~= times
        else { throw .badCount }
        if text.contains("${") { throw .badPlaceholder }
        return .repeated(Array(text.utf8), times: times)
    }
}
