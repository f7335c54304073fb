/// A line of input or of an answer, its escapes taken apart.
struct Line: Sendable {
    private enum Part {
        case bytes([UInt8])
        case repeated([UInt8], times: Int)
        case number
        /// As many spaces as the line needs to have that length.
        case fill(length: Int)
    }

    private let parts: [Part]
    /// Whether LF ends it when it is sent.
    let isEnded: Bool

    init(_ text: Substring, isEnded: Bool = true) throws(TranscriptError.Reason) {
        self.isEnded = isEnded
        var parts: [Part] = []
        var rest = text
        while let backslash = rest.firstIndex(of: "\\") {
            parts.append(.bytes(Array(rest[..<backslash].utf8)))
            rest = rest[backslash...]
            parts.append(try Self.takeEscape(from: &rest))
        }
        parts.append(.bytes(Array(rest.utf8)))
        self.parts = parts
        for case .fill(let length) in parts where length < leastLength { throw .noRoom }
    }

    /// The bytes that it stands for, its end left out; `number` tells which time it is.
    func bytes(number: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var fill: (place: Int, length: Int)?
        for part in parts {
            switch part {
            case .bytes(let literal): bytes += literal
            case .repeated(let text, let times):
                bytes.reserveCapacity(bytes.count + text.count * times)
                for _ in 0..<times { bytes += text }
            case .number: bytes += Array("\(number)".utf8)
            case .fill(let length): fill = (bytes.count, length)
            }
        }
        if let fill {
            let spaces = [UInt8](repeating: 0x20, count: max(0, fill.length - bytes.count))
            bytes.insert(contentsOf: spaces, at: fill.place)
        }
        return bytes
    }

    private var leastLength: Int {
        parts.reduce(0) { length, part in
            switch part {
            case .bytes(let literal): length + literal.count
            case .repeated(let text, let times): length + text.count * times
            case .number: length + 1
            case .fill: length
            }
        }
    }

    /// JSON knows no escapes of these forms, so that everything else stands for itself.
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
        guard escape.hasPrefix("*") || escape.hasPrefix("fill{") else {
            // An escape of JSON's own, both characters of it.
            defer { rest = rest.dropFirst(2) }
            return .bytes(Array(rest.prefix(2).utf8))
        }
        guard let open = escape.firstIndex(where: { $0 == "{" || $0 == "(" }),
            let close = escape[open...].firstIndex(of: escape[open] == "{" ? "}" : ")")
        else { throw .badEscape }
        let text = escape[escape.index(after: open)..<close]
        rest = escape[escape.index(after: close)...]
        if escape.hasPrefix("fill") {
            guard let length = Int(text) else { throw .badCount }
            return .fill(length: length)
        }
        guard let times = Int(escape[..<open].dropFirst()) else { throw .badCount }
        return .repeated(Array(text.utf8), times: times)
    }
}
