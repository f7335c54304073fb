import Bureau
import Foundation
import Repositories
import Testing

@testable import StoreRedis

@Suite("Base C on a Redis that refuses work", .enabled(if: RedisProcess.isAvailable))
struct RedisRefusalTests {
    /// Expects that reads are served and writes refused for `cause`, and that health and doctor tell so.
    private func expectReadsAlone(
        _ store: RedisEventStore, _ cause: StoreReason.Cause, _ code: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(try await store.latest(2) == LatestEvents(), sourceLocation: sourceLocation)
        let failure = await error { _ = try await store.record([try Sample.event("a", at: 1)]) }
        guard case .unavailable(.c, let reason, _)? = failure else {
            Issue.record("it is \(String(describing: failure))", sourceLocation: sourceLocation)
            return
        }
        #expect(reason.cause == cause && reason.code == code, sourceLocation: sourceLocation)
        let health = await store.health()
        #expect(health.engine?.hasPrefix("Redis") == true, sourceLocation: sourceLocation)
        #expect(health.reason == reason && !health.isReady, sourceLocation: sourceLocation)
        let failed = await store.check().filter { !$0.hasPassed }.map(\.outcome)
        let hasReason = failed.contains { if case .failed(reason, let remedy) = $0 { !remedy.isEmpty } else { false } }
        #expect(hasReason, "\(failed)", sourceLocation: sourceLocation)
    }

    @Test("a replica is read-only")
    func replica() async throws {
        let primary = try await RedisProcess()
        let replica = try await RedisProcess(["--replicaof", "127.0.0.1", "\(primary.port)"])
        try await eventually { try replica.ask(["ROLE"])[0].elements?[3].text == "connected" }
        let store = try await RedisServers.open(replica.url)
        try await expectReadsAlone(store, .readOnly, "READONLY")
        #expect(await store.check().contains { $0.what == "is a primary" && !$0.hasPassed })
    }

    @Test("a full memory is told from a lost server, and writes are served once there is room")
    func full() async throws {
        let server = try await RedisProcess(["--maxmemory-policy", "noeviction"])
        let store = try await RedisServers.open(server.url)
        try server.ask(["CONFIG", "SET", "maxmemory", "1"])
        try await expectReadsAlone(store, .full, "OOM")
        try server.ask(["CONFIG", "SET", "maxmemory", "0"])
        #expect(try await store.record([try Sample.event("a", at: 1)]) == [.recorded])
        #expect(await store.health().isReady)
    }

    @Test("a server that cannot save is alive, opens and serves reads")
    func cannotSave() async throws {
        let server = try await RedisProcess()
        // The snapshot cannot be renamed onto a folder.
        try FileManager.default.createDirectory(
            atPath: server.folder.path("dump.rdb/x"), withIntermediateDirectories: true)
        try server.ask(["SET", "x", "1"], ["CONFIG", "SET", "save", "3600 1"], ["BGSAVE"])
        try await eventually {
            let reply = try server.ask(["INFO", "persistence"])[0].text
            return reply?.contains("rdb_last_bgsave_status:err") == true
        }
        try await expectReadsAlone(try await RedisServers.open(server.url), .full, "MISCONF")
    }

    @Test("too few replicas refuse writes")
    func fewReplicas() async throws {
        let server = try await RedisProcess(["--min-replicas-to-write", "1"])
        try await expectReadsAlone(try await RedisServers.open(server.url), .readOnly, "NOREPLICAS")
    }

    @Test("every policy that evicts keys fails doctor", arguments: ["allkeys-lru", "volatile-ttl"])
    func eviction(policy: String) async throws {
        let server = try await RedisProcess(["--maxmemory-policy", policy, "--maxmemory", "100mb"])
        let failed = await (try await RedisServers.open(server.url)).check().filter { !$0.hasPassed }
        #expect(failed.map(\.what) == ["keeps what it has answered"])
        guard case .failed(let reason, let remedy)? = failed.first?.outcome else { return }
        #expect(reason.detail.contains(policy) && remedy.contains("noeviction"))
    }

    @Test("a server with as many clients as it takes throttles, and is named so")
    func clients() async throws {
        let server = try await RedisProcess(["--maxclients", "1"])
        let first = try await RedisServers.open(server.url)
        let error = await #expect(throws: StoreOpenError.self) { try await RedisServers.open(server.url) }
        #expect(error?.reason.contains("maximum number of clients") == true)
        #expect(await first.health().reason?.cause == .throttled)
        #expect(try await first.latest(1) == LatestEvents())
    }

    @Test(
        "a cluster's node behind redis:// is named by health and doctor, with the scheme",
        arguments: RedisServers.cluster)
    func clusterNode(url: String) async throws {
        for node in url.dropFirst("redis+cluster://".count).split(separator: ",") {
            let store = try await RedisServers.open("redis://\(node)")
            #expect(await store.health().reason == StoreReason(.isCluster))
            let failed = await store.check().first { !$0.hasPassed }?.outcome
            guard case .failed(StoreReason(.isCluster), let remedy)? = failed else {
                Issue.record("it is \(String(describing: failed))")
                continue
            }
            #expect(remedy.contains("redis+cluster://"))
        }
    }

    @Test("a damaged subject fails its own events alone")
    func neighbours() async throws {
        let server = try await RedisProcess()
        let store = try await RedisServers.open(server.url)
        try server.ask(["SET", RedisServers.key(Sample.token(2), "events"), "x"])
        let events = try (1...3).map { try Sample.event("e-\($0)", of: $0, at: 1) }
        #expect(try await store.record(events) == [.recorded, .failed(.corrupt(.c)), .recorded])
        #expect(try await store.record([events[1]]) == [.failed(.corrupt(.c))])
        #expect(try await store.latest(3).movement == events[2].body[...])
        #expect(try server.ask(["EXISTS", RedisServers.key(Sample.token(2), "latest")]) == [.integer(0)])
    }
}
