import Bureau
import Repositories
import Testing

@Suite("Base A: persons")
struct PersonRepositoryTests {
    @Test("a person that was created is read as it was given, at version 1", arguments: Driver<PersonPlace>.all)
    func createThenRead(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        let debts = [Sample.newDebt(7), Sample.newDebt(5)]
        let outcomes = try await store.create([
            Sample.creation(1, debts: debts), Sample.creation(2, address: nil),
        ])
        #expect(outcomes == [.written(version: 1), .written(version: 1)])

        let person = try #require(try await store.person(1, audit: 1))
        let start = Sample.instant(0)
        var expected = PersonRecord(
            token: Sample.token(1), dataKey: Sample.dataKey(), identity: Sample.sealed(1), address: Sample.sealed(2),
            debts: debts.map {
                DebtRecord(debtID: $0.debtID, details: $0.details, version: 1, times: RowTimes(start))
            },
            version: 1, times: RowTimes(start))
        expected.encryptions = EncryptionCount.creation
        #expect(person == expected)
        let second = try #require(try await store.person(2, audit: 2))
        #expect(second.address == nil)
        #expect(second.debts.isEmpty)
    }

    @Test("a person that is there already is not created again and stays as it was", arguments: Driver<PersonPlace>.all)
    func createTwice(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1, debts: [Sample.newDebt(1)])])
        let before = try await store.person(1, audit: 1)
        let outcomes = try await store.create([
            Sample.creation(1, key: 2, address: nil, debts: [Sample.newDebt(2)]), Sample.creation(3),
        ])
        #expect(outcomes == [.alreadyExists, .written(version: 1)])
        let after = try await store.person(1, audit: 3)
        #expect(after == before)
    }

    @Test(
        "reads answer in the order of the questions, the same person twice and an absent one included",
        arguments: Driver<PersonPlace>.all)
    func readOrder(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1), Sample.creation(2)])
        let persons = try await store.persons([2, 9, 1, 2])
        #expect(persons.map { $0?.token } == [Sample.token(2), nil, Sample.token(1), Sample.token(2)])
    }

    @Test(
        "an update replaces the sealed values, counts the version and keeps the debts",
        arguments: Driver<PersonPlace>.all)
    func update(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1, debts: [Sample.newDebt(1)])])
        let created = try #require(try await store.person(1, audit: 1))
        let outcomes = try await store.update([Sample.update(1, expecting: 1, address: nil)])
        #expect(outcomes == [.written(version: 2)])

        var expected = created
        expected.identity = Sample.sealed(11)
        expected.address = nil
        expected.version = 2
        expected.times.updated = Sample.instant(10)
        expected.encryptions += EncryptionCount.update
        let updated = try await store.person(1, audit: 2)
        #expect(updated == expected)
    }

    @Test(
        "an update of an old version, of a newer one or of another life is a conflict that tells the version",
        arguments: Driver<PersonPlace>.all)
    func updateConflicts(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...5).map { Sample.creation($0) })
        _ = try await store.update((1...5).map { Sample.update($0, expecting: 1) })
        let outcomes = try await store.update([
            Sample.update(1, expecting: 1, identity: Sample.sealed(21)),
            Sample.update(2, expecting: 3, identity: Sample.sealed(22)),
            Sample.update(3, key: 2, expecting: 2, identity: Sample.sealed(23)),
            Sample.update(4, expecting: 0, identity: Sample.sealed(24)),
            Sample.update(9, expecting: 1),
            Sample.update(5, expecting: 2, identity: Sample.sealed(25)),
        ])
        let conflict = WriteOutcome.versionConflict(current: 2)
        #expect(outcomes == [conflict, conflict, conflict, conflict, .notFound, .written(version: 3)])
        let persons = try await store.persons((1...5))
        let unchanged = Sample.sealed(11)
        #expect(persons.map { $0?.identity } == [unchanged, unchanged, unchanged, unchanged, Sample.sealed(25)])
    }

    @Test("a deletion takes the debts along and tells the last version", arguments: Driver<PersonPlace>.all)
    func delete(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...3).map { Sample.creation($0, debts: [Sample.newDebt($0)]) })
        _ = try await store.update([Sample.update(1, expecting: 1)])
        let outcomes = try await store.delete([
            Sample.personDeletion(1), Sample.personDeletion(2, expecting: 1),
            Sample.personDeletion(3, expecting: 2), Sample.personDeletion(9),
            Sample.personDeletion(8, expecting: 1),
        ])
        #expect(
            outcomes == [
                .written(version: 2), .written(version: 1), .versionConflict(current: 1), .notFound, .notFound,
            ])
        let persons = try await store.persons((1...3))
        #expect(persons.map { $0?.debts.count } == [nil, nil, 1])
    }

    @Test(
        "a person that is created after a deletion goes on from the last version, without the old debts",
        arguments: Driver<PersonPlace>.all)
    func secondLife(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1, debts: [Sample.newDebt(1)])])
        _ = try await store.delete([Sample.personDeletion(1)])
        let outcomes = try await store.create([Sample.creation(1, key: 2)])
        #expect(outcomes == [.written(version: 2)])
        let person = try #require(try await store.person(1, audit: 3))
        #expect(person.debts.isEmpty)
        #expect(person.version == 2)
        #expect(person.dataKey == Sample.dataKey(2))
        let late = try await store.update([Sample.update(1, key: 1, expecting: 1)])
        #expect(late == [.versionConflict(current: 2)])
    }

    @Test("a version of an earlier life never holds, however often a person lives", arguments: Driver<PersonPlace>.all)
    func manyLives(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        var last: Int64 = 0
        for life in 1...4 {
            let created = try await store.create([Sample.creation(1, key: life)])
            #expect(created == [.written(version: last + 1)])
            _ = try await store.update([Sample.update(1, key: life, expecting: last + 1)])
            let stale = Sample.personDeletion(1, expecting: last)
            #expect(try await store.delete([stale]) == [.versionConflict(current: last + 2)])
            last += 2
            let deletion = Sample.personDeletion(1, expecting: last)
            #expect(try await store.delete([deletion]) == [.written(version: last)])
        }
    }

    @Test("no version comes twice when several stores create and delete one person", arguments: Driver<PersonPlace>.all)
    func racingLives(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        let versions = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for writer in 0..<4 {
                group.addTask {
                    var created: [Int64] = []
                    for round in 0..<40 {
                        let number = 1000 * (writer + 1) + 2 * round
                        let creation = Sample.creation(1, key: number)
                        if case .written(let version) = try await stores[writer % 2].create([creation])[0] {
                            created.append(version)
                        }
                        _ = try await stores[writer % 2].delete([Sample.personDeletion(1)])
                    }
                    return created
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(versions).count == versions.count)
        #expect(versions.sorted() == (1...Int64(versions.count)).map { $0 })
    }

    @Test(
        "empty batches have no outcomes and batches of a thousand have a thousand", arguments: Driver<PersonPlace>.all)
    func sizes(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        #expect(try await store.create([]).isEmpty)
        #expect(try await store.read([], audit: []).isEmpty)
        #expect(try await store.update([]).isEmpty)
        #expect(try await store.delete([]).isEmpty)
        #expect(try await store.write([DebtChange]()).isEmpty)
        #expect(try await store.write([PaymentChange]()).isEmpty)
        #expect(try await store.find([]).isEmpty)
        #expect(try await store.payments([]).isEmpty)
        #expect(try await store.receipts([]).isEmpty)

        let subjects = 1...1000
        let created = try await store.create(subjects.map { Sample.creation($0) })
        #expect(created == Array(repeating: .written(version: 1), count: 1000))
        let read = try await store.persons(subjects)
        #expect(read.map { $0?.token } == subjects.map { Sample.token($0) })
        let updated = try await store.update(
            subjects.map { Sample.update($0, expecting: $0.isMultiple(of: 2) ? 1 : 2) })
        #expect(updated == subjects.map { $0.isMultiple(of: 2) ? .written(version: 2) : .versionConflict(current: 1) })
        let deleted = try await store.delete(subjects.map { Sample.personDeletion($0) })
        #expect(deleted == subjects.map { .written(version: $0.isMultiple(of: 2) ? 2 : 1) })
    }
}
