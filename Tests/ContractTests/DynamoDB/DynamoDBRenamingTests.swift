import Bureau
import Repositories
import Testing

@testable import StoreDynamoDB

/// The steps by which a subject's items get other keys, as a daemon leaves them that ends midway.
@Suite("DynamoDB: subjects between two tokens")
struct DynamoDBRenamingTests {
    private let subject = Sample.rename(1)

    private func open(_ driver: Driver<ProfilePlace>) async throws -> DynamoDBProfileStore {
        let store = try #require(try await driver.makePlace().open() as? DynamoDBProfileStore)
        _ = try await store.put([Sample.put(1)])
        _ = try await store.append((1...30).map { Sample.score($0, of: 1) })
        return store
    }

    private func scores(_ store: DynamoDBProfileStore, _ token: SubjectToken) async throws -> Int {
        try await store.scores([ScoreQuery(token: token, before: nil, limit: 100)])[0].get().count
    }

    private func put(_ key: Int) -> ProfilePut {
        var content = Sample.content(1, key: key)
        content.token = subject.to
        return Sample.put(content)
    }

    /// Copies as much as `rename` does before it deletes.
    private func copy(_ store: DynamoDBProfileStore) async throws {
        _ = try await store.copyScores(of: [subject])
        let copied = try await store.send(try await store.read([subject])) { $0.put(by: store.requests) }
        #expect(copied == [subject.to])
    }

    @Test("the next call ends what was begun", arguments: Driver<ProfilePlace>.dynamoDB)
    func halfway(driver: Driver<ProfilePlace>) async throws {
        let store = try await open(driver)
        _ = try await store.copyScores(of: [subject])
        #expect(try await store.profiles([subject.to]) == [nil])
        try await copy(store)
        #expect(try await store.profile(1) != nil)
        // The other token is served already.
        #expect(try await store.put([put(2)]) == [.written(version: 2)])
        try await store.rename([subject])
        #expect(try await store.profiles([subject.from, subject.to]).map { $0?.version } == [nil, 2])
        #expect(try await scores(store, subject.to) == 30)
        #expect(try await store.tokens(ofKeysBelow: 1, limit: 100) == [])
    }

    @Test("a data key that is wrapped anew meanwhile is not lost", arguments: Driver<ProfilePlace>.dynamoDB)
    func rewrapped(driver: Driver<ProfilePlace>) async throws {
        for isWrittenSince in [false, true] {
            let store = try await open(driver)
            try await copy(store)
            if isWrittenSince { _ = try await store.put([put(2)]) }
            let rewrap = DataKeyRewrap(token: subject.from, former: Sample.dataKey(), rewrapped: Sample.dataKey(3))
            #expect(try await store.rewrap([rewrap]) == [true])
            try await store.rename([subject])
            let profiles = try await store.profiles([subject.from, subject.to])
            #expect(profiles[0] == nil)
            #expect(profiles[1]?.content.dataKey == Sample.dataKey(isWrittenSince ? 2 : 3))
            #expect(try await scores(store, subject.to) == 30)
        }
    }

    @Test("a copy that comes late changes nothing", arguments: Driver<ProfilePlace>.dynamoDB)
    func late(driver: Driver<ProfilePlace>) async throws {
        let store = try await open(driver)
        let moves = try await store.read([subject])
        try await store.rename([subject])
        _ = try await store.delete([ProfileDeletion(token: subject.to, expectedVersion: nil)])
        #expect(try await store.send(moves) { $0.put(by: store.requests) } == [])
        #expect(try await store.profiles([subject.from, subject.to]) == [nil, nil])
        #expect(try await store.put([put(2)]) == [.written(version: 2)])
        #expect(try await scores(store, subject.to) == 0)
    }
}
