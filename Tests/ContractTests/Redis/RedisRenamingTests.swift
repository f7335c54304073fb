import Bureau
import Repositories
import Testing

@testable import StoreRedis

/// The steps by which a subject's keys change slots, as a daemon leaves them that ends midway.
@Suite("Redis: subjects between two slots")
struct RedisRenamingTests {
    private let subject = SubjectRename(from: Self.token(0), to: Self.token(7))

    private static func token(_ keyNumber: UInt8) -> SubjectToken {
        SubjectToken(keyNumber: keyNumber) { bytes in
            for index in bytes.indices { bytes[index] = .random(in: 0...255) }
        }
    }

    private func event(_ id: String, at second: Int, under token: SubjectToken) throws -> EventRecord {
        var event = try Sample.event(id, at: second)
        event.token = token
        return event
    }

    private func history(_ store: RedisEventStore, _ token: SubjectToken) async throws -> [String] {
        let query = HistoryQuery(token: token, kind: nil, before: nil, limit: 1000)
        return try await store.history([query])[0].map(\.eventID.text)
    }

    @Test("the next call ends what was begun", arguments: RedisServers.cluster)
    func halfway(url: String) async throws {
        let store = try await RedisServers.open(url)
        _ = try await store.record([event("a", at: 1, under: subject.from)])
        let packed = try await store.pack([KeyMove(subject, receipts: [])])
        #expect(try await store.restore(packed) == [Array("111".utf8)])
        #expect(try await history(store, subject.from) == ["a"])
        // The other token is served already.
        _ = try await store.record([event("b", at: 2, under: subject.to)])
        try await store.rename([subject])
        #expect(try await history(store, subject.to) == ["b", "a"])
        #expect(try await store.remains(of: [subject.from]) == [false])
    }

    @Test("a copy that comes late restores nothing", arguments: RedisServers.cluster)
    func late(url: String) async throws {
        let store = try await RedisServers.open(url)
        _ = try await store.record([event("a", at: 1, under: subject.from)])
        let packed = try await store.pack([KeyMove(subject, receipts: [])])
        try await store.rename([subject])
        _ = try await store.remove([EventRemoval(token: subject.to, eventID: try #require(EventID("a")))])
        try await store.drop(packed, restored: try await store.restore(packed))
        #expect(try await history(store, subject.to) == [])
        #expect(try await store.latest([subject.to]) == [LatestEvents()])
        #expect(try await store.remains(of: [subject.from, subject.to]) == [false, false])
    }

    @Test("keys keep their lifetimes", arguments: RedisServers.plain + RedisServers.cluster)
    func lifetimes(url: String) async throws {
        let store = try await RedisServers.open(url)
        var marked = try event("a", at: 1, under: subject.from)
        marked.receipt = NewReceipt(
            key: RepeatKey(token: subject.from, key: Sample.id(1)), receipt: Sample.receipt(1).receipt)
        _ = try await store.record([marked])
        let endpoint = store.topology.cluster?.owner(of: store.commands.slot(of: subject.to))
        try await store.moveAll([subject])
        let names = ["latest", "events", "key:\(PackedReceipt.hexadecimal(Sample.id(1)))"].map {
            RedisServers.key(subject.to, $0)
        }
        let lifetimes = try RedisServers.ask(
            at: endpoint ?? RedisURL(url).endpoints[0], names.map { ["TTL", $0] }
        ).compactMap(\.integer)
        let days = lifetimes.map { Int((Double($0) / 86_400).rounded()) }
        #expect(days == [401, 401, 8], "\(lifetimes)")
    }
}
