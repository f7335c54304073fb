import Bureau
import Glibc
import Platform
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
        #expect(url.form == .server && url.tls == nil)
    }

    @Test("a cluster has seeds, TLS has its scheme, and both have options")
    func options() throws {
        let cluster = try RedisURL("rediss+cluster://a:1,b,[::1]:3?cacert=%2Fetc%2Fa%20b.pem&retention_days=7")
        #expect(cluster.isCluster && cluster.tls != nil)
        #expect(
            cluster.endpoints == [
                RedisEndpoint(host: "a", port: 1), RedisEndpoint(host: "b", port: 6379),
                RedisEndpoint(host: "::1", port: 3),
            ])
        #expect(cluster.tls?.authorities == "/etc/a b.pem")
        #expect(cluster.retentionDays == 7)
        #expect(try RedisURL("redis://h?connections=4").connections == 4)
        #expect(try RedisURL("redis://h").retentionDays == 400)
    }

    @Test("sentinels have a port of their own, and name the primary in the path")
    func sentinels() throws {
        let url = try RedisURL("rediss+sentinel://a,b:1,[::1]/my%20primary/3?connections=2")
        #expect(url.form == .sentinel(name: "my primary"))
        #expect(
            url.endpoints == [
                RedisEndpoint(host: "a", port: 26379), RedisEndpoint(host: "b", port: 1),
                RedisEndpoint(host: "::1", port: 26379),
            ])
        #expect(url.database == 3 && url.connections == 2 && url.tls != nil)
        #expect(try RedisURL("redis+sentinel://a/m").tls == nil)
    }

    @Test("a Unix socket is a path, as redis-py writes it", arguments: ["unix://", "redis+unix://"])
    func unixSocket(scheme: String) throws {
        let url = try RedisURL("\(scheme)/run/a%20b.sock?db=2&connections=3")
        #expect(url.endpoints == [.unix("/run/a b.sock")])
        #expect(url.endpoints[0].isUnix && "\(url.endpoints[0])" == "/run/a b.sock")
        #expect(url.database == 2 && url.connections == 3)
    }

    @Test("times and the own certificate are options")
    func timesAndCertificate() throws {
        let url = try RedisURL("rediss://h?connect_timeout=3&timeout=9&cert=/c.pem&key=/k%2fk.pem")
        #expect(url.times == RedisTimes(connect: .seconds(3), call: .seconds(9)))
        #expect(url.tls == TLSIdentity.Files(authorities: nil, certificate: "/c.pem", key: "/k/k.pem"))
        #expect(try RedisURL("redis://h").times == RedisTimes())
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
            ("redis://h?nonsense=1", "option"), ("redis+sentinel://h", "name of the primary"),
            ("redis+sentinel://h/", "name of the primary"), ("redis+sentinel://h/m/x", "database"),
            ("redis+sentinel://a b/m", "host"), ("unix://", "path"), ("unix://host/path", "path"),
            ("unix:///p%00", "path"), ("unix:///p?db=x", "db"), ("redis://h?db=1", "option"),
            ("redis://h?timeout=0", "timeout"), ("redis://h?connect_timeout=61", "connect_timeout"),
            ("redis://h?cert=/x", "option"), ("rediss://h?cert=", "cert"), ("rediss://h?key=/k", "key: it needs cert"),
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

    @Test("a login comes from the environment, where empty is absent")
    func login() throws {
        let none = RedisLogin()
        #expect(try RedisLogin.from([:]) == none)
        #expect(try RedisLogin.from(["CREDITD_REDIS_USERNAME": "", "CREDITD_REDIS_PASSWORD": ""]) == none)
        #expect(try RedisLogin.from(["CREDITD_REDIS_PASSWORD": "p"]).greeting() == [["AUTH", "p"]])
        let both = ["CREDITD_REDIS_USERNAME": "u", "CREDITD_REDIS_PASSWORD": "p"]
        #expect(try RedisLogin.from(both).greeting() == [["AUTH", "u", "p"]])
        #expect(try RedisLogin.from(both, prefix: "CREDITD_REDIS_SENTINEL") == none)
        let expected = StoreOpenError(.c, .configuration, "CREDITD_REDIS_USERNAME needs CREDITD_REDIS_PASSWORD")
        #expect(throws: expected) { try RedisLogin.from(["CREDITD_REDIS_USERNAME": "u"]) }
        #expect(throws: StoreOpenError.self) {
            try RedisLogin.from(["CREDITD_REDIS_PASSWORD": "p", "CREDITD_REDIS_PASSWORD_FILE": "/f"])
        }
    }

    @Test("a password file is read anew for each connection, and one that cannot be used is named")
    func passwordFile() throws {
        var template = Array("/tmp/creditd-password-XXXXXX".utf8CString)
        let file = FileDescriptor(mkstemp(&template))
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            close(file.number)
            unlink(path)
        }
        let login = try RedisLogin.from(["CREDITD_REDIS_PASSWORD_FILE": path])
        #expect(throws: RedisFault.noPassword(reason: "it is empty")) { try login.greeting() }
        for (content, password) in [("one\n", "one"), ("two words \r\n", "two words "), ("t\u{ea}s", "t\u{ea}s")] {
            ftruncate(file.number, 0)
            lseek(file.number, 0, SEEK_SET)
            #expect(file.writeAll(Array(content.utf8)))
            #expect(try login.greeting() == [["AUTH", password]])
        }
        let missing = try RedisLogin.from(["CREDITD_REDIS_PASSWORD_FILE": path + "-missing"])
        #expect(throws: RedisFault.noPassword(reason: "No such file or directory")) { try missing.greeting() }
    }
}
