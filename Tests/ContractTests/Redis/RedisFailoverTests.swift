import Bureau
import Foundation
import Repositories
import Testing

@testable import StoreRedis

@Suite("Base C through failovers and resharding", .enabled(if: RedisProcess.isAvailable))
struct RedisFailoverTests {
    /// A primary with a replica, and sentinels that watch them.
    private struct Watched {
        let primary: RedisProcess
        let replica: RedisProcess
        let sentinels: [RedisProcess]

        init() async throws {
            let primary = try await RedisProcess()
            replica = try await RedisProcess(["--replicaof", "127.0.0.1", "\(primary.port)"])
            self.primary = primary
            var sentinels: [RedisProcess] = []
            for _ in 0..<3 {
                sentinels.append(
                    try await RedisProcess(
                        sentinel: """
                            sentinel monitor mymaster 127.0.0.1 \(primary.port) 2
                            sentinel down-after-milliseconds mymaster 500
                            sentinel failover-timeout mymaster 2000
                            requirepass watch

                            """))
            }
            self.sentinels = sentinels
            try await eventually {
                try sentinels.allSatisfy { sentinel in
                    let info = try sentinel.ask(["AUTH", "watch"], ["INFO", "sentinel"])[1].text ?? ""
                    return info.contains("slaves=1,sentinels=3")
                }
            }
        }

        var url: String { "redis+sentinel://" + sentinels.map(\.endpoint).joined(separator: ",") }
    }

    private let environment = ["CREDITD_REDIS_SENTINEL_PASSWORD": "watch"]

    @Test("the primary that sentinels name is followed when it is killed, also with a sentinel gone")
    func sentinels() async throws {
        let watched = try await Watched()
        let store = try await RedisServers.open(watched.url + "/mymaster?connections=2", environment)
        #expect(try await store.record([try Sample.event("before", at: 1)]) == [.recorded])
        #expect(await store.health().isReady)
        #expect(await store.check().allSatisfy { $0.hasPassed })
        watched.sentinels[0].kill()
        watched.primary.kill()
        try await eventually { try await store.record([try Sample.event("after", at: 2)]) == [.recorded] }
        #expect(try watched.replica.ask(["ROLE"])[0].elements?.first == .text("master"))
        try await eventually { await store.health().isReady }
    }

    @Test("a primary that another has replaced is left while it still answers, and no later event is lost with it")
    func replaced() async throws {
        let watched = try await Watched()
        let store = try await RedisServers.open(watched.url + "/mymaster?connections=2", environment)
        var subject = 0
        func isOnReplica(_ subject: Int) throws -> Bool {
            let key = RedisServers.key(Sample.token(subject), "latest")
            return try watched.replica.ask(["EXISTS", key])[0] == .integer(1)
        }
        try watched.sentinels[0].ask(["AUTH", "watch"], ["SENTINEL", "FAILOVER", "mymaster"])
        try await eventually { try watched.replica.ask(["ROLE"])[0].elements?.first == .text("master") }
        try await eventually {
            subject += 1
            _ = try await store.record([try Sample.event("e", of: subject, at: 1)])
            return try isOnReplica(subject)
        }
        // Sentinels leave it so for eight seconds.
        #expect(try watched.primary.ask(["ROLE"])[0].elements?.first == .text("master"))
        for _ in 0..<50 {
            subject += 1
            #expect(try await store.record([try Sample.event("e", of: subject, at: 1)]) == [.recorded])
            #expect(try isOnReplica(subject))
        }
    }

    @Test("a primary that hands over by FAILOVER is left for the new one")
    func handOver() async throws {
        let watched = try await Watched()
        let store = try await RedisServers.open(watched.url + "/mymaster", environment)
        #expect(try await store.record([try Sample.event("before", at: 1)]) == [.recorded])
        try watched.sentinels[0].ask(["AUTH", "watch"], ["SENTINEL", "FAILOVER", "mymaster"])
        try await eventually { try watched.replica.ask(["ROLE"])[0].elements?.first == .text("master") }
        try await eventually {
            let outcome = try await store.record([try Sample.event("after", at: 2)])
            return outcome == [.recorded] || outcome == [.duplicate]
        }
        #expect(try await store.history(1).map(\.eventID.text) == ["after", "before"])
    }

    @Test("a wrong name and a wrong password of the sentinels are told for each sentinel")
    func refused() async throws {
        let watched = try await Watched()
        let name = await #expect(throws: StoreOpenError.self) {
            try await RedisServers.open(watched.url + "/other", environment)
        }
        #expect(name?.cause == .refused && name?.remedy?.contains("sentinel monitor") == true)
        let login = await #expect(throws: StoreOpenError.self) {
            try await RedisServers.open(watched.url + "/mymaster")
        }
        #expect(login?.code == "NOAUTH")
        #expect(watched.sentinels.allSatisfy { login?.reason.contains($0.endpoint) == true })
    }

    @Test("a cluster is served while its slots move", arguments: RedisServers.cluster)
    func resharding(url: String) async throws {
        let subjects = PrivateSubjects()
        let store = PrivateEventStore(store: try await RedisServers.open(url), subjects: subjects)
        let node = try #require(url.split(separator: "/").last?.split(separator: ",").first)
        let nodes = try RedisServers.ask(url, ["CLUSTER", "NODES"])[0].text ?? ""
        let ids = nodes.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        try #require(ids.count == 3)
        var recorded = 0
        for move in 0..<3 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-cli")
            process.arguments = [
                "--cluster", "reshard", "\(node)", "--cluster-from", "\(ids[move])", "--cluster-to",
                "\(ids[(move + 1) % 3])", "--cluster-slots", "300", "--cluster-yes",
            ]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            repeat {
                let events = try (recorded..<recorded + 50).map { try Sample.event("e", of: $0, at: 1) }
                for outcome in try await store.record(events) {
                    #expect(outcome == .recorded || outcome == .duplicate)
                }
                recorded += 50
            } while process.isRunning
            #expect(process.terminationStatus == 0)
        }
        let latest = try await store.latest((0..<recorded).map { Sample.token($0) })
        #expect(latest.allSatisfy { $0.movement != nil })
    }
}
