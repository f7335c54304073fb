import Bureau

/// What the audit log gets of one write of base A, in the write's transaction, when the write takes place.
///
/// Writes that are asked for together share a line, so that the log stays small. When only some of them take place,
/// each of these has its own line instead.
package struct WriteLines: Hashable, Sendable {
    /// The line of this write alone.
    package var own: AuditLine
    /// The line of the writes that are asked for together.
    package var shared: AuditLine
    /// How many writes the shared line is about.
    package var sharedCount: Int

    package init(own: AuditLine, shared: AuditLine, sharedCount: Int) {
        self.own = own
        self.shared = shared
        self.sharedCount = sharedCount
    }

    /// The lines to be kept, once the outcome of each write is known.
    package static func kept(_ lines: [WriteLines?], _ outcomes: [WriteOutcome]) -> [AuditLine] {
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
package protocol LoggedWrite: Sendable {
    /// Nil for a write that leaves no mark.
    var lines: WriteLines? { get set }
}

extension PersonCreation: LoggedWrite {}
extension PersonUpdate: LoggedWrite {}
extension PersonDeletion: LoggedWrite {}
extension DebtChange: LoggedWrite {}
extension PaymentChange: LoggedWrite {}
