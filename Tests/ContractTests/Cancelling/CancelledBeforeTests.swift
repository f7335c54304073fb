import Bureau
import Repositories
import Testing

@Suite("A call whose task is cancelled before it is made")
struct CancelledBeforeTests {
    @Test(
        "changes no person and leaves no audit record, and the next call is served", arguments: Driver<PersonPlace>.all)
    func persons(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(1)], audit: [Sample.audit(1)])
        let before = try await store.person(1, audit: 2)
        let debt = Sample.change(1, .add(Sample.newDebt(1), expectedPersonVersion: nil))
        let creation = await CancelledTask.result {
            try await store.create([Sample.creation(2)], audit: [Sample.audit(3)])
        }
        #expect(creation.isFailure)
        #expect(await CancelledTask.result { try await store.update([Sample.update(1, expecting: 1)]) }.isFailure)
        #expect(await CancelledTask.result { try await store.write([debt]) }.isFailure)
        let deletion = await CancelledTask.result {
            try await store.delete([Sample.personDeletion(1)], audit: [Sample.audit(4)])
        }
        #expect(deletion.isFailure)
        #expect(await CancelledTask.result { try await store.person(1, audit: 5) }.isFailure)
        let after = [try await store.person(1, audit: 6), try await store.person(2, audit: 7)]
        #expect(after == [before, nil])
        #expect(try await place.auditLog().map(\.recordID) == [1, 2, 6, 7].map { Sample.id($0) })
        #expect(try await store.update([Sample.update(1, expecting: 1)]) == [.written(version: 2)])
    }

    @Test("changes no profile and no scores, and the next call is served", arguments: Driver<ProfilePlace>.all)
    func profiles(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        try await store.append([Sample.score(1, of: 1)])
        let before = try await store.profile(1)
        #expect(await CancelledTask.result { try await store.put([Sample.put(1), Sample.put(2)]) }.isFailure)
        #expect(await CancelledTask.result { try await store.delete([Sample.deletion(1)]) }.isFailure)
        #expect(await CancelledTask.result { try await store.append([Sample.score(2, of: 1)]) }.isFailure)
        #expect(await CancelledTask.result { try await store.profiles([Sample.token(1)]) }.isFailure)
        let after = try await store.profiles([Sample.token(1), Sample.token(2)])
        #expect(after == [before, nil])
        #expect(try await store.scores(1).map(\.scoreID) == [Sample.id(1)])
        #expect(try await store.put([Sample.put(2)]) == [.written(version: 1)])
    }

    @Test("records no event, and the next call is served", arguments: Driver<EventPlace>.all)
    func events(driver: Driver<EventPlace>) async throws {
        let store = try await driver.makePlace().open()
        let event = try Sample.event("e-1", at: 1)
        #expect(await CancelledTask.result { try await store.record([event]) }.isFailure)
        #expect(await CancelledTask.result { try await store.latest([event.token]) }.isFailure)
        #expect(try await store.history(1).isEmpty)
        #expect(try await store.record([event]) == [.recorded])
    }
}
