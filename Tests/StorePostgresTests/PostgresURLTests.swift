import Bureau
import Repositories
import Testing

@testable import StorePostgres

@Suite("The URL of base A")
struct PostgresURLTests {
    @Test(
        "goes to libpq without the number of connections, in either spelling",
        arguments: [
            ("postgresql://", "postgresql://", nil),
            ("postgres://a@h/d", "postgres://a@h/d", nil),
            ("postgresql://h1:1,h2:2/d?target_session_attrs=read-write", nil, nil),
            ("postgresql://h/d?connections=7", "postgresql://h/d", 7),
            ("postgresql://h/d?connections=7&sslmode=verify-full", "postgresql://h/d?sslmode=verify-full", 7),
            ("postgresql://h/d?a=1&connections=64&b=2", "postgresql://h/d?a=1&b=2", 64),
            ("postgresql:///d?passfile=%2Fx%3Fconnections=9&max_connections=9", nil, nil),
            ("postgresql://h/d?creditd_connections=7", "postgresql://h/d", 7),
            ("postgresql://h/d?creditd_connections=7&sslmode=verify-full", "postgresql://h/d?sslmode=verify-full", 7),
            ("postgresql://h/d?a=1&creditd_connections=64&b=2", "postgresql://h/d?a=1&b=2", 64),
            ("postgresql:///d?host=%2Fvar%2Frun&passfile=%2Fx%3Fcreditd_connections=9", nil, nil),
            ("postgresql://u:creditd_connections=9@h/d", nil, nil),
        ] as [(String, String?, Int?)])
    func split(url: String, rest: String?, connections: Int?) throws {
        let parsed = try PostgresURL(url)
        #expect(parsed.text == rest ?? url)
        #expect(parsed.connections == connections)
    }

    @Test(
        "is refused when it is not a PostgreSQL URL",
        arguments: ["", "sqlite:x", "host=h", "postgresql:/h", "mysql://h"])
    func foreign(url: String) {
        let error = StoreOpenError(.a, .configuration, "not a postgresql:// URL that libpq understands")
        #expect(throws: error) { try PostgresURL(url) }
    }

    @Test(
        "is refused when the number of connections is not from 1 to 64, or is given twice",
        arguments: [
            "", "0", "65", "-1", "four", "4.0", "99999999999999999999", "1&creditd_connections=1", "1&connections=1",
            " 4",
        ])
    func connectionCount(text: String) {
        let error = StoreOpenError(.a, .configuration, "connections takes a number from 1 to 64, once")
        for name in ["connections", "creditd_connections"] {
            #expect(throws: error) { try PostgresURL("postgresql://h/d?\(name)=\(text)") }
        }
    }

    @Test("a pooler by transaction gets one at a time on a connection, a server several")
    func poolersLimit() throws {
        let direct = try PostgresURL("postgresql://h/d").limits(PostgresLimits())
        let pooled = try PostgresURL("postgresql://h/d?pooler=transaction").limits(PostgresLimits())
        #expect(direct.batchesInFlight > 1 && pooled.batchesInFlight == 1)
    }

    @Test("sets the limits that it names")
    func limits() throws {
        let url = try PostgresURL("postgresql://h/d?timeout=30&application_name=x&connections=9&pooler=transaction")
        #expect(url.text == "postgresql://h/d?application_name=x")
        #expect(url.pooler == .transaction)
        let limits = url.limits(PostgresLimits())
        #expect(limits.requestTimeout == .seconds(30))
        #expect(limits.connections == 9)
        #expect(limits.workers == 8)
        #expect(try PostgresURL("postgresql://h/d?pooler=none").pooler == .none)
    }

    @Test(
        "is refused when a parameter has a value that is not allowed, and names the parameter",
        arguments: ["timeout=0", "timeout=5s", "timeout=3601", "timeout=1&timeout=1", "pooler=session", "pooler="])
    func values(text: String) throws {
        let error = #expect(throws: StoreOpenError.self) { try PostgresURL("postgresql://h/d?\(text)") }
        #expect(try #require(error).reason.hasPrefix(String(text.prefix { $0 != "=" })))
    }
}
