import Bureau
import Dispatch
import Foundation
import Repositories
import Testing

@testable import StoreRedis

/// The Redis servers for tests beyond the repository's contract.
enum RedisServers {
    /// Returns the URL in a variable, for `arguments:`; none when the variable is missing and stores are not required.
    static func urls(_ variable: String) -> [String] {
        let environment = ProcessInfo.processInfo.environment
        guard let url = environment[variable] else {
            return environment["CREDITD_REQUIRE_STORES"] == "1" ? ["missing: \(variable)"] : []
        }
        return [url]
    }

    static var plain: [String] { urls("CREDITD_TEST_REDIS") }
    static var tls: [String] { urls("CREDITD_TEST_REDIS_TLS") }
    static var mutualTLS: [String] { urls("CREDITD_TEST_REDIS_MUTUAL_TLS") }
    static var cluster: [String] { urls("CREDITD_TEST_REDIS_CLUSTER") }

    /// Opens a store on a thread that no other test needs, because opening blocks.
    static func open(_ url: String, _ environment: [String: String] = [:]) async throws -> RedisEventStore {
        let script = try RedisScript.text()
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        try RedisEventStore(url: url, script: script, environment: environment, write: Sample.body)
                    })
            }
        }
    }

    /// Sends commands without the store.
    @discardableResult
    static func ask(_ url: String, _ commands: [String]...) throws -> [HiredisReply] {
        try ask(at: try RedisURL(url).endpoints[0], commands)
    }

    /// Sends commands without the store and without a login.
    static func ask(at endpoint: RedisEndpoint, _ commands: [[String]]) throws -> [HiredisReply] {
        let deadline = ContinuousClock.now + .seconds(5)
        let client = try HiredisClient(RedisSocket(endpoint, nil, until: deadline))
        return try client.ask(commands, until: deadline)
    }

    /// Returns the name of one of a subject's keys.
    static func key(_ token: SubjectToken, _ part: String) -> String {
        SubjectKey.withTag(of: token) { "creditd:{\(String(decoding: $0, as: UTF8.self))}:\(part)" }
    }
}
