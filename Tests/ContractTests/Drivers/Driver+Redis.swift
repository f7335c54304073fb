import Contracts
import Foundation
import Testing

extension Driver<EventPlace> {
    /// The Redis servers at `CREDITD_TEST_REDIS`, `CREDITD_TEST_REDIS_TLS` and `CREDITD_TEST_REDIS_CLUSTER`. Each is
    /// left out when there is none, unless stores are required.
    static var redis: [Self] {
        let environment = ProcessInfo.processInfo.environment
        let servers = [
            ("Redis", "CREDITD_TEST_REDIS"), ("Redis by TLS", "CREDITD_TEST_REDIS_TLS"),
            ("Redis Cluster", "CREDITD_TEST_REDIS_CLUSTER"),
        ]
        return servers.compactMap { name, variable in
            let url = environment[variable]
            guard url != nil || environment["CREDITD_REQUIRE_STORES"] == "1" else { return nil }
            return Driver(name: name) {
                guard let url else { throw MissingStore(variable: variable) }
                // A cluster has one database for all tests, so each test has subjects of its own.
                let subjects = PrivateSubjects()
                return EventPlace(open: {
                    PrivateEventStore(store: try await RedisServers.open(url, environment), subjects: subjects)
                })
            }
        }
    }
}

/// The script that the binary carries.
enum RedisScript {
    static func text() throws -> String {
        let file = EmbeddedFile.all.first { $0.path == "redis/event.lua" }
        return "\(try #require(file).text)"
    }
}
