import Encodings

/// What one access to personal data leaves in the audit log: who, when, why, about whom, and no value.
///
/// A record stands for accesses of a tenth of a second for one method, purpose and requester, to any number of
/// subjects.
public struct AuditRecord: Hashable, Sendable {
    /// The subjects of one record at most, as `types/audit-record.json` has it: few large records cost less than many
    /// small ones, and one of so many fills a page of SQLite.
    public static let mostSubjects = 140

    /// Random, so that it tells nothing, and the same record is written once however often it is carried.
    public var recordID: RecordID
    public var at: Instant
    /// The process that made the access, by a random identifier of each start.
    public var process: RecordID
    public var actor: Actor
    /// The base that was accessed; nil for an administrative act.
    public var base: Base?
    /// The method or command.
    public var method: String
    public var purpose: Purpose?
    public var requester: String?
    /// What was shown or changed, or would have been.
    public var groups: FieldGroups
    public var outcome: AuditOutcome
    /// How many accesses the record stands for, or of how many things an administrative act was.
    public var count: Int
    /// The subjects by their tokens in `base`.
    public var subjects: [AuditSubject]
    /// How many of the accesses were to each subject; empty when it was one each.
    public var times: [Int]

    public init(
        recordID: RecordID, at: Instant, process: RecordID, actor: Actor, base: Base?, method: String,
        purpose: Purpose? = nil, requester: String? = nil, groups: FieldGroups = [], outcome: AuditOutcome,
        count: Int, subjects: [AuditSubject] = [], times: [Int] = []
    ) {
        self.recordID = recordID
        self.at = at
        self.process = process
        self.actor = actor
        self.base = base
        self.method = method
        self.purpose = purpose
        self.requester = requester
        self.groups = groups
        self.outcome = outcome
        self.count = count
        self.subjects = subjects
        self.times = times
    }
}

/// What became of an access.
public enum AuditOutcome: String, TextValue, CaseIterable {
    /// The policy let the access through, and the store was asked.
    case granted
    /// The policy refused; no store was asked.
    case denied
    /// A sealed value did not open where it lies.
    case unreadable
    /// An administrative act that took place.
    case done
    /// An administrative act that failed.
    case failed
}

/// A record of the audit log as a store keeps it: its line, sealed, and what the line is found by. Opened, it has the
/// line itself, which the tree hashes, and the exact time.
public struct AuditLine: Hashable, Sendable {
    public static let macByteCount = 32

    public var recordID: RecordID
    /// The start of the day in UTC, since the exact time of an access could join the bases.
    public var at: Instant
    /// The record in its canonical form, without a line feed: see `AuditRecord.line`. Sealed in a store, except those
    /// of earlier versions.
    public var line: [UInt8]
    /// A MAC over the opened line under a key of base A's ring: nobody without the ring can add a line.
    public var mac: [UInt8]

    public init(recordID: RecordID, at: Instant, line: [UInt8], mac: [UInt8]) {
        self.recordID = recordID
        self.at = at
        self.line = line
        self.mac = mac
    }
}

/// The canonical form of a record: one line of JSON with its members in one order, without spaces.
extension AuditRecord {
    /// The line, without a line feed. Subjects are base64url without padding (RFC 4648 §5).
    public var line: [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(320 + (requester?.utf8.count ?? 0) + 25 * subjects.count)
        line += Self.start(recordID, at)
        line.member("process", process)
        line.member("actor", actor.name)
        line.member("role", actor.role)
        if let base { line.member("base", base.rawValue) }
        line.member("method", method)
        if let purpose { line.member("purpose", purpose) }
        if let requester { line.member("requester", requester) }
        line += #","groups":["#.utf8
        for (index, group) in groups.list.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line.string(group)
        }
        line += #"]"#.utf8
        line.member("outcome", outcome)
        line += #","count":\#(count),"subjects":["#.utf8
        AuditSubject.append(subjects, to: &line)
        line.append(UInt8(ascii: "]"))
        Self.append(times: times, to: &line)
        line.append(UInt8(ascii: "}"))
        return line
    }

    /// Appends how many accesses were to each subject, unless it was one each.
    static func append(times: some Collection<Int>, to line: inout [UInt8]) {
        if times.allSatisfy({ $0 == 1 }) { return }
        line += #","times":["#.utf8
        for count in times { line += "\(count),".utf8 }
        line.removeLast()
        line.append(UInt8(ascii: "]"))
    }

    /// How the line of a record begins, by which its columns are held against it.
    public static func start(_ recordID: RecordID, _ at: Instant) -> [UInt8] {
        var start = Array(#"{"id":"#.utf8)
        start.string(recordID)
        start.member("at", at)
        return start
    }

    /// The member of a line that names a value, as it is looked for in lines.
    public static func member(_ name: String, _ value: String) -> [UInt8] {
        var member: [UInt8] = []
        member.member(name, value)
        return member
    }
}

extension [UInt8] {
    fileprivate mutating func name(_ name: String) {
        self += ",\"".utf8
        self += name.utf8
        self += "\":".utf8
    }

    fileprivate mutating func member(_ name: String, _ value: some TextValue) {
        self.name(name)
        string(value)
    }

    fileprivate mutating func member(_ name: String, _ value: String) {
        self.name(name)
        append(UInt8(ascii: "\""))
        for byte in value.utf8 { escape(byte) }
        append(UInt8(ascii: "\""))
    }

    /// Appends a value whose text needs no escape.
    fileprivate mutating func string(_ value: some TextValue) {
        append(UInt8(ascii: "\""))
        value.withText { self += $0 }
        append(UInt8(ascii: "\""))
    }

    /// Escapes what JSON does not take as it is (RFC 8259 §7), each byte in one way.
    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            append(UInt8(ascii: "\\"))
            append(byte)
        case 0..<0x20:
            self += "\\u00".utf8
            append(Hexadecimal.digit(of: byte >> 4))
            append(Hexadecimal.digit(of: byte & 0xF))
        default: append(byte)
        }
    }
}
