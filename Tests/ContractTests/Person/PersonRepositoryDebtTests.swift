import Bureau
import Repositories
import Testing

@Suite("Base A: debts")
struct PersonRepositoryDebtTests {
    @Test(
        "debts are read in the order in which they were added, whatever their identifiers",
        arguments: Driver<PersonPlace>.all)
    func order(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1, debts: [9, 3, 6].map { Sample.newDebt($0) })])
        for number in [8, 1] {
            _ = try await store.write([Sample.change(1, .add(Sample.newDebt(number), expectedPersonVersion: nil))])
        }
        _ = try await store.write([Sample.change(1, .remove(Sample.id(3), expectedVersion: nil))])
        _ = try await store.write([Sample.change(1, .add(Sample.newDebt(2), expectedPersonVersion: nil))])
        let person = try #require(try await store.person(1, audit: 1))
        #expect(person.debts.map(\.debtID) == [9, 6, 8, 1, 2].map { Sample.id($0) })
    }

    @Test("an added debt is at version 1 and counts as a write of its person", arguments: Driver<PersonPlace>.all)
    func add(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...3).map { Sample.creation($0) })
        let outcomes = try await store.write([
            Sample.change(1, .add(Sample.newDebt(1), expectedPersonVersion: nil)),
            Sample.change(2, .add(Sample.newDebt(2), expectedPersonVersion: 1)),
            Sample.change(3, .add(Sample.newDebt(3), expectedPersonVersion: 2)),
        ])
        #expect(outcomes == [.written(version: 1), .written(version: 1), .versionConflict(current: 1)])

        let person = try #require(try await store.person(1, audit: 1))
        let at = Sample.instant(20)
        #expect(
            person.debts == [
                DebtRecord(
                    debtID: Sample.id(1), details: Sample.sealed(1), version: 1, times: RowTimes(at))
            ])
        #expect(person.version == 2)
        #expect(person.times.updated == at)
        let untouched = try #require(try await store.person(3, audit: 2))
        #expect(untouched.debts.isEmpty)
        #expect(untouched.version == 1)
    }

    @Test("a debt is replaced only at the version that was read", arguments: Driver<PersonPlace>.all)
    func replace(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...4).map { Sample.creation($0, debts: [Sample.newDebt($0)]) })
        let outcomes = try await store.write([
            Sample.change(1, .replace(Sample.newDebt(1, details: 31), expectedVersion: 1)),
            Sample.change(2, .replace(Sample.newDebt(2, details: 32), expectedVersion: 2)),
            Sample.change(3, .replace(Sample.newDebt(99, details: 33), expectedVersion: 1)),
            Sample.change(9, .replace(Sample.newDebt(9, details: 34), expectedVersion: 1)),
            Sample.change(4, .replace(Sample.newDebt(3, details: 35), expectedVersion: 1)),
        ])
        #expect(outcomes == [.written(version: 2), .versionConflict(current: 1), .notFound, .notFound, .notFound])

        let person = try #require(try await store.person(1, audit: 1))
        #expect(
            person.debts == [
                DebtRecord(
                    debtID: Sample.id(1), details: Sample.sealed(31), version: 2,
                    times: RowTimes(created: Sample.instant(0), updated: Sample.instant(20)))
            ])
        #expect(person.version == 2)
        let others = try await store.persons((2...4))
        #expect(others.map { $0?.version } == [1, 1, 1])
        #expect(others.map { $0?.debts.map(\.details) } == (2...4).map { [Sample.sealed($0)] })
    }

    @Test("a debt is replaced only at the person's version, when one is given", arguments: Driver<PersonPlace>.all)
    func replaceAtPerson(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...2).map { Sample.creation($0, debts: [Sample.newDebt($0)]) })
        let outcomes = try await store.write([
            Sample.change(
                1, .replace(Sample.newDebt(1, details: 31), expectedVersion: 1, expectedPersonVersion: 1)),
            Sample.change(
                2, .replace(Sample.newDebt(2, details: 32), expectedVersion: 1, expectedPersonVersion: 7)),
        ])
        #expect(outcomes == [.written(version: 2), .versionConflict(current: 1)])
    }

    @Test("a debt is removed at any version or at the expected one", arguments: Driver<PersonPlace>.all)
    func remove(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...4).map { Sample.creation($0, debts: [Sample.newDebt($0)]) })
        _ = try await store.write(
            (1...3).map { Sample.change($0, .replace(Sample.newDebt($0), expectedVersion: 1)) })
        let outcomes = try await store.write([
            Sample.change(1, .remove(Sample.id(1), expectedVersion: nil)),
            Sample.change(2, .remove(Sample.id(2), expectedVersion: 2)),
            Sample.change(3, .remove(Sample.id(3), expectedVersion: 1)),
            Sample.change(4, .remove(Sample.id(99), expectedVersion: nil)),
        ])
        #expect(outcomes == [.written(version: 2), .written(version: 2), .versionConflict(current: 2), .notFound])
        let persons = try await store.persons((1...4))
        #expect(persons.map { $0?.debts.count } == [0, 0, 1, 1])
        #expect(persons.map { $0?.version } == [3, 3, 2, 1])
    }

    @Test(
        "a change that was sealed under another data key of the person is overtaken", arguments: Driver<PersonPlace>.all
    )
    func otherLife(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create((1...3).map { Sample.creation($0, key: 2, debts: [Sample.newDebt($0)]) })
        let before = try await store.persons((1...3))
        let outcomes = try await store.write([
            Sample.change(1, .add(Sample.newDebt(7), expectedPersonVersion: nil)),
            Sample.change(2, .replace(Sample.newDebt(2, details: 7), expectedVersion: 1)),
            Sample.change(3, .remove(Sample.id(3), expectedVersion: nil)),
        ])
        #expect(outcomes == [.overtaken, .overtaken, .overtaken])
        let after = try await store.persons((1...3))
        #expect(after == before)
    }

    @Test("a person's update after a change of its debts must have seen it", arguments: Driver<PersonPlace>.all)
    func updateAfterChange(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Sample.creation(1)])
        _ = try await store.write([Sample.change(1, .add(Sample.newDebt(1), expectedPersonVersion: nil))])
        let outcomes = try await store.update([Sample.update(1, expecting: 1)])
        #expect(outcomes == [.versionConflict(current: 2)])
    }
}
