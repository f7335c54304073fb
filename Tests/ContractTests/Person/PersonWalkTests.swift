import Bureau
import Repositories
import Testing

/// The walk through all persons on every store of base A.
@Suite("Walks through persons")
struct PersonWalkTests {
    private static func walk(
        _ store: any PersonRepository, segments: Int, limit: Int, mostPayments: Int
    ) async throws -> [WalkedPerson] {
        var persons: [WalkedPerson] = []
        for number in 0..<segments {
            var cursor: WalkCursor?
            repeat {
                let page = try await store.persons(
                    WalkSegment(number: number, of: segments), after: cursor, limit: limit, mostPayments: mostPayments)
                persons += page.persons
                cursor = page.next
            } while cursor != nil
        }
        return persons
    }

    @Test(
        "the segments meet each person once as a read has them, with their payments or with none",
        arguments: Driver<PersonPlace>.all)
    func walk(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        #expect(try await Self.walk(store, segments: 2, limit: 2, mostPayments: 9).isEmpty)
        let debts = [7, 4].map { Sample.newDebt($0) }
        _ = try await store.create((1...9).map { Sample.creation($0, debts: $0 == 3 ? debts : []) })
        _ = try await store.delete([Sample.personDeletion(5)])
        for position in 0..<3 {
            let key = PaymentKey(token: Sample.token(3), debtID: Sample.id(4), key: Sample.id(500 + position))
            let change = PaymentChange(
                payment: key, dataKey: Sample.dataKey(1), action: .add(position: Int64(position)),
                details: Sample.sealed(position), at: Sample.instant(30))
            #expect(try await store.write([change]) == [.written(version: 1)])
        }
        let tokens = [1, 2, 3, 4, 6, 7, 8, 9].map { Sample.token($0) }
        let read = try await store.read(tokens, audit: []).compactMap(\.self)
        let expected = Dictionary(uniqueKeysWithValues: read.map { ($0.token, $0) })
        let query = PersonPaymentsQuery(token: Sample.token(3), after: nil, limit: 10)
        let payments = try await store.payments(of: [query])[0]
        for (segments, limit) in [(1, 100), (1, 3), (3, 1), (4, 100), (20, 2)] {
            for most in [0, 2, 3, 100] {
                let met = try await Self.walk(store, segments: segments, limit: limit, mostPayments: most)
                #expect(met.count == 8, "\(segments) segments, \(limit) a page")
                #expect(Dictionary(uniqueKeysWithValues: met.map { ($0.record.token, $0.record) }) == expected)
                for person in met {
                    let own = person.record.token == Sample.token(3) ? payments : []
                    #expect(person.payments == nil || person.payments == own && most > 0)
                    // Only a store that reads payments along has them, and only where they are not too many.
                    if driver.name == "SQLite", most >= 3 { #expect(person.payments == own) }
                }
            }
        }
    }
}
