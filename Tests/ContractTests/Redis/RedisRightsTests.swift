import Bureau
import Foundation
import Repositories
import Testing

@testable import StoreRedis

@Suite("Base C with a user's rights on Redis", .enabled(if: RedisProcess.isAvailable))
struct RedisRightsTests {
    /// What serving needs.
    private static let commands = [
        "+ping", "+script|load", "+evalsha", "+get", "+set", "+del", "+expire", "+hget", "+hmget", "+hgetall", "+hset",
        "+hsetnx", "+hdel", "+zadd", "+zrem", "+zrange", "+zrangebylex", "+zlexcount", "+exists",
        "+renamenx", "+scan",
    ]
    private let environment = ["CREDITD_REDIS_USERNAME": "app", "CREDITD_REDIS_PASSWORD": "secret"]

    private func server(keys: String = "~creditd:*", without denied: String? = nil) async throws -> RedisProcess {
        let server = try await RedisProcess()
        let rights = Self.commands.filter { $0 != denied.map { "+" + $0 } }
        try server.ask(["ACL", "SETUSER", "app", "on", ">secret", keys] + rights)
        return server
    }

    @Test("the rights of serving are enough for health, doctor and the key ring, and nothing is left behind")
    func enough() async throws {
        let server = try await server()
        let store = try await RedisServers.open(server.url, environment)
        let checks = await store.check()
        #expect(checks.allSatisfy { $0.hasPassed }, "\(checks)")
        #expect(checks.contains { $0.what == "records an event" })
        #expect(checks.contains { if case .passed(let note?) = $0.outcome { note.contains("INFO") } else { false } })
        #expect(try server.ask(["KEYS", "*"]) == [.array([])])
        let health = await store.health()
        #expect(health.isReady && health.engine == "Redis" && health.reason == nil)

        let rings = try (1...2).map { byte in
            try #require(KeyRingFingerprint(bytes: Array(repeating: byte, count: KeyRingFingerprint.byteCount)))
        }
        #expect(try await store.keyRingMark() == .unbound(nil))
        #expect(try await store.bind(rings[0]) == rings[0])
        #expect(try await store.bind(rings[1]) == rings[0])
        #expect(try await store.keyRingMark() == .bound(rings[0]))
        let notes = zip([UInt32(2), 10], rings).map { WrappingKeyNote(number: $0, fingerprint: $1) }
        #expect(try await store.wrappingKeys() == [])
        try await store.note(notes)
        try await store.note([WrappingKeyNote(number: 2, fingerprint: rings[1])])
        #expect(try await store.wrappingKeys() == notes)
        try await store.setRetired(true, 2)
        #expect(try await store.wrappingKeys().map(\.isRetired) == [true, false])
        try await store.setRetired(false, 2)
        #expect(try await store.wrappingKeys() == notes)
        #expect(try await store.keyRingMark() == .bound(rings[0]))
        #expect(try server.ask(["TTL", "creditd:{key-ring}:mark"]) == [.integer(-1)])
    }

    @Test("keys outside the user's patterns are refused, and told as missing rights")
    func keys() async throws {
        let server = try await server(keys: "~other:*")
        let store = try await RedisServers.open(server.url, environment)
        let expected = StoreReason(.refused, code: "NOPERM", "Redis refuses this user the keys creditd:*")
        #expect(await error { _ = try await store.latest(1) }?.reason == expected)
        #expect(await error { _ = try await store.record([try Sample.event("a", at: 1)]) }?.reason == expected)
        let health = await store.health()
        #expect(health.reason == expected && !health.isReady)
        let failed = await store.check().first { !$0.hasPassed }
        guard case .failed(expected, let remedy)? = failed?.outcome else {
            Issue.record("it is \(String(describing: failed))")
            return
        }
        #expect(remedy.contains("ACL SETUSER"))
    }

    @Test(
        "a script that may not be run is told by doctor",
        arguments: ["evalsha", "get", "hgetall", "exists", "renamenx", "scan"])
    func denied(command: String) async throws {
        let server = try await server(without: command)
        let store = try await RedisServers.open(server.url, environment)
        let failed = await store.check().filter { !$0.hasPassed }
        #expect(!failed.isEmpty)
        for check in failed {
            guard case .failed(let reason, _) = check.outcome else { continue }
            #expect(reason.cause == .refused && reason.code == "NOPERM")
        }
    }

    @Test("a user who may not load scripts is refused at the start, with the remedy")
    func noScripts() async throws {
        let server = try await server(without: "script|load")
        let error = await #expect(throws: StoreOpenError.self) {
            try await RedisServers.open(server.url, environment)
        }
        #expect(error?.cause == .refused && error?.code == "NOPERM" && error?.remedy?.contains("ACL") == true)
    }

    @Test(
        "a right that is missing in the middle of the script leaves the outcome unknown; recording again completes it",
        arguments: ["set", "expire"])
    func halfWay(command: String) async throws {
        let server = try await server(without: command)
        let store = try await RedisServers.open(server.url, environment)
        let event = try Sample.event("a", at: 1)
        let failure = await error { _ = try await store.record([event]) }
        guard case .outcomeUnknown(.c, let reason)? = failure else {
            Issue.record("it is \(String(describing: failure))")
            return
        }
        #expect(reason.cause == .refused && reason.code == "NOPERM")
        try server.ask(["ACL", "SETUSER", "app", "+" + command])
        #expect(try await store.record([event]) == [command == "expire" ? .duplicate : .recorded])
        #expect(try await store.history(1) == [event])
        #expect(try await store.latest(1).movement == event.body[...])
    }

    @Test("a right that is missing before the first write leaves nothing written", arguments: ["get", "hsetnx"])
    func before(command: String) async throws {
        let server = try await server(without: command)
        let store = try await RedisServers.open(server.url, environment)
        let failure = await error { _ = try await store.record([try Sample.event("a", at: 1)]) }
        guard case .unavailable(.c, let reason, _)? = failure else {
            Issue.record("it is \(String(describing: failure))")
            return
        }
        #expect(reason.cause == .refused)
        #expect(try server.ask(["KEYS", "*"]) == [.array([])])
    }

    @Test("a changed password file is used for new connections")
    func passwordFile() async throws {
        let server = try await server()
        let file = try TemporaryFolder().path("password")
        try "secret\n".write(toFile: file, atomically: true, encoding: .utf8)
        let environment = ["CREDITD_REDIS_USERNAME": "app", "CREDITD_REDIS_PASSWORD_FILE": file]
        let store = try await RedisServers.open(server.url, environment)
        try server.ask(["ACL", "SETUSER", "app", "resetpass", ">changed"], ["CLIENT", "KILL", "USER", "app"])
        try await eventually { await store.health().reason?.code == "WRONGPASS" }
        try "changed\n".write(toFile: file, atomically: true, encoding: .utf8)
        store.reloadCredentials()
        try await eventually { try await store.latest(1) == LatestEvents() }
    }
}

/// Returns the store's error of a call; nil when the call succeeds.
func error(_ call: () async throws -> Void) async -> StoreError? {
    do {
        try await call()
        return nil
    } catch {
        return error as? StoreError
    }
}
