import Bureau
import Repositories
import Vault

/// When operators have accepted what the bases have as the latest: records of the audit log that hold no mark, under
/// identifiers which follow from the day and base A's ring, so that any daemon finds them at once.
///
/// Whoever writes to base A past the daemons makes no such record, and an old one that is put back tells its time.
struct Acceptances: Sendable {
    /// Days further back are not looked at.
    private static let mostDays: Int64 = 400
    /// How often an acceptance is tried while others take its number.
    private static let maximumTries = 1000

    let log: AuditLog
    let trail: AuditTrail
    let vault: BaseVault

    /// The latest acceptance after the one that was heeded; nil when there was none. Those of days far from now by the
    /// clock are looked for on `everyDay` alone.
    func latest(after heeded: Acceptance, everyDay: Bool) async throws(StoreError) -> Acceptance? {
        let today = Self.day(of: trail.stamps.now())
        // Clocks differ: one machine's tomorrow, and what was heeded, may lie ahead.
        var days = today - 1...today + 1
        if everyDay {
            let heededDay = Self.day(of: heeded.at)
            days = max(min(heededDay, today - 1), today - Self.mostDays)...max(heededDay, today + 1)
        }
        var latest: Acceptance?
        for day in days {
            var number: Int64 = 0
            while let found = try await acceptance(number, of: day) {
                if found.isLater(than: heeded), found.leaf > latest?.leaf ?? -1 { latest = found }
                number += 1
            }
        }
        return latest
    }

    /// Records that what the bases have now is accepted. Where the log does not grow, it stays without the record.
    func add() async throws(StoreError) {
        let at = trail.stamps.now()
        for number in 0..<Self.maximumTries {
            let recordID = recordID(Int64(number), of: Self.day(of: at))
            try await log.append(trail.acceptance(recordID, at: at))
            try await log.keepUp()
            // Another acceptance of the day has the number.
            guard let found = try await acceptance(Int64(number), of: Self.day(of: at)), found.at != at else { return }
        }
    }

    /// An acceptance of a day; nil when there are fewer.
    private func acceptance(_ number: Int64, of day: Int64) async throws(StoreError) -> Acceptance? {
        guard let leaf = try await log.reader.leaf(of: recordID(number, of: day)), let record = leaf.record,
            log.areAuthentic([record]) == [true], let written = WriteRecord(line: record.line.line)
        else { return nil }
        return written.isAcceptance ? Acceptance(leaf: leaf.leaf, at: written.at) : nil
    }

    private func recordID(_ number: Int64, of day: Int64) -> RecordID {
        vault.withSession { $0.identifier(of: day.octets + number.octets, for: .acceptance) }
    }

    private static func day(of instant: Instant) -> Int64 {
        instant.microsecondsSinceEpoch / Instant.microsecondsInDay
    }
}
