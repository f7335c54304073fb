import Bureau
import Repositories
import Testing

@testable import StoreRedis

@Suite("Redis URLs")
struct RedisURLTests {
    @Test(
        "a single server may leave out its host, port and database",
        arguments: [
            ("redis://", "localhost", 6379, 0), ("redis:///3", "localhost", 6379, 3),
            ("redis://db.example", "db.example", 6379, 0), ("redis://10.0.0.1:7000/15", "10.0.0.1", 7000, 15),
            ("redis://:7000", "localhost", 7000, 0), ("redis://[::1]", "::1", 6379, 0),
            ("redis://[fe80::1%eth0]:7000/", "fe80::1%eth0", 7000, 0),
        ])
    func single(text: String, host: String, port: UInt16, database: Int) throws {
        let url = try RedisURL(text)
        #expect(url.endpoints == [RedisEndpoint(host: host, port: port)])
        #expect(url.database == database)
        #expect(!url.isCluster && !url.usesTLS)
    }

    @Test("a cluster has seeds, TLS has its scheme, and both have options")
    func options() throws {
        let cluster = try RedisURL("rediss+cluster://a:1,b,[::1]:3?cacert=%2Fetc%2Fa%20b.pem&retention_days=7")
        #expect(cluster.isCluster && cluster.usesTLS)
        #expect(
            cluster.endpoints == [
                RedisEndpoint(host: "a", port: 1), RedisEndpoint(host: "b", port: 6379),
                RedisEndpoint(host: "::1", port: 3),
            ])
        #expect(cluster.authoritiesPath == "/etc/a b.pem")
        #expect(cluster.retentionDays == 7)
        #expect(try RedisURL("redis://h?connections=4").connections == 4)
        #expect(try RedisURL("redis://h").retentionDays == 400)
    }

    @Test(
        "an error names the wrong part and does not quote it",
        arguments: [
            ("", "scheme"), ("redis", "scheme"), ("http://h", "scheme"), ("redis:/h", "scheme"),
            ("REDIS://h", "scheme"),
            ("redis://h:0", "host"), ("redis://h:65536", "host"), ("redis://h:+1", "host"), ("redis://h:", "host"),
            ("redis://a b", "host"), ("redis://a,b", "host"), ("redis://[::1", "host"), ("redis://[::1]x", "host"),
            ("redis://[]", "host"), ("redis+cluster://a,b c", "host"), ("redis://h/x", "database"),
            ("redis://h/-1", "database"), ("redis://h/1/2", "database"), ("redis://h/99999999999999999999", "database"),
            ("redis+cluster://h/1", "database"), ("redis://h?connections=0", "connections"),
            ("redis://h?connections=65", "connections"), ("redis://h?connections=", "connections"),
            ("redis+cluster://h?connections=2", "option"), ("redis://h?retention_days=0", "retention_days"),
            ("redis://h?cacert=/x", "option"), ("rediss://h?cacert=", "cacert"), ("rediss://h?cacert=%2", "cacert"),
            ("rediss://h?cacert=%00", "cacert"), ("rediss://h?cacert=%FF", "cacert"),
            ("redis://h?nonsense=1", "option"),
        ])
    func refused(text: String, part: String) {
        let expected = StoreOpenError(.c, .configuration, "the Redis URL has a bad \(part)")
        #expect(throws: expected) { try RedisURL(text) }
    }

    @Test(
        "a user or password in a URL is refused, because everybody on the machine could read it",
        arguments: [
            "redis://:pw@h", "redis://u:pw@h:1/2", "rediss://u@h", "redis+cluster://u:p@a,b", "redis://h?password=x",
        ])
    func secrets(text: String) {
        let error = #expect(throws: StoreOpenError.self) { try RedisURL(text) }
        #expect(error?.cause == .configuration)
        #expect(error?.description.contains("CREDITD_REDIS_PASSWORD") == true)
    }

    @Test("credentials come from the environment, where empty is absent")
    func credentials() throws {
        #expect(try RedisCredentials.from([:]) == nil)
        #expect(try RedisCredentials.from(["CREDITD_REDIS_USERNAME": "", "CREDITD_REDIS_PASSWORD": ""]) == nil)
        #expect(
            try RedisCredentials.from(["CREDITD_REDIS_PASSWORD": "p"]) == RedisCredentials(username: nil, password: "p")
        )
        #expect(
            try RedisCredentials.from(["CREDITD_REDIS_USERNAME": "u", "CREDITD_REDIS_PASSWORD": "p"])
                == RedisCredentials(username: "u", password: "p"))
        let expected = StoreOpenError(.c, .configuration, "CREDITD_REDIS_USERNAME needs CREDITD_REDIS_PASSWORD")
        #expect(throws: expected) { try RedisCredentials.from(["CREDITD_REDIS_USERNAME": "u"]) }
    }
}
