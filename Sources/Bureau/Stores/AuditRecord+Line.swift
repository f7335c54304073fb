import Encodings

extension AuditRecord {
    /// Reads a record from its line; nil unless `line` is exactly what this record would be written as.
    public init?(line: [UInt8]) {
        var reader = LineReader(rest: line[...])
        guard reader.skip(#"{"id":"#), let recordID = reader.value(RecordID.self),
            reader.skip(#","at":"#), let at = reader.value(Instant.self),
            reader.skip(#","process":"#), let process = reader.value(RecordID.self),
            reader.skip(#","actor":"#), let actor = reader.text(),
            reader.skip(#","role":"#), let role = reader.value(Role.self)
        else { return nil }
        let base = reader.skip(#","base":"#) ? reader.text() : nil
        guard reader.skip(#","method":"#), let method = reader.text() else { return nil }
        let purpose = reader.skip(#","purpose":"#) ? reader.value(Purpose.self) : nil
        let requester = reader.skip(#","requester":"#) ? reader.text() : nil
        guard reader.skip(#","groups":"#), let groups = reader.list({ $0.value(FieldGroup.self) }),
            reader.skip(#","outcome":"#), let outcome = reader.value(AuditOutcome.self),
            reader.skip(#","count":"#), let count = reader.number(),
            reader.skip(#","subjects":"#), let subjects = reader.list({ $0.subject() }),
            let times = reader.skip(#","times":"#) ? reader.list({ $0.number() }) : []
        else { return nil }
        self.init(
            recordID: recordID, at: at, process: process, actor: Actor(name: actor, role: role),
            base: base.flatMap(Base.init(rawValue:)), method: method, purpose: purpose, requester: requester,
            groups: FieldGroups(groups), outcome: outcome, count: count, subjects: subjects,
            times: times)
        // Whatever was read leniently, or not at all, is found here.
        guard self.line == line else { return nil }
    }

    /// Where the time of a line begins, behind the identifier of 36 letters.
    private static let timeStart = 51

    /// What follows the identifier and the time in a line, found quickly; nil where there is no such line.
    static func rest(of line: [UInt8]) -> ArraySlice<UInt8>? {
        line.dropFirst(timeStart).firstIndex(of: UInt8(ascii: "\"")).map { line[($0 + 1)...] }
    }

    /// Reads what a line begins with, which is enough for a line whose origin is proved.
    public static func beginning(of line: [UInt8]) -> (recordID: RecordID, at: Instant)? {
        var reader = LineReader(rest: line[...])
        guard reader.skip(#"{"id":"#), let recordID = reader.value(RecordID.self),
            reader.skip(#","at":"#), let at = reader.value(Instant.self)
        else { return nil }
        return (recordID, at)
    }
}

/// Reads the members of a canonical line in their order.
private struct LineReader {
    var rest: ArraySlice<UInt8>

    /// Skips a text that is due; false, and nothing skipped, when there is another one.
    mutating func skip(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            guard rest.starts(with: text) else { return false }
            rest = rest.dropFirst(text.count)
            return true
        }
    }

    /// Reads a string without escapes.
    mutating func value<Value: TextValue>(_: Value.Type = Value.self) -> Value? {
        text().flatMap { Value($0) }
    }

    mutating func text() -> String? {
        guard skip("\"") else { return nil }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = escaped() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped() -> UInt8? {
        guard let byte = rest.popFirst() else { return nil }
        guard byte == UInt8(ascii: "u") else { return byte }
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        let value = digits.reduce(0 as UInt16?) { value, digit in
            Hexadecimal.value(of: digit).flatMap { digit in value.map { $0 &* 16 &+ UInt16(digit) } }
        }
        return value.flatMap { UInt8(exactly: $0) }
    }

    mutating func number() -> Int? {
        let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        rest = rest.dropFirst(digits.count)
        return Int(String(decoding: digits, as: UTF8.self))
    }

    mutating func list<Element>(_ element: (inout LineReader) -> Element?) -> [Element]? {
        guard skip("[") else { return nil }
        var list: [Element] = []
        if skip("]") { return list }
        repeat {
            guard let next = element(&self) else { return nil }
            list.append(next)
        } while skip(",")
        return skip("]") ? list : nil
    }

    mutating func subject() -> AuditSubject? { text().flatMap { AuditSubject(text: $0.utf8) } }
}
