import Bureau
import Repositories
import Vault

/// When operators have accepted what the bases have as the latest: records of the audit log that hold no mark, under
/// identifiers which follow from the day and base A's ring, so that any daemon finds them at once.
///
/// Whoever writes to base A past the daemons makes no such record, and an old one that is put back tells its time.
struct Acceptances: Sendable {
    private static let microsecondsInDay: Int64 = 86_400_000_000
    /// Days further back are not looked at.
    private static let mostDays: Int64 = 400
    /// How often an acceptance is tried while others take its number.
    private static let maximumTries = 1000

    let log: AuditLog
    let trail: AuditTrail
    let vault: BaseVault

    /// The start of the day before, in UTC: machines whose clocks differ have no acceptance before it any more.
    var startOfYesterday: Instant { trail.stamps.now().startOfDay.later(by: -Self.microsecondsInDay) }

    /// The time of the latest acceptance after an instant; nil when there was none.
    func latest(after instant: Instant) async throws(StoreError) -> Instant? {
        // A clock may be ahead.
        let today = Self.day(of: trail.stamps.now()) + 1
        var latest: Instant?
        for day in max(Self.day(of: instant), today - Self.mostDays)...max(today, Self.day(of: instant)) {
            var number: Int64 = 0
            while let at = try await acceptance(number, of: day) {
                if at > max(latest ?? instant, instant) { latest = at }
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
            guard let found = try await acceptance(Int64(number), of: Self.day(of: at)), found != at else { return }
        }
    }

    /// The time of an acceptance of a day; nil when there are fewer.
    private func acceptance(_ number: Int64, of day: Int64) async throws(StoreError) -> Instant? {
        guard let record = try await log.reader.leaf(of: recordID(number, of: day))?.record,
            log.areAuthentic([record]) == [true], let written = WriteRecord(line: record.line.line)
        else { return nil }
        return written.isAcceptance ? written.at : nil
    }

    private func recordID(_ number: Int64, of day: Int64) -> RecordID {
        vault.withSession { $0.identifier(of: day.octets + number.octets, for: .acceptance) }
    }

    private static func day(of instant: Instant) -> Int64 { instant.microsecondsSinceEpoch / microsecondsInDay }
}
