import Repositories
import Testing

@testable import StorePostgres

@Suite("What is said against a login")
struct LoginRefusalTests {
    private func reason(_ message: String) -> StoreReason {
        LoginRefusal.reason(of: LoginRefusal.list(message, password: "sesame"))
    }

    @Test(
        "keeps the server's code, or the system's, and its kind",
        arguments: [
            (
                """
                connection to server at "db", port 5432 failed: FATAL:  28P01: password authentication failed for user "me"
                LOCATION:  auth_failed, auth.c:326
                """, "28P01", .refused,
                "connection to server at \"db\", port 5432 failed: FATAL: password authentication failed for user \"me\""
            ),
            (
                "connection to server at \"db\", port 5432 failed: FATAL:  53300: sorry, too many clients already\n",
                "53300", .throttled, nil
            ),
            (
                "connection to server at \"db\", port 5432 failed: SCHWERWIEGEND:  57P03: das System startet\n",
                "57P03", .notReady, nil
            ),
            (
                """
                connection to server at "127.0.0.1", port 1 failed: Connection refused
                \tIs the server running on that host and accepting TCP/IP connections?
                """, "ECONNREFUSED", .unreachable,
                "connection to server at \"127.0.0.1\", port 1 failed: Connection refused"
            ),
            (
                "connection to server at \"db\", port 5432 failed: session is read-only\n", nil, .readOnly, nil
            ),
            ("", nil, .unreachable, "the login failed"),
        ] as [(String, String?, StoreReason.Cause, String?)])
    func one(message: String, code: String?, cause: StoreReason.Cause, detail: String?) {
        let reason = reason(message)
        #expect(reason.code == code)
        #expect(reason.cause == cause)
        if let detail { #expect(reason.detail == detail) }
    }

    @Test("tells every host's reason, and the code of the one that says more than that nobody is there")
    func both() {
        let reason = reason(
            """
            connection to server at "a", port 1 failed: Connection refused
            \tIs the server running on that host and accepting TCP/IP connections?
            connection to server at "b", port 2 failed: FATAL:  57P03: the database system is starting up
            LOCATION:  ProcessStartupPacket, postmaster.c:2340
            """)
        #expect(reason.code == "57P03")
        #expect(reason.cause == .notReady)
        #expect(reason.detail.contains("\"a\", port 1 failed: Connection refused; connection to server at \"b\""))
        #expect(reason.detail.hasSuffix("the database system is starting up"))
    }

    @Test("of a silent host is that alone, without what libpq has not said to the end")
    func silent() {
        let begun = "connection to server at \"db\" (10.0.0.1), port 5432 failed: "
        let reason = LoginRefusal.reason(
            of: LoginRefusal.list(begun, password: "sesame") + [.silent(host: ["db", "10.0.0.1", "5432"])])
        #expect(reason.code == "ETIMEDOUT")
        #expect(reason.cause == .unreachable)
        #expect(reason.detail == "connection to server at \"db\", port 5432 failed: timeout expired")
    }

    @Test("tells a code whenever one host's refusal has one")
    func codeOfOne() {
        let reason = reason("something odd\nconnection to server at \"b\", port 2 failed: Connection refused")
        #expect(reason.code == "ECONNREFUSED")
    }

    @Test("never holds the password or a part of a URL", arguments: ["is sesame", "postgresql://me:x@h"])
    func secrets(text: String) {
        #expect(reason("connection to server failed: \(text)").detail == "the login failed")
    }
}
