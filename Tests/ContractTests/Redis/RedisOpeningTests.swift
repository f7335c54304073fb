import Bureau
import Foundation
import Repositories
import Testing

@testable import StoreRedis

@Suite("Opening base C on Redis")
struct RedisOpeningTests {
    @Test(
        "a certificate of an unknown authority is refused, and so is one of another host", arguments: RedisServers.tls)
    func untrusted(url: String) async throws {
        let unknown = try #require(url.split(separator: "?").first)
        let unknownFault = try await refusal { try await RedisServers.open(String(unknown)) }
        #expect(unknownFault.contains("not trusted"))

        // The same address under a name that the certificate does not have.
        let wrongName = url.replacingOccurrences(of: "localhost", with: "127.1")
        let nameFault = try await refusal { try await RedisServers.open(wrongName) }
        #expect(nameFault.contains("not trusted: hostname mismatch"))
    }

    @Test("an authority file that is not there or holds none is refused", arguments: RedisServers.tls)
    func authorities(url: String) async throws {
        let server = try #require(url.split(separator: "?").first)
        for path in ["/nonexistent", "/dev/null"] {
            let expected = StoreOpenError(
                .c, .configuration, "the certificate authorities cannot be read (cacert, or the system's)")
            await #expect(throws: expected) {
                try await RedisServers.open("\(server)?cacert=\(path)")
            }
        }
    }

    @Test(
        "TLS is seen in the health of a store, and the lack of it", arguments: zip(RedisServers.plain, RedisServers.tls)
    )
    func encryption(plain: String, tls: String) async throws {
        let health = [try await RedisServers.open(plain).health(), try await RedisServers.open(tls).health()]
        #expect(health.map(\.isEncrypted) == [false, true])
        #expect(health.allSatisfy { $0.isReady && $0.engine?.contains("7.") == true })
    }

    @Test("a server without TLS is not talked to as if it had it", arguments: RedisServers.plain)
    func noTLS(url: String) async throws {
        let secret = url.replacingOccurrences(of: "redis://", with: "rediss://")
        do {
            let store = try await RedisServers.open(secret)
            await #expect(throws: StoreError.self) { try await store.latest(1) }
        } catch {
            #expect(error is StoreOpenError)
        }
    }

    @Test("a single server is no cluster, and a cluster's node is no single server")
    func wrongMode() async throws {
        for url in RedisServers.plain {
            let cluster = url.replacingOccurrences(of: "redis://", with: "redis+cluster://")
            await #expect(throws: Self.refused(.isNoCluster)) { try await RedisServers.open(cluster) }
        }
        for url in RedisServers.cluster {
            let nodes = url.split(separator: ",")[0].replacingOccurrences(of: "redis+cluster://", with: "redis://")
            let store = try await RedisServers.open(nodes)
            let subjects = (0..<100).map { Sample.token($0) }
            await #expect(throws: StoreError.self) { try await store.latest(subjects) }
            #expect(await store.health().reason?.code == "MOVED")
        }
    }

    @Test(
        "a wrong password is refused, and a user with the rights that the store needs is served",
        arguments: RedisServers.plain)
    func users(url: String) async throws {
        let name = "contract-\(UUID().uuidString)"
        let rights = [
            "+ping", "+script|load", "+evalsha", "+get", "+set", "+del", "+expire", "+hget", "+hmget", "+hgetall",
            "+hset",
            "+hsetnx", "+hdel", "+zadd", "+zrem", "+zrange", "+zrangebylex", "+zlexcount", "+exists",
            "+renamenx", "+scan",
        ]
        try RedisServers.ask(url, ["ACL", "SETUSER", name, "on", ">right", "~creditd:*"] + rights)
        defer { _ = try? RedisServers.ask(url, ["ACL", "DELUSER", name]) }
        func environment(_ password: String) -> [String: String] {
            ["CREDITD_REDIS_USERNAME": name, "CREDITD_REDIS_PASSWORD": password]
        }
        await #expect(throws: Self.refused(.denied(code: "WRONGPASS"))) {
            try await RedisServers.open(url, environment("wrong"))
        }

        let subjects = PrivateSubjects()
        let store = PrivateEventStore(store: try await RedisServers.open(url, environment("right")), subjects: subjects)
        let event = try Sample.event("a", at: 1)
        #expect(try await store.record([event]) == [.recorded])
        #expect(try await store.history(1) == [event])
        #expect(await store.health().isReady)
    }

    @Test("a database number that the server does not have is refused", arguments: RedisServers.plain)
    func database(url: String) async throws {
        await #expect(throws: Self.refused(.noDatabase)) { try await RedisServers.open(url + "/65535") }
    }

    @Test("servers that are not there are an error with the reason of each")
    func absent() async throws {
        let error = await #expect(throws: StoreOpenError.self) { try await RedisServers.open("redis://127.0.0.1:1") }
        #expect(error?.cause == .unreachable && error?.code == "ECONNREFUSED")
        for scheme in ["redis+cluster://", "redis+sentinel://"] {
            let url = "\(scheme)127.0.0.1:1,127.0.0.1:2" + (scheme.contains("sentinel") ? "/mymaster" : "")
            let error = await #expect(throws: StoreOpenError.self) { try await RedisServers.open(url) }
            let reasons = (1...2).map { "127.0.0.1:\($0): Redis cannot be reached: Connection refused" }
            #expect(error?.reason == reasons.joined(separator: "; "))
        }
    }

    @Test(
        "a server that accepts and stays silent is an error within the limit of time",
        arguments: ["redis://", "redis+cluster://", "redis+sentinel://"])
    func silent(scheme: String) async throws {
        let silent = try SilentServer()
        let url = "\(scheme)127.0.0.1:\(silent.port)" + (scheme == "redis+sentinel://" ? "/mymaster" : "")
        let error = await #expect(throws: StoreOpenError.self) { try await RedisServers.open(url) }
        #expect(error?.cause == .unreachable && error?.code == "ETIMEDOUT")
    }

    @Test("an opening ends at once when its task is cancelled")
    func cancelled() async throws {
        let script = try RedisScript.text()
        // TEST-NET-1 (RFC 5737), where nobody answers.
        let opening = Task {
            try await RedisEventStore.open(
                url: "redis://192.0.2.1?connect_timeout=60", script: script, environment: [:],
                write: Sample.body)
        }
        opening.cancel()
        let store = try? await opening.value
        #expect(store == nil)
    }

    private static func refused(_ fault: RedisFault) -> StoreOpenError {
        StoreOpenError(.c, .refused, fault.description, code: fault.code, remedy: fault.remedy)
    }

    private func refusal(_ open: () async throws -> RedisEventStore) async throws -> String {
        do {
            _ = try await open()
            return "not refused"
        } catch let error as StoreOpenError {
            return error.description
        }
    }
}
