import Bureau
import Repositories
import Testing

/// The walk through all persons on every store of base A.
@Suite("Walks through persons")
struct PersonWalkTests {
    private static func walk(
        _ store: any PersonRepository, segments: Int, limit: Int, along: WalkedParts
    ) async throws -> [WalkedPerson] {
        var persons: [WalkedPerson] = []
        for number in 0..<segments {
            var cursor: WalkCursor?
            repeat {
                let page = try await store.persons(
                    WalkSegment(number: number, of: segments), after: cursor, limit: limit, along: along)
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
        #expect(try await Self.walk(store, segments: 2, limit: 2, along: WalkedParts(mostPayments: 9)).isEmpty)
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
                let along = WalkedParts(mostPayments: most)
                let met = try await Self.walk(store, segments: segments, limit: limit, along: along)
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

    @Test(
        "the consents that stand are read along, the newest first, or none of a person",
        arguments: Driver<PersonPlace>.all)
    func consents(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...5).map { Sample.creation($0) })
        func consent(_ number: Int) -> ConsentRecord {
            ConsentRecord(
                consentID: Sample.id(number), details: Sample.sealed(number), grantedAt: Sample.instant(number))
        }
        for (number, subject) in [(61, 2), (62, 2), (63, 2), (64, 4)] {
            let action = ConsentChange.Action.grant(consent(number), dataKey: Sample.dataKey(1))
            let grant = ConsentChange(token: Sample.token(subject), action: action)
            #expect(try await store.write([grant]) == [.written(version: 1)])
        }
        let end = ConsentChange.Action.revoke(Sample.id(62), at: Sample.instant(90))
        _ = try await store.write([ConsentChange(token: Sample.token(2), action: end)])
        let expected = [2: [consent(63), consent(61)], 4: [consent(64)]]
        // How many persons have their consents with them, of a store that reads them along.
        for (segments, limit, most, complete) in [
            (1, 100, 0, 0), (1, 100, 1, 1), (1, 100, 2, 3), (1, 100, 3, 5), (3, 1, 2, 5), (2, 3, 100, 5),
        ] {
            let met = try await Self.walk(
                store, segments: segments, limit: limit, along: WalkedParts(mostConsents: most))
            #expect(met.count == 5)
            for number in 1...5 {
                let person = try #require(met.first { $0.record.token == Sample.token(number) })
                #expect(person.consents == nil || person.consents == expected[number, default: []])
            }
            if driver.name == "SQLite" { #expect(met.count { $0.consents != nil } == complete, "\(most) a page") }
        }
    }
}
