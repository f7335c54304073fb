import Encodings

/// A line of the audit log that has base A's tombstone of a subject, so that an erasure is known when former copies of
/// all three bases were put back.
///
/// Earlier versions pass it over where they list records, and prove it like any other leaf.
public struct TombstoneRecord: Hashable, Sendable {
    public var recordID: RecordID
    public var at: Instant
    public var tombstone: Tombstone

    public init(recordID: RecordID, at: Instant, tombstone: Tombstone) {
        self.recordID = recordID
        self.at = at
        self.tombstone = tombstone
    }

    private static let member = Array(#","tombstone":""#.utf8)
    private static let note = Array(#"","note":""#.utf8)

    /// The canonical line, without a line feed.
    public var line: [UInt8] {
        var line = AuditRecord.start(recordID, at)
        line += Self.member
        line += tombstone.token.auditText
        line += Self.note
        let bytes = tombstone.note.bytes
        line += [UInt8](unsafeUninitializedCapacity: Base64.encodedCount(bytes.count)) { text, count in
            count = Base64.encodedCount(bytes.count)
            if let start = text.baseAddress { bytes.withUnsafeBytes { Base64.encode($0, to: start) } }
        }
        line += #""}"#.utf8
        return line
    }

    /// Whether a line of the log may be a tombstone, told quickly.
    public static func isTombstone(_ line: [UInt8]) -> Bool {
        AuditRecord.rest(of: line)?.starts(with: member) ?? false
    }

    /// Reads a line; nil unless it is exactly what a record would be written as.
    public init?(line: [UInt8]) {
        guard let rest = AuditRecord.rest(of: line), rest.starts(with: Self.member),
            let (recordID, at) = AuditRecord.beginning(of: line)
        else { return nil }
        let parts = rest.dropFirst(Self.member.count).split(separator: UInt8(ascii: "\""))
        guard parts.count == 6, let token = SubjectToken(auditText: parts[0]),
            let note = Array(parts[4]).withUnsafeBufferPointer({ Base64.decode($0) })
        else { return nil }
        self.init(recordID: recordID, at: at, tombstone: Tombstone(token: token, note: Sealed(note)))
        guard self.line == line else { return nil }
    }
}
