import Bureau
import Repositories
import Testing

@Suite("The check of a DynamoDB table")
struct DynamoDBCheckTests {
    @Test("passes with the rights of the daemon, and leaves no trace", arguments: Driver<ProfilePlace>.dynamoDB)
    func check(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let checks = await store.check()
        #expect(checks.count == 12)
        #expect(checks.filter { !$0.hasPassed } == [])
        #expect(checks.first?.outcome != .passed(note: nil), "it tells whose credentials are used")
        #expect(try await store.keyRingMark() == .unbound(nil), "no item was written")
        let health = await store.health()
        #expect(health.isReady && health.reason == nil)
    }

    @Test(
        "scores of one call are appended though there is none for an unknown subject among them",
        arguments: Driver<ProfilePlace>.dynamoDB)
    func append(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1)])
        let outcomes = try await store.append((1...60).map { Sample.score($0, of: $0.isMultiple(of: 7) ? 2 : 1) })
        #expect(outcomes == (1...60).map { $0.isMultiple(of: 7) ? .notFound : .written(version: 1) })
        #expect(try await store.scores(1).count == 52)
        #expect(try await store.scores(2).isEmpty)
    }
}
