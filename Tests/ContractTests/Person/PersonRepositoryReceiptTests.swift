import Bureau
import Repositories
import Testing

@Suite("Base A: receipts of repeatable writes")
struct PersonRepositoryReceiptTests {
    private static let retention = Receipt.retentionDays * 86_400

    private static func receipt(_ number: Int, of subject: Int, at second: Int = 5) -> NewReceipt {
        NewReceipt(
            key: RepeatKey(token: Sample.token(subject), key: Sample.id(number)),
            receipt: Receipt(digest: Sample.id(7000 + number), at: Sample.instant(second), body: [1, 2, UInt8(number)]))
    }

    private static func creation(_ subject: Int, key: Int = 1, _ receipt: Int) -> PersonCreation {
        var creation = Sample.creation(subject, key: key, debts: [Sample.newDebt(subject)])
        creation.receipt = self.receipt(receipt, of: subject)
        return creation
    }

    @Test("each kind of write leaves its receipt with the version that it wrote", arguments: Driver<PersonPlace>.all)
    func kinds(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Self.creation(1, 1), Sample.creation(2)])
        var update = Sample.update(1, expecting: 1)
        update.receipt = Self.receipt(2, of: 1)
        _ = try await store.update([update])
        let actions: [DebtChange.Action] = [
            .add(Sample.newDebt(8), expectedPersonVersion: nil), .replace(Sample.newDebt(8), expectedVersion: 1),
            .remove(Sample.id(8), expectedVersion: nil),
        ]
        for (index, action) in actions.enumerated() {
            var change = Sample.change(1, action)
            change.receipt = Self.receipt(3 + index, of: 1)
            _ = try await store.write([change])
        }
        let payment = PaymentKey(token: Sample.token(1), debtID: Sample.id(1), key: Sample.id(900))
        _ = try await store.write([
            PaymentChange(
                payment: payment, dataKey: Sample.dataKey(), action: .add(position: 0), details: Sample.sealed(1),
                at: Sample.instant(9), receipt: Self.receipt(6, of: 1))
        ])
        var deletion = Sample.personDeletion(1)
        deletion.receipt = Self.receipt(7, of: 1)
        #expect(try await store.delete([deletion]) == [.written(version: 5)])
        // They outlive the person.
        let receipts = try await store.receipts((1...8).map { Self.receipt($0, of: 1).key })
        #expect(receipts.map { $0?.version } == [1, 2, 1, 2, 2, 1, 5, nil])
        for number in 1...7 {
            var expected = Self.receipt(number, of: 1).receipt
            expected.version = receipts[number - 1]?.version ?? 0
            #expect(receipts[number - 1] == expected)
        }
        #expect(try await store.receipts([Self.receipt(1, of: 2).key]) == [nil])
    }

    @Test(
        "a write under a key with a receipt writes nothing, whatever it would write",
        arguments: Driver<PersonPlace>.all)
    func repeats(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Self.creation(1, 1)])
        var update = Sample.update(1, expecting: 1)
        update.receipt = Self.receipt(1, of: 1)
        #expect(try await store.update([update]) == [.repeated])
        var change = Sample.change(1, .add(Sample.newDebt(8), expectedPersonVersion: nil))
        change.receipt = Self.receipt(1, of: 1)
        #expect(try await store.write([change]) == [.repeated])
        let person = try #require(try await store.person(1, audit: 1))
        #expect(person.version == 1 && person.debts.count == 1)
        _ = try await store.delete([Sample.personDeletion(1)])
        // Not even when the person is gone, for then it would be a second effect.
        let created = try await store.create([Self.creation(1, key: 2, 1), Sample.creation(3)])
        #expect(created == [.repeated, .written(version: 1)])
        #expect(try await store.person(1, audit: 4) == nil)
    }

    @Test("a write that is refused leaves no receipt", arguments: Driver<PersonPlace>.all)
    func refused(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1)])
        #expect(try await store.create([Self.creation(1, key: 2, 1)]) == [.alreadyExists])
        var update = Sample.update(1, expecting: 7)
        update.receipt = Self.receipt(2, of: 1)
        #expect(try await store.update([update]) == [.versionConflict(current: 1)])
        #expect(try await store.receipts((1...2).map { Self.receipt($0, of: 1).key }) == [nil, nil])
    }

    @Test("a person who is created again has a receipt of the version that goes on", arguments: Driver<PersonPlace>.all)
    func secondLife(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1)])
        _ = try await store.delete([Sample.personDeletion(1)])
        #expect(try await store.create([Self.creation(1, key: 2, 1)]) == [.written(version: 2)])
        #expect(try await store.receipts([Self.receipt(1, of: 1).key])[0]?.version == 2)
    }

    @Test("of writes under one key from several stores at once, one takes effect", arguments: Driver<PersonPlace>.all)
    func races(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        _ = try await stores[0].create((1...20).map { Sample.creation($0) })
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<6 {
                group.addTask {
                    let store = stores[writer % 2]
                    var written = 0
                    for subject in (1...20).shuffled() {
                        let debt = Sample.newDebt(100 * writer + subject)
                        var change = Sample.change(subject, .add(debt, expectedPersonVersion: nil))
                        change.receipt = Self.receipt(1, of: subject)
                        switch try await store.write([change])[0] {
                        case .written: written += 1
                        case .repeated: break
                        case let other: Issue.record("\(other)")
                        }
                    }
                    return written
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(written == 20)
        let persons = try await stores[1].persons((1...20))
        #expect(persons.allSatisfy { $0?.debts.count == 1 })
    }

    @Test("old receipts go as new ones come, and those of eight days stay", arguments: Driver<PersonPlace>.all)
    func forgets(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...3).map { Self.creation($0, 1) })
        var update = Sample.update(1, expecting: 1)
        update.receipt = Self.receipt(2, of: 1, at: 5 + Self.retention)
        _ = try await store.update([update])
        let keys = (1...3).map { Self.receipt(1, of: $0).key }
        #expect(try await store.receipts(keys).allSatisfy { $0 != nil })
        for round in 1...2 {
            update = Sample.update(1, expecting: Int64(1 + round))
            update.receipt = Self.receipt(2 + round, of: 1, at: 6 + Self.retention)
            _ = try await store.update([update])
        }
        #expect(try await store.receipts(keys).allSatisfy { $0 == nil })
        #expect(try await store.receipts((2...4).map { Self.receipt($0, of: 1).key }).allSatisfy { $0 != nil })
    }
}
