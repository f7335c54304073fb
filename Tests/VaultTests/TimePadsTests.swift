import Bureau
import Testing

@testable import Vault

@Suite("Hidden times")
struct TimePadsTests {
    private let vault: BaseVault

    init() throws { vault = try fixedVault(.b) }

    private static let times = [
        "1970-01-01T00:00:00Z", "2026-11-30T12:00:00.000001Z", "2026-11-30T12:00:00.000002Z", "4253-01-01T00:00:00Z",
    ].compactMap { Instant($0) }

    @Test("what is hidden is shown again, in the row that it is of, and tells nothing until then")
    func roundTrip() throws {
        let token = try token(3)
        let rows: [TimedRow] = [
            .subject(token), .debt(RecordID(high: 1, low: 2)), .payment(key: RecordID(high: 1, low: 3)),
            .receipt(key: RecordID(high: 4, low: 5), of: token),
        ]
        #expect(Self.times.count == 4)
        vault.withSession { session in
            var seen: Set<Instant> = []
            for row in rows {
                for created in Self.times {
                    let times = RowTimes(created: created, updated: created)
                    let hidden = session.hidden(times, of: row)
                    #expect(session.shown(hidden, of: row) == times)
                    #expect(hidden.created.text >= "6536" && hidden.updated != hidden.created)
                    seen.formUnion([hidden.created, hidden.updated])
                    for other in rows.indices where "\(rows[other])" != "\(row)" {
                        #expect(session.shown(hidden, of: rows[other]) != times)
                    }
                }
            }
            #expect(seen.count == 2 * rows.count * Self.times.count)
        }
    }

    @Test("times of earlier versions, before 1970 and far ahead stay as they are")
    func clear() throws {
        let row = TimedRow.debt(RecordID(high: 1, low: 2))
        vault.withSession { session in
            for time in [Instant.first, Self.times[1]] {
                #expect(session.shown(RowTimes(time), of: row) == RowTimes(time))
            }
            for time in [Instant.first, Instant(secondsSinceEpoch: -1)] {
                #expect(session.hidden(RowTimes(time), of: row) == RowTimes(time))
            }
        }
    }

    @Test("a record was never written before it was made, whatever the clocks")
    func order() throws {
        let row = TimedRow.debt(RecordID(high: 1, low: 2))
        vault.withSession { session in
            let hidden = session.hidden(RowTimes(created: Self.times[2], updated: Self.times[1]), of: row)
            #expect(session.shown(hidden, of: row) == RowTimes(Self.times[2]))
        }
    }

    @Test("a subject's times stay shown under a later token")
    func laterToken() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ring"
        _ = try KeyRing.create(at: path, base: .b)
        func vault() throws -> BaseVault { try BaseVault(ring: KeyRing.load(from: path, base: .b)) }
        let first = try token(3)
        let times = RowTimes(Self.times[1])
        let id = RecordID.make(at: Self.times[1], random: 7)
        let hidden = try vault().withSession { $0.hidden(times, of: .subject(first)) }
        let pads = try vault().withSession { $0.scorePads(id, of: first) }
        _ = try KeyRing.addTokenKey(since: Instant(secondsSinceEpoch: 0), at: path, base: .b, isMounted: false)
        try vault().withSession { session in
            let later = session.present(first)
            #expect(later != first)
            #expect(session.shown(hidden, of: .subject(later)) == times)
            #expect(session.scorePads(id, of: later) == pads)
        }
    }

    @Test("what hides a score is of its random bits and its subject, whatever the token and the time")
    func scores() throws {
        let ids = Self.times.map { RecordID.make(at: $0, random: 7) }
        let other = RecordID.make(at: Self.times[1], random: 8)
        let tokens = (try token(3), try token(4))
        vault.withSession { session in
            let pads = session.scorePads(ids[0], of: tokens.0)
            #expect(pads.id != pads.asOf)
            for id in ids + ids.map({ $0.hidden(by: pads.id) }) {
                #expect(session.scorePads(id, of: tokens.0) == pads)
            }
            #expect(session.scorePads(other, of: tokens.0).id != pads.id)
            #expect(session.scorePads(ids[0], of: tokens.1).id != pads.id)
        }
    }
}
