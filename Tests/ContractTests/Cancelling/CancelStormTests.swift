import Bureau
import Repositories
import Testing

/// Each call is about a subject of its own, so that nothing but the cancelling could fail it.
@Suite("While half of two hundred calls are cancelled, the others succeed and all tell the truth")
struct CancelStormTests {
    private static let seeds: [UInt64] = [1, 2, 3]

    @Test("about persons", arguments: Driver<PersonPlace>.all, seeds)
    func persons(driver: Driver<PersonPlace>, seed: UInt64) async throws {
        let store = try await driver.makePlace().open()
        let subjects = CancelStorm<[WriteOutcome]>.calls
        _ = try await store.create(subjects.map { Sample.creation($0) })
        let storm = await CancelStorm(seed: seed) { try await store.update([Sample.update($0, expecting: 1)]) }
        storm.expectSuccess([.written(version: 2)])
        let persons = try await store.persons(subjects)
        storm.expectHonesty { persons[$0 - 1]?.version == 2 }
    }

    @Test("that read persons, with their audit records", arguments: Driver<PersonPlace>.all, seeds)
    func reads(driver: Driver<PersonPlace>, seed: UInt64) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.create([Sample.creation(1)])
        let storm = await CancelStorm(seed: seed) { number in
            try await store.read([Sample.token(1)], audit: [Sample.audit(number)]).map { $0?.version }
        }
        storm.expectSuccess([1])
        let recorded = Set(try await place.auditLog().map(\.recordID))
        storm.expectHonesty { recorded.contains(Sample.id($0)) }
    }

    @Test("about profiles", arguments: Driver<ProfilePlace>.all)
    func profiles(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let storm = await CancelStorm(seed: 4) { try await store.put([Sample.put($0, expecting: 0)]) }
        storm.expectSuccess([.written(version: 1)])
        let profiles = try await store.profiles(CancelStorm<[WriteOutcome]>.calls.map { Sample.token($0) })
        storm.expectHonesty { profiles[$0 - 1] != nil }
        let reads = await CancelStorm(seed: 5) { try await store.profiles([Sample.token($0)]).count }
        reads.expectSuccess(1)
    }

    @Test("about events", arguments: Driver<EventPlace>.all, seeds)
    func events(driver: Driver<EventPlace>, seed: UInt64) async throws {
        let store = try await driver.makePlace().open()
        let storm = await CancelStorm(seed: seed) { number in
            try await store.record([Sample.event("e-\(number)", of: number, at: number)])
        }
        storm.expectSuccess([.recorded])
        let latest = try await store.latest(CancelStorm<[RecordOutcome]>.calls.map { Sample.token($0) })
        storm.expectHonesty { latest[$0 - 1].movement != nil }
    }
}
