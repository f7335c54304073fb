import Bureau
import Testing

@testable import StoreDynamoDB

@Suite("Credentials with an expiry")
struct CredentialFetchTests {
    private static let instance = CredentialEndpoint.instance(url: "http://meta")
    private static let now = Instant(secondsSinceEpoch: 1_800_000_000)

    @Test("an instance is asked for a session, the role and its credentials")
    func instance() {
        var fetch = CredentialFetch(Self.instance)
        #expect(
            fetch.start { _ in nil }
                == MetadataRequest(
                    method: "PUT", url: "http://meta/latest/api/token",
                    headers: ["X-aws-ec2-metadata-token-ttl-seconds: 21600"]))
        let path = "http://meta/latest/meta-data/iam/security-credentials/"
        let headers = ["X-aws-ec2-metadata-token: SESSION"]
        #expect(
            fetch.take(status: 200, body: Array("SESSION".utf8))
                == .ask(MetadataRequest(method: "GET", url: path, headers: headers)))
        #expect(
            fetch.take(status: 200, body: Array("role\nother".utf8))
                == .ask(MetadataRequest(method: "GET", url: path + "role", headers: headers)))
        #expect(fetch.take(status: 200, body: Self.answer("A", expiring: 60)) == .done(Self.credentials("A", 60)))
    }

    @Test("a container is asked once, with the token of its file before that of its variable")
    func container() {
        let endpoint = CredentialEndpoint.container(url: "http://c", authorization: "old", authorizationFile: "/token")
        var fetch = CredentialFetch(endpoint)
        #expect(fetch.start { $0 == "/token" ? "new\r\nX: y" : nil }.headers == ["Authorization: new"])
        #expect(fetch.start { _ in nil }.headers == ["Authorization: old"])
        #expect(fetch.take(status: 200, body: Self.answer("A", expiring: 60)) == .done(Self.credentials("A", 60)))
    }

    @Test(
        "an answer without credentials is a failure",
        arguments: [
            (404, "{}"), (200, ""), (200, "{}"), (200, "[]"), (200, "not json"),
            (200, #"{"AccessKeyId":"A"}"#), (200, #"{"AccessKeyId":"","SecretAccessKey":"s"}"#),
            (500, #"{"AccessKeyId":"A","SecretAccessKey":"s"}"#),
        ])
    func failure(status: Int, body: String) {
        var fetch = CredentialFetch(.container(url: "http://c", authorization: nil, authorizationFile: nil))
        #expect(fetch.take(status: status, body: Array(body.utf8)) == .failed)
    }

    @Test("are fetched at the start and again before they expire, while the old ones are used")
    func refresh() {
        var cache = CredentialCache(.endpoint(.container(url: "c", authorization: nil, authorizationFile: nil)))
        #expect(cache.state(at: .at(0), clock: Self.now) == .waiting)
        #expect(cache.startIfDue(at: .at(0), clock: Self.now) { _ in nil } != nil)
        #expect(cache.startIfDue(at: .at(1), clock: Self.now) { _ in nil } == nil)
        #expect(cache.take((200, Self.answer("A", expiring: 3600)), at: .at(10), clock: Self.now) == nil)
        #expect(cache.state(at: .at(10), clock: Self.now) == .ready(Self.credentials("A", 3600)))
        #expect(cache.startIfDue(at: .at(50_000), clock: Self.later(3299)) { _ in nil } == nil)
        #expect(cache.startIfDue(at: .at(50_000), clock: Self.later(3301)) { _ in nil } != nil)
        #expect(cache.state(at: .at(50_000), clock: Self.later(3301)) == .ready(Self.credentials("A", 3600)))
        _ = cache.take((200, Self.answer("B", expiring: 9000)), at: .at(50_010), clock: Self.later(3301))
        #expect(cache.state(at: .at(50_010), clock: Self.later(3301)) == .ready(Self.credentials("B", 9000)))
    }

    @Test("are missing after a failed fetch until the next may start; expired ones are not used")
    func failing() {
        var cache = CredentialCache(.endpoint(Self.instance))
        _ = cache.startIfDue(at: .at(0), clock: Self.now) { _ in nil }
        #expect(cache.take(nil, at: .at(10), clock: Self.now) == nil)
        #expect(cache.state(at: .at(11), clock: Self.now) == .missing)
        #expect(cache.startIfDue(at: .at(11), clock: Self.now) { _ in nil } == nil)
        #expect(cache.state(at: .at(1010), clock: Self.now) == .waiting)
        #expect(cache.startIfDue(at: .at(1010), clock: Self.now) { _ in nil } != nil)

        var expired = CredentialCache(.endpoint(.container(url: "c", authorization: nil, authorizationFile: nil)))
        _ = expired.startIfDue(at: .at(0), clock: Self.now) { _ in nil }
        _ = expired.take((200, Self.answer("A", expiring: 10)), at: .at(0), clock: Self.now)
        #expect(expired.state(at: .at(5000), clock: Self.later(10)) == .waiting)
    }

    @Test("are fetched anew when the server refuses them, unless they are fixed")
    func refused() {
        var cache = CredentialCache(.endpoint(.container(url: "c", authorization: nil, authorizationFile: nil)))
        _ = cache.startIfDue(at: .at(0), clock: Self.now) { _ in nil }
        _ = cache.take((200, Self.answer("A", expiring: 3600)), at: .at(0), clock: Self.now)
        #expect(cache.refuse(Self.credentials("A", 3600)) == true)
        #expect(cache.state(at: .at(2000), clock: Self.now) == .waiting)
        #expect(cache.startIfDue(at: .at(2000), clock: Self.now) { _ in nil } != nil)
        _ = cache.take((200, Self.answer("B", expiring: 3600)), at: .at(2001), clock: Self.now)
        // A late response about the old credentials says nothing of the new ones.
        #expect(cache.refuse(Self.credentials("A", 3600)) == true)
        #expect(cache.state(at: .at(2002), clock: Self.now) == .ready(Self.credentials("B", 3600)))

        var fixed = CredentialCache(.fixed(Self.credentials("F", 1)))
        #expect(fixed.refuse(Self.credentials("F", 1)) == false)
    }

    private static func later(_ seconds: Int64) -> Instant {
        Instant(secondsSinceEpoch: 1_800_000_000 + seconds)
    }

    private static func credentials(_ key: String, _ seconds: Int64) -> AWSCredentials {
        AWSCredentials(accessKeyID: key, secretAccessKey: "s", sessionToken: "t", expiresAt: later(seconds))
    }

    private static func answer(_ key: String, expiring seconds: Int64) -> [UInt8] {
        Array(
            """
            {"AccessKeyId":"\(key)","SecretAccessKey":"s","Token":"t","Expiration":"\(later(seconds).text)"}
            """.utf8)
    }
}
