import Bureau
import Foundation
import Glibc
import Repositories
import Testing

@testable import StoreRedis

@Suite("Base C when its sessions on Redis end", .enabled(if: RedisProcess.isAvailable))
struct RedisSessionTests {
    @Test("a write after the end of an idle session goes to a new one", arguments: ["timeout", "kill"])
    func idle(way: String) async throws {
        let server = try await RedisProcess(way == "timeout" ? ["--timeout", "1"] : [])
        let store = try await RedisServers.open(server.url)
        func session() throws -> Substring? {
            let clients = try server.ask(["CLIENT", "LIST"])[0].text ?? ""
            return clients.split(separator: "\n").first { $0.contains("name=creditd") }?.split(separator: " ").first
        }
        for number in 0..<3 {
            if way == "timeout" {
                let ended = try session()
                try await eventually { try session() != ended }
            } else {
                try server.ask(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
            }
            #expect(try await store.record([try Sample.event("e-\(number)", at: 1)]) == [.recorded])
        }
    }

    @Test("a write to a server that has gone is unavailable, because nothing was sent; a read is never unknown")
    func gone() async throws {
        let server = try await RedisProcess()
        let store = try await RedisServers.open(server.url)
        #expect(try await store.record([try Sample.event("a", at: 1)]) == [.recorded])
        server.kill()
        for _ in 0..<20 {
            let write = await error { _ = try await store.record([try Sample.event("b", at: 1)]) }
            guard case .unavailable(.c, let reason, _)? = write else {
                Issue.record("it is \(String(describing: write))")
                return
            }
            #expect(reason.cause == .unreachable)
        }
        let health = await store.health()
        #expect(health.engine == nil && health.reason?.code == "ECONNREFUSED")
        try await server.start()
        try await eventually { try await store.record([try Sample.event("c", at: 1)]) == [.recorded] }
    }

    @Test("a read that a hung server does not answer is unavailable, and a write unknown")
    func hung() async throws {
        let server = try await RedisProcess()
        let store = try await RedisServers.open(server.url + "?timeout=1")
        let script = "local clock = redis.call('TIME')[1] while redis.call('TIME')[1] - clock < 3 do end"
        let busy = Task { try server.ask(["EVAL", script, "0"]) }
        try await eventually {
            guard case .unavailable(.c, let reason, _)? = await error({ _ = try await store.latest(1) }) else {
                return false
            }
            return reason.code == "ETIMEDOUT"
        }
        _ = try? await busy.value
        try await eventually { try await store.record([try Sample.event("c", at: 1)]) == [.recorded] }
    }

    @Test("a Unix socket serves like a port")
    func unixSocket() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("s")
        let server = try await RedisProcess(["--unixsocket", path])
        let encoded = path.replacingOccurrences(of: " ", with: "%20")
        for scheme in ["unix", "redis+unix"] {
            let store = try await RedisServers.open("\(scheme)://\(encoded)?db=3")
            #expect(await store.health().isReady)
            let event = try Sample.event("a", of: scheme.count, at: 1)
            #expect(try await store.record([event]) == [.recorded])
        }
        #expect(try server.ask(["SELECT", "3"], ["DBSIZE"])[1] == .integer(4))
        let error = await #expect(throws: StoreOpenError.self) { try await RedisServers.open("unix://\(path)x") }
        #expect(error?.code == "ENOENT")
    }

    @Test("a server that asks for a certificate is given one", arguments: RedisServers.mutualTLS)
    func certificate(url: String) async throws {
        let store = try await RedisServers.open(url)
        #expect(await store.health().isReady)
        let without = try #require(url.split(separator: "&cert=").first)
        // Either the server's alert arrives or its closing of the connection.
        await #expect(throws: StoreOpenError.self) { try await RedisServers.open(String(without)) }
        let wrong = await #expect(throws: StoreOpenError.self) {
            try await RedisServers.open(without + "&cert=/nonexistent")
        }
        #expect(wrong?.cause == .configuration && wrong?.reason.contains("client certificate") == true)
    }
}
