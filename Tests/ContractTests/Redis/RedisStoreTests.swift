import Bureau
import Foundation
import Repositories
import Testing

@testable import StoreRedis

@Suite("Base C on Redis")
struct RedisStoreTests {
    private let subjects = PrivateSubjects()

    @Test("a server that has forgotten the script is given it again", arguments: RedisServers.plain)
    func noScript(url: String) async throws {
        let store = PrivateEventStore(store: try await RedisServers.open(url), subjects: subjects)
        #expect(try await store.record([try Sample.event("a", at: 1)]) == [.recorded])
        try RedisServers.ask(url, ["SCRIPT", "FLUSH"])
        let events = try (0..<9).map { try Sample.event("e-\($0)", of: $0, at: 2) } + [try Sample.event("a", at: 1)]
        #expect(try await store.record(events) == Array(repeating: .recorded, count: 9) + [.duplicate])
    }

    @Test("keys hold the token and live for the days of retention, and one more", arguments: RedisServers.plain)
    func layout(url: String) async throws {
        let store = PrivateEventStore(store: try await RedisServers.open(url + "?retention_days=2"), subjects: subjects)
        let movement = EventDetails.movement(direction: .credit, amount: Money(cents: 620_000), channel: .pix)
        _ = try await store.record([try Sample.event("a", at: 1, movement)])
        let keys = ["latest", "events", "history"].map { RedisServers.key(subjects.exchange(Sample.token(1)), $0) }
        let replies = try RedisServers.ask(
            url, ["HGETALL", keys[1]], ["EXISTS", keys[2]], ["OBJECT", "ENCODING", keys[1]], ["TTL", keys[0]],
            ["TTL", keys[1]])
        #expect(replies[0] == .array([.text("a"), .text("m2XmXBMLmH-2XmkjfwE8-cp620000")]))
        #expect(replies[1] == .integer(0))
        #expect(replies[2] == .text("listpack"))
        let threeDays: Int64 = 3 * 86_400
        #expect(replies[3...].allSatisfy { (threeDays - 60...threeDays).contains($0.integer ?? 0) })
    }

    @Test("keys that end with their last event get a lifetime when they are made anew", arguments: RedisServers.plain)
    func emptied(url: String) async throws {
        let store = PrivateEventStore(store: try await RedisServers.open(url), subjects: subjects)
        let purchase = try Sample.event("p", .cardPurchase, at: 1)
        let movements = try (0...EventHistory.maximumEvents).map { try Sample.event("m-\($0)", at: $0) }
        let keys = ["latest", "events", "history"].map { RedisServers.key(subjects.exchange(Sample.token(1)), $0) }
        // The history ends first, while a purchase is left; then the events too.
        for left in [[purchase], []] {
            _ = try await store.record(movements + left)
            let gone = try await store.history(1).filter { !left.contains($0) }
            _ = try await store.remove(gone.map { EventRemoval(token: $0.token, eventID: $0.eventID) })
            if left.isEmpty { #expect(try RedisServers.ask(url, ["EXISTS", keys[1]]) == [.integer(0)]) }
            #expect(try await store.record([try Sample.event("new", at: 1000)]) == [.recorded])
            let lifetimes = try RedisServers.ask(url, ["TTL", keys[0]], ["TTL", keys[1]], ["TTL", keys[2]])
            #expect(lifetimes.allSatisfy { $0.integer ?? 0 > 0 })
        }
    }

    @Test("the longest movement and purchase fit in a list of Redis", arguments: RedisServers.plain)
    func small(url: String) async throws {
        let store = PrivateEventStore(store: try await RedisServers.open(url), subjects: subjects)
        let code = try #require(MerchantCategoryCode("5411"))
        _ = try await store.record([
            try Sample.event(
                String(repeating: "i", count: 64), at: 1,
                .cardPurchase(
                    amount: Money(cents: .max), merchantCategoryCode: code, installments: 99, approved: true,
                    cardLast4: CardLast4("0042"))),
            try Sample.event("m", at: 1, .movement(direction: .debit, amount: Money(cents: .max), channel: .boleto)),
        ])
        let key = RedisServers.key(subjects.exchange(Sample.token(1)), "events")
        #expect(try RedisServers.ask(url, ["OBJECT", "ENCODING", key]) == [.text("listpack")])
    }

    @Test("events before 1970 and after 2255 keep their microseconds and their order", arguments: RedisServers.plain)
    func farTimes(url: String) async throws {
        let store = PrivateEventStore(store: try await RedisServers.open(url), subjects: subjects)
        let early: Int64 = -62_135_596_800_000_000
        let late: Int64 = 253_402_300_799_999_990
        let times = (0..<4).map { early + $0 } + [-1, 0, 1] + (0..<4).map { late + $0 }
        let events = try times.enumerated().map { index, time in
            var event = try Sample.event("e", at: 0)
            event.eventID = try #require(EventID("e-\(99 - index)"))
            event.occurredAt = try #require(Instant(microsecondsSinceEpoch: time))
            return event
        }
        _ = try await store.record(events.shuffled())
        var read: [EventRecord] = []
        while true {
            let page = try await store.history(1, before: read.last?.position, limit: 3)
            guard !page.isEmpty else { break }
            read += page
        }
        #expect(read == events.reversed())
        #expect(try await store.latest(1).movement == events.last?.body[...])
    }

    @Test("a key of another kind is told from a store that is away", arguments: RedisServers.plain)
    func foreignKey(url: String) async throws {
        let store = PrivateEventStore(store: try await RedisServers.open(url), subjects: subjects)
        let token = subjects.exchange(Sample.token(1))
        for part in ["latest", "history", "events"] {
            try RedisServers.ask(url, ["SET", RedisServers.key(token, part), "x"])
        }
        await #expect(throws: StoreError.corrupt(.c)) { try await store.latest(1) }
        await #expect(throws: StoreError.corrupt(.c)) { try await store.history(1) }
        #expect(try await store.record([try Sample.event("a", at: 1)]) == [.failed(.corrupt(.c))])
        #expect(try await store.latest(2) == LatestEvents())
    }

    @Test("doctor walks to each primary of a cluster", arguments: RedisServers.cluster)
    func cluster(url: String) async throws {
        let store = try await RedisServers.open(url)
        #expect(await store.health().isReady)
        let checks = await store.check()
        #expect(checks.filter { !$0.hasPassed } == [])
        for node in url.dropFirst("redis+cluster://".count).split(separator: ",") {
            #expect(checks.contains { $0.what == "records an event on \(node)" })
        }
    }

    @Test("certificates are read anew, and kept when the new ones cannot be used", arguments: RedisServers.tls)
    func reloading(url: String) async throws {
        let authority = try #require(url.split(separator: "=").last)
        let copy = try TemporaryFolder().path("ca.crt")
        try FileManager.default.copyItem(atPath: String(authority), toPath: copy)
        let store = try await RedisServers.open(url.replacingOccurrences(of: authority, with: copy))
        try "none".write(toFile: copy, atomically: true, encoding: .utf8)
        store.reloadCredentials()
        #expect(await store.health().isReady)
        // One of the system's authorities, which did not sign the server's certificate.
        let system = try String(contentsOfFile: "/etc/ssl/certs/ca-certificates.crt", encoding: .utf8)
        let end = try #require(system.range(of: "-----END CERTIFICATE-----\n")).upperBound
        try system[..<end].write(toFile: copy, atomically: true, encoding: .utf8)
        store.reloadCredentials()
        #expect(await store.health().reason?.detail.contains("not trusted") == true)
    }

    @Test("bodies of any bytes and of a megabyte come back as they went", arguments: RedisServers.plain)
    func bodies(url: String) async throws {
        let store = PrivateEventStore(store: try await RedisServers.open(url), subjects: subjects)
        var events = try (0..<4).map { try Sample.event("e-\($0)", at: $0) }
        events[0].body = []
        events[1].body = Array("\r\n$5\r\n *3 \0 -ERR".utf8)
        events[2].body = (0...255).map { $0 }
        events[3].body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        _ = try await store.record(events)
        #expect(try await store.history(1) == events.reversed())
        #expect(try await store.latest(1).movement == events[3].body[...])
    }

    @Test("many calls at once over several connections all get their own answers", arguments: RedisServers.plain)
    func manyCalls(url: String) async throws {
        let store = PrivateEventStore(store: try await RedisServers.open(url + "?connections=3"), subjects: subjects)
        let count = 200
        _ = try await store.record(try (0..<count).map { try Sample.event("e-\($0)", of: $0, at: 1) })
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                group.addTask {
                    try await store.latest(number).movement == Sample.event("e-\(number)", at: 1).body[...]
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
