import Bureau
import Foundation
import Repositories
import Seeds
import Synchronization
import Testing

@testable import StoreDynamoDB

@Suite("The driver of an endpoint")
struct DriverTests {
    private static let tooOld = FakeEndpoint.response(
        "400 Bad Request", #"{"__type":"x#InvalidSignatureException","message":"Signature expired: it is too old"}"#)

    @Test("signs by the server's clock, once a wrong clock of its own was refused")
    func clock() async throws {
        let endpoint = try FakeEndpoint { request in
            request.headers["x-amz-date"]?.hasPrefix("20400101T") == true
                ? FakeEndpoint.response("200 OK", "{}") : Self.tooOld
        }
        defer { endpoint.stop() }
        let driver = try Self.driver(endpoint)
        #expect(await Self.isAnswered(driver, "first"))
        #expect(endpoint.requests.map(\.body) == ["first", "first"])
        #expect(await Self.isAnswered(driver, "second"))
        #expect(endpoint.requests.map(\.body) == ["first", "first", "second"])
        for request in endpoint.requests { try Self.expectSigned(request) }
    }

    @Test("gives a signature up that is refused by the server's clock too")
    func clockInVain() async throws {
        let endpoint = try FakeEndpoint { _ in Self.tooOld }
        defer { endpoint.stop() }
        let outcomes = try await Self.driver(endpoint).run([APIRequest(operation: .getItem, body: Array("{}".utf8))])
        #expect(outcomes.first?.failure.fault == .clockSkewed)
        #expect(endpoint.requests.count == 2)
    }

    @Test("reads the files anew when the credentials have expired, and takes the newer ones")
    func expired() async throws {
        let expired = FakeEndpoint.response("400 Bad Request", #"{"__type":"x#ExpiredTokenException"}"#)
        let endpoint = try FakeEndpoint { request in
            request.headers["authorization"]?.contains("Credential=NEW/") == true
                ? FakeEndpoint.response("200 OK", "{}") : expired
        }
        defer { endpoint.stop() }
        let key = Mutex("OLD")
        let driver = try Self.driver(endpoint, environment: ["HOME": "/h"]) { path in
            path == "/h/.aws/credentials"
                ? .text("[default]\naws_access_key_id=\(key.withLock { $0 })\naws_secret_access_key=s") : .missing
        }
        let refused = await driver.run([APIRequest(operation: .getItem, body: Array("{}".utf8))])
        #expect(refused.first?.failure.code == "ExpiredToken")
        #expect(refused.first?.failure.reason.cause == .refused)
        key.withLock { $0 = "NEW" }
        driver.reloadCredentials()
        #expect(await Self.isAnswered(driver, "{}"))
    }

    @Test(
        "tells throttled, denied, full and failing servers apart, by the API's own code",
        arguments: [
            ("ProvisionedThroughputExceededException", StoreReason.Cause.throttled),
            ("RequestLimitExceeded", .throttled), ("AccessDeniedException", .refused),
            ("UnrecognizedClientException", .refused), ("KMSAccessDeniedException", .refused),
            ("ItemCollectionSizeLimitExceededException", .full), ("ResourceNotFoundException", .notReady),
            ("TransactionConflictException", .locked), ("InternalServerError", .failed),
        ])
    func reasons(code: String, cause: StoreReason.Cause) async throws {
        let endpoint = try FakeEndpoint { _ in
            FakeEndpoint.response("400 Bad Request", #"{"__type":"x#\#(code)","message":"x"}"#)
        }
        defer { endpoint.stop() }
        // Urgent requests are tried once.
        let outcomes = try await Self.driver(endpoint).run(
            [APIRequest(operation: .getItem, body: Array("{}".utf8))], isUrgent: true)
        let failure = try #require(outcomes.first?.failure)
        #expect(failure.reason.cause == cause)
        #expect(failure.reason.code == code)
        #expect(
            failure.storeError() == .unavailable(.b, failure.reason, retryAfterMilliseconds: 1000)
                || failure.storeError() == .unavailable(.b, failure.reason, retryAfterMilliseconds: 5000))
    }

    @Test("a read without an answer is unavailable with curl's code, and a write is unknown")
    func unanswered() async throws {
        let endpoint = try FakeEndpoint { _ in "" }
        defer { endpoint.stop() }
        let driver = try Self.driver(endpoint)
        let operations: [StoreDynamoDB.Operation] = [.getItem, .updateItem]
        let outcomes = await driver.run(
            operations.map { APIRequest(operation: $0, body: Array("{}".utf8)) }, isUrgent: true)
        let errors = outcomes.map { $0.failure.storeError() }
        guard case .unavailable(_, let reason, _) = errors[0], case .outcomeUnknown(_, let other) = errors[1] else {
            Issue.record("the errors are \(errors)")
            return
        }
        #expect(reason.cause == .unreachable && other.cause == .unreachable)
        #expect(reason.code?.hasPrefix("CURLE_") == true)
    }

    @Test("repeats a request that was throttled, and not one whose condition failed")
    func retry() async throws {
        let throttled = FakeEndpoint.response("400 Bad Request", #"{"__type":"x#ThrottlingException"}"#)
        let failed = FakeEndpoint.response("400 Bad Request", #"{"__type":"x#ConditionalCheckFailedException"}"#)
        let count = Mutex(0)
        let endpoint = try FakeEndpoint { _ in
            count.withLock { count in
                count += 1
                return count < 3 ? throttled : failed
            }
        }
        defer { endpoint.stop() }
        let outcomes = try await Self.driver(endpoint).run([APIRequest(operation: .putItem, body: Array("{}".utf8))])
        guard case .conditionFailed = outcomes.first else {
            Issue.record("the outcome is not that of the condition")
            return
        }
        #expect(endpoint.requests.count == 3)
    }

    @Test("waits for the first credentials longer than for the endpoint")
    func slowCredentials() async throws {
        let endpoint = try FakeEndpoint { _ in FakeEndpoint.response("200 OK", "{}") }
        defer { endpoint.stop() }
        let file = FileManager.default.temporaryDirectory.appending(path: "credentials-\(UUID())").path()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let config = """
            [default]
            credential_process = sh -c "until test -e \(file); do sleep 0.05; done; cat \(file)"
            """
        let settings = try DriverSettings(
            url: "dynamodb://tab?endpoint=\(endpoint.url)&region=sa-east-1&timeout=1", environment: ["HOME": "/h"]
        ) { $0 == "/h/.aws/config" ? .text(config) : .missing }
        let driver = try Driver(settings)
        async let isAnswered = Self.isAnswered(driver, "{}")
        let start = ContinuousClock.now
        repeat {
            let health = await driver.run([settings.probe], isUrgent: true)
            #expect(health.first?.failure.detail == "the AWS credentials are still being fetched")
        } while ContinuousClock.now - start < settings.callTimeout + .seconds(1)
        let credentials = #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}"#
        try credentials.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(await isAnswered)
    }

    private static let keys = [
        "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "TOKEN",
    ]

    private static func driver(
        _ endpoint: FakeEndpoint, environment: [String: String] = keys,
        readFile: @escaping @Sendable (String) -> SharedConfigFiles.Content = { _ in .missing }
    ) throws -> Driver {
        try Driver(
            DriverSettings(
                url: "dynamodb://tab?endpoint=\(endpoint.url)&region=sa-east-1&timeout=30", environment: environment,
                readFile: readFile))
    }

    private static func isAnswered(_ driver: Driver, _ body: String) async -> Bool {
        let outcomes = await driver.run([APIRequest(operation: .getItem, body: Array(body.utf8))])
        if case .answered = outcomes.first { return true } else { return false }
    }

    /// Expects the signature of the headers as the endpoint has received them.
    private static func expectSigned(_ request: FakeEndpoint.Request) throws {
        let names = ["host", "content-type", "x-amz-target", "x-amz-date", "x-amz-security-token"]
        let headers = try names.map { ($0, try #require(request.headers[$0])) }
        var signer = SigV4(region: "sa-east-1", service: "dynamodb")
        let expected = signer.authorization(
            AWSCredentials(accessKeyID: "AKID", secretAccessKey: "SECRET"), headers: headers,
            date: try #require(request.headers["x-amz-date"]), body: Array(request.body.utf8))
        #expect(request.headers["authorization"] == expected)
    }
}
