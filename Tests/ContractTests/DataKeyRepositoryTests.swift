import Bureau
import Repositories
import Testing

/// The contract of `DataKeyRepository` on every store of bases A and B.
@Suite("Data keys")
struct DataKeyRepositoryTests {
    /// A wrapped key of the usual length, whose number is that of its wrapping key.
    private static func key(_ subject: Int, wrappedBy number: UInt8) -> WrappedDataKey {
        WrappedDataKey(
            [1, 0, 0, 0, number, 0, 0, 0, 1] + (0..<12).map { UInt8(truncatingIfNeeded: subject + $0) }
                + (0..<48).map { UInt8(truncatingIfNeeded: subject * 7 + Int(number) + $0) })
    }

    private static func walk(_ store: any DataKeyRepository, limit: Int) async throws -> [KeyRingSample] {
        var keys: [KeyRingSample] = []
        var cursor: DataKeyCursor?
        repeat {
            let page = try await store.dataKeys(after: cursor, limit: limit)
            keys += page.keys
            cursor = page.next
        } while cursor != nil
        return keys
    }

    private static func rewrap(_ subject: Int, by number: UInt8) -> DataKeyRewrap {
        DataKeyRewrap(
            token: Sample.token(subject), former: key(subject, wrappedBy: number - 1),
            rewrapped: key(subject, wrappedBy: number))
    }

    private static func creation(_ subject: Int, debts: [NewDebt] = []) -> PersonCreation {
        var creation = Sample.creation(subject, debts: debts)
        creation.dataKey = key(subject, wrappedBy: 1)
        return creation
    }

    @Test("a walk meets each person once, whatever the size of a page", arguments: Driver<PersonPlace>.all)
    func personWalk(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        #expect(try await Self.walk(store, limit: 3) == [])
        _ = try await store.create((1...10).map { Self.creation($0) })
        for limit in [1, 3, 10, 11] {
            let keys = try await Self.walk(store, limit: limit)
            #expect(keys.map(\.token) == (1...10).map { Sample.token($0) }.sorted())
            #expect(Set(keys.map(\.dataKey)) == Set((1...10).map { Self.key($0, wrappedBy: 1) }))
        }
    }

    @Test("a key is replaced where it was read, once, and nothing else changes", arguments: Driver<PersonPlace>.all)
    func personRewrap(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Self.creation(1), Self.creation(2)])
        let before = try #require(try await store.person(1, audit: 1))
        let changes = [Self.rewrap(1, by: 2), Self.rewrap(3, by: 2)]
        #expect(try await store.rewrap(changes) == [true, false])
        #expect(try await store.rewrap(changes) == [false, false])
        var after = before
        after.dataKey = Self.key(1, wrappedBy: 2)
        #expect(try await store.person(1, audit: 2) == after)
        #expect(try await store.person(2, audit: 3)?.dataKey == Self.key(2, wrappedBy: 1))
    }

    @Test("a write that has read the former wrapping takes effect", arguments: Driver<PersonPlace>.all)
    func writers(driver: Driver<PersonPlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.create([Self.creation(1, debts: [Sample.newDebt(1)])])
        #expect(try await store.rewrap([Self.rewrap(1, by: 2)]) == [true])
        let former = Self.key(1, wrappedBy: 1)
        var update = Sample.update(1, expecting: 1)
        update.dataKey = former
        #expect(try await store.update([update]) == [.written(version: 2)])
        for (action, version) in [
            (DebtChange.Action.add(Sample.newDebt(2), expectedPersonVersion: nil), Int64(1)),
            (.replace(Sample.newDebt(1, details: 9), expectedVersion: 1), 2),
            (.remove(Sample.id(2), expectedVersion: 1), 1),
        ] {
            var change = Sample.change(1, action)
            change.dataKey = former
            #expect(try await store.write([change]) == [.written(version: version)])
        }
        let payment = PaymentChange(
            payment: PaymentKey(token: Sample.token(1), debtID: Sample.id(1), key: Sample.id(50)), dataKey: former,
            action: .add(position: 0), details: Sample.sealed(5), at: Sample.instant(30))
        #expect(try await store.write([payment]) == [.written(version: 1)])
        #expect(try await store.person(1, audit: 5)?.dataKey == Self.key(1, wrappedBy: 2), "and keeps the new one")
        update.expectedVersion = 5
        update.dataKey = Self.key(2, wrappedBy: 2)
        #expect(try await store.update([update]) == [.versionConflict(current: 5)], "another key is another life")
    }

    private static func put(_ subject: Int, wrappedBy number: UInt8 = 1) -> ProfilePut {
        var put = Sample.put(subject)
        put.content.dataKey = key(subject, wrappedBy: number)
        return put
    }

    @Test("a walk meets each profile, and no score", arguments: Driver<ProfilePlace>.all)
    func profileWalk(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put((1...10).map { Self.put($0) })
        _ = try await store.append([Sample.score(1, of: 1)])
        _ = try await store.delete([ProfileDeletion(token: Sample.token(10), expectedVersion: nil)])
        for limit in [1, 4, 100] {
            let keys = try await Self.walk(store, limit: limit)
            #expect(Set(keys.map(\.token)) == Set((1...9).map { Sample.token($0) }))
            #expect(keys.count == 9)
        }
    }

    @Test(
        "a profile's key is replaced where it was read, and a write after it wins", arguments: Driver<ProfilePlace>.all)
    func profileRewrap(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Self.put(1), Self.put(2)])
        let before = try #require(try await store.profiles([Sample.token(1)])[0])
        #expect(try await store.rewrap([Self.rewrap(1, by: 2), Self.rewrap(3, by: 2)]) == [true, false])
        var after = before
        after.content.dataKey = Self.key(1, wrappedBy: 2)
        #expect(try await store.profiles([Sample.token(1)])[0] == after)
        _ = try await store.put([Self.put(2, wrappedBy: 3)])
        #expect(try await store.rewrap([Self.rewrap(2, by: 2)]) == [false])
        #expect(try await store.profiles([Sample.token(2)])[0]?.content.dataKey == Self.key(2, wrappedBy: 3))
    }
}
