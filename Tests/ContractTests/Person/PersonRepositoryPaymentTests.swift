import Bureau
import Repositories
import Testing

@Suite("Base A: payments")
struct PersonRepositoryPaymentTests {
    private static func key(_ number: Int, of subject: Int = 1) -> PaymentKey {
        PaymentKey(token: Sample.token(subject), debtID: Sample.id(subject), key: Sample.id(500 + number))
    }

    private static func change(
        _ number: Int, of subject: Int = 1, key: Int = 1, details: Int? = nil, at second: Int = 30,
        _ action: PaymentChange.Action
    ) -> PaymentChange {
        PaymentChange(
            payment: self.key(number, of: subject), dataKey: Sample.dataKey(key), action: action,
            details: Sample.sealed(details ?? number), at: Sample.instant(second))
    }

    private static func query(_ subject: Int = 1, before: Int64? = nil, limit: Int = 10) -> PaymentQuery {
        PaymentQuery(token: Sample.token(subject), debtID: Sample.id(subject), before: before, limit: limit)
    }

    private func place(_ driver: Driver<PersonPlace>) async throws -> any PersonRepository {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...3).map { Sample.creation($0, debts: [Sample.newDebt($0)]) })
        return store
    }

    @Test(
        "payments are read the latest first, page by page, and count no write of the person",
        arguments: Driver<PersonPlace>.all)
    func pages(driver: Driver<PersonPlace>) async throws {
        let store = try await place(driver)
        for number in 0..<5 {
            let added = try await store.write([Self.change(number, .add(position: Int64(number)))])
            #expect(added == [.written(version: 1)])
        }
        let pages = try await store.payments([Self.query(limit: 3), Self.query(2), Self.query(before: 2)])
        #expect(pages.map { $0.map(\.position) } == [[4, 3, 2], [], [1, 0]])
        #expect(
            pages[0][0]
                == PaymentRecord(
                    position: 4, key: Sample.id(504), details: Sample.sealed(4), version: 1,
                    times: RowTimes(Sample.instant(30))))
        #expect(try await store.person(1, audit: 1)?.version == 1)
    }

    @Test(
        "the payments of all debts of a person are read page by page, debt by debt",
        arguments: Driver<PersonPlace>.all)
    func ofPersons(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        let debts = [7, 4, 9].map { Sample.newDebt($0) }
        _ = try await store.create([Sample.creation(1, debts: debts), Sample.creation(2), Sample.creation(3)])
        for (debt, positions) in [(9, 0..<3), (4, 0..<2)] {
            for position in positions {
                var change = Self.change(10 * debt + position, .add(position: Int64(position)))
                change.payment.debtID = Sample.id(debt)
                #expect(try await store.write([change]) == [.written(version: 1)])
            }
        }
        var places: [[PaymentPlace]] = []
        var after: PaymentPlace?
        repeat {
            let queries = [2, 1, 8].map { subject in
                PersonPaymentsQuery(token: Sample.token(subject), after: subject == 1 ? after : nil, limit: 2)
            }
            let pages = try await store.payments(of: queries)
            #expect(pages[0].isEmpty && pages[2].isEmpty)
            for payment in pages[1] {
                let key = Sample.id(500 + 10 * (payment.debtID == Sample.id(9) ? 9 : 4) + Int(payment.record.position))
                #expect(payment.record.key == key)
            }
            places.append(pages[1].map(\.place))
            after = places.last?.last
        } while after != nil
        let expected = [(4, 0), (4, 1), (9, 0), (9, 1), (9, 2)].map {
            PaymentPlace(debtID: Sample.id($0.0), position: Int64($0.1))
        }
        #expect(places.map(\.count) == [2, 2, 1, 0] && places.flatMap(\.self) == expected)
    }

    @Test("a payment is found with the number of its debt's payments", arguments: Driver<PersonPlace>.all)
    func finds(driver: Driver<PersonPlace>) async throws {
        let store = try await place(driver)
        _ = try await store.write([Self.change(1, .add(position: 0)), Self.change(1, of: 2, .add(position: 0))])
        _ = try await store.write([Self.change(2, .add(position: 1))])
        let states = try await store.find([Self.key(2), Self.key(9), Self.key(1, of: 3), Self.key(1, of: 2)])
        #expect(states.map(\.count) == [2, 2, 0, 1])
        #expect(states.map { $0.payment?.details } == [Sample.sealed(2), nil, nil, Sample.sealed(1)])
    }

    @Test("a payment is replaced at the version that was read, and keeps its place", arguments: Driver<PersonPlace>.all)
    func replaces(driver: Driver<PersonPlace>) async throws {
        let store = try await place(driver)
        _ = try await store.write([Self.change(1, .add(position: 0))])
        _ = try await store.write([Self.change(2, .add(position: 1))])
        let replace = Self.change(1, details: 71, at: 40, .replace(expectedVersion: 1))
        #expect(try await store.write([replace]) == [.written(version: 2)])
        #expect(try await store.write([replace]) == [.overtaken])
        let page = try await store.payments([Self.query()])[0]
        #expect(page.map(\.details) == [Sample.sealed(2), Sample.sealed(71)])
        #expect(page.map(\.version) == [1, 2])
        #expect(page[1].times == RowTimes(created: Sample.instant(30), updated: Sample.instant(40)))
    }

    @Test("a taken place or key, another life and an absent debt take no payment", arguments: Driver<PersonPlace>.all)
    func refuses(driver: Driver<PersonPlace>) async throws {
        let store = try await place(driver)
        _ = try await store.write([Self.change(1, .add(position: 0))])
        #expect(try await store.write([Self.change(2, .add(position: 0))]) == [.overtaken])
        #expect(try await store.write([Self.change(1, .add(position: 1))]) == [.overtaken])
        var elsewhere = Self.change(1, of: 2, .add(position: 0))
        elsewhere.payment.debtID = Sample.id(77)
        let outcomes = try await store.write([
            elsewhere, Self.change(1, of: 3, key: 2, .add(position: 0)), Self.change(1, of: 9, .add(position: 0)),
        ])
        #expect(outcomes == [.notFound, .overtaken, .notFound])
        #expect(try await store.payments([Self.query()])[0].count == 1)
    }

    @Test("payments go with their debt and with their person", arguments: Driver<PersonPlace>.all)
    func goWithTheirs(driver: Driver<PersonPlace>) async throws {
        let store = try await place(driver)
        _ = try await store.write((1...3).map { Self.change(1, of: $0, .add(position: 0)) })
        _ = try await store.write([Sample.change(1, .remove(Sample.id(1), expectedVersion: nil))])
        _ = try await store.delete([Sample.personDeletion(2)])
        _ = try await store.create([Sample.creation(2, debts: [Sample.newDebt(2)])])
        let pages = try await store.payments((1...3).map { Self.query($0) })
        #expect(pages.map(\.count) == [0, 0, 1])
    }
}
