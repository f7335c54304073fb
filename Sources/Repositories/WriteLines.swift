import Bureau

/// What the audit log gets of one write of base A, in the write's transaction, when the write takes place.
///
/// Writes that are asked for together share a line, so that the log stays small. When only some of them take place,
/// each of these has its own line instead.
public struct WriteLines: Sendable {
    /// The line of the writes that are asked for together.
    public let shared: AuditLine
    /// How many writes the shared line is about.
    public let sharedCount: Int
    private let makeOwn: @Sendable () -> AuditLine

    /// Takes the shared line, and what makes the line of this write alone, which few stores ever ask for.
    public init(shared: AuditLine, sharedCount: Int, makeOwn: @escaping @Sendable () -> AuditLine) {
        self.shared = shared
        self.sharedCount = sharedCount
        self.makeOwn = makeOwn
    }

    /// The line of a write that shares it with no other.
    public init(_ line: AuditLine) { self.init(shared: line, sharedCount: 1) { line } }

    /// Makes the line of this write alone.
    public var own: AuditLine { sharedCount == 1 ? shared : makeOwn() }

    /// The lines to be kept, once the outcome of each write is known.
    public static func kept(_ lines: [WriteLines?], _ outcomes: [WriteOutcome]) -> [AuditLine] {
        var written: [WriteLines] = []
        var counts: [RecordID: Int] = [:]
        for case (let lines?, .written) in zip(lines, outcomes) {
            written.append(lines)
            counts[lines.shared.recordID, default: 0] += 1
        }
        var kept: [AuditLine] = []
        for lines in written {
            guard counts[lines.shared.recordID] == lines.sharedCount else {
                kept.append(lines.own)
                continue
            }
            if kept.last != lines.shared { kept.append(lines.shared) }
        }
        return kept
    }
}

/// A write of base A that the audit log gets a mark of.
public protocol LoggedWrite: Sendable {
    /// Nil for a write that leaves no mark.
    var lines: WriteLines? { get set }
}

extension PersonCreation: LoggedWrite {}
extension PersonUpdate: LoggedWrite {}
extension PersonDeletion: LoggedWrite {}
extension DebtChange: LoggedWrite {}
extension PaymentChange: LoggedWrite {}
