import Bureau
import Repositories
import Seeds
import Testing

@testable import StoreDynamoDB

@Suite("The check of a table")
struct CheckTests {
    @Test(
        "fails for the operation that is denied alone, and says what to allow",
        arguments: ["GetItem", "BatchGetItem", "Query", "UpdateItem", "BatchWriteItem"])
    func denied(operation: String) async throws {
        let endpoint = try Self.endpoint([operation: "AccessDeniedException"])
        defer { endpoint.stop() }
        let failed = try await Self.store(endpoint, opens: operation != "GetItem").check().filter { !$0.hasPassed }
        #expect(failed.count == 1 && failed.first?.what.hasSuffix(": \(operation)") == true)
        guard case .failed(let reason, let remedy) = failed.first?.outcome else { return }
        #expect(reason.cause == .refused && reason.code == "AccessDeniedException" && remedy.contains("policy"))
    }

    @Test("passes without the rights that serving does not need, and tells whose credentials it uses")
    func notNeeded() async throws {
        let denied = ["DescribeTable", "Scan", "PutItem", "DeleteItem", "CreateTable"].map {
            ($0, "AccessDeniedException")
        }
        let endpoint = try Self.endpoint(Dictionary(uniqueKeysWithValues: denied))
        defer { endpoint.stop() }
        let checks = try await Self.store(endpoint, opens: true).check()
        #expect(checks.filter { !$0.hasPassed } == [])
        let renaming = checks.filter { check in
            if case .passed(let note?) = check.outcome { note.contains("token key") } else { false }
        }
        #expect(renaming.map { $0.what.split(separator: " ").last } == ["PutItem", "DeleteItem", "Scan", "Scan"])
        #expect(checks.first?.outcome == .passed(note: "access key AKID"))
    }

    @Test(
        "a refusal that keeps the store from opening names the access key, and its owner where STS knows the key",
        arguments: [
            ("AccessDeniedException", true), ("UnrecognizedClientException", false),
            ("InvalidSignatureException", false), ("InaccessibleEncryptionCredentials", true),
        ])
    func refusedOpening(code: String, isKnown: Bool) async throws {
        let endpoint = try Self.endpoint(["GetItem": code], identity: isKnown ? "arn:aws:iam::1:user/u" : nil)
        defer { endpoint.stop() }
        let error = await #expect(throws: StoreOpenError.self) {
            try await Self.store(endpoint, opens: true, asksWho: true)
        }
        #expect(error?.code == code && error?.cause == .refused)
        let name = "(access key AKID\(isKnown ? " of arn:aws:iam::1:user/u" : ""))"
        #expect(error?.reason.hasSuffix(name) == true)
    }

    @Test("a migrator calls a table of another key refused, and a table of nobody unreachable")
    func migrator() throws {
        let endpoint = try Self.endpoint(["GetItem": "ValidationException"], message: "does not match the schema")
        defer { endpoint.stop() }
        func failure(_ url: String) -> MigrationError? {
            #expect(throws: MigrationError.self) {
                try DynamoDBMigrator(url: url, steps: [], environment: Self.environment).status()
            }
        }
        guard case .refused(.b, let reason) = failure(Self.url(endpoint.url)) else {
            Issue.record("it is not refused")
            return
        }
        #expect(reason.contains("it is not creditd's") && reason.contains("migrate up has made"))
        guard case .unreachable = failure("dynamodb://tab?endpoint=http://127.0.0.1:1&region=x&timeout=1") else {
            Issue.record("it is not unreachable")
            return
        }
    }

    @Test("writes under conditions that never hold")
    func noTrace() async throws {
        let endpoint = try Self.endpoint([:])
        defer { endpoint.stop() }
        _ = try await Self.store(endpoint, opens: true).check()
        let writes = endpoint.requests.filter { request in
            ["UpdateItem", "DeleteItem", "PutItem"].contains {
                request.headers["x-amz-target"]?.hasSuffix(".\($0)") == true
            }
        }
        #expect(writes.count == 3)
        #expect(writes.allSatisfy { $0.body.contains("attribute_exists(pk) AND attribute_not_exists(pk)") })
    }

    @Test(
        "tells a wrong key schema and an encryption key that cannot be used",
        arguments: [
            (#""KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"TableStatus":"ACTIVE""#, "it is not creditd's"),
            (
                #""KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],"#
                    + #""TableStatus":"INACCESSIBLE_ENCRYPTION_CREDENTIALS""#, "encryption key"
            ),
        ])
    func table(description: String, part: String) async throws {
        let endpoint = try Self.endpoint([:], table: description)
        defer { endpoint.stop() }
        let failed = try await Self.store(endpoint, opens: true).check().filter { !$0.hasPassed }
        guard case .failed(let reason, _) = failed.first?.outcome else {
            Issue.record("nothing has failed")
            return
        }
        #expect(reason.detail.contains(part))
    }

    @Test("a table of an earlier release is not bound to a ring without the right to look for a profile in it")
    func mark() async throws {
        let endpoint = try Self.endpoint(["Scan": "AccessDeniedException"])
        defer { endpoint.stop() }
        let store = try await Self.store(endpoint, opens: true)
        await #expect {
            try await store.keyRingMark()
        } throws: { error in
            if case .unavailable(.b, let reason, _) = error as? StoreError {
                reason.cause == .refused && reason.detail.contains("dynamodb:Scan")
            } else {
                false
            }
        }
    }

    private static func endpoint(
        _ errors: [String: String], table: String? = nil, message: String = "x", identity: String? = nil
    ) throws -> FakeEndpoint {
        let key = #"[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]"#
        let description = table ?? #""KeySchema":\#(key),"TableStatus":"ACTIVE""#
        return try FakeEndpoint { request in
            let operation = String(request.headers["x-amz-target"]?.split(separator: ".").last ?? "")
            // STS is asked by a form.
            if operation.isEmpty {
                return identity.map { FakeEndpoint.response("200 OK", "<R><Arn>\($0)</Arn></R>") }
                    ?? FakeEndpoint.response("403 Forbidden", "")
            }
            // The opening of the store reads by GetItem as well.
            if let code = errors[operation] {
                return FakeEndpoint.response("400 Bad Request", #"{"__type":"x#\#(code)","message":"\#(message)"}"#)
            }
            let isCondition = request.body.contains("ConditionExpression")
            return isCondition
                ? FakeEndpoint.response("400 Bad Request", #"{"__type":"x#ConditionalCheckFailedException"}"#)
                : FakeEndpoint.response("200 OK", operation == "DescribeTable" ? #"{"Table":{\#(description)}}"# : "{}")
        }
    }

    private static let environment = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET"]

    private static func url(_ endpoint: String) -> String {
        "dynamodb://tab?endpoint=\(endpoint)&region=sa-east-1&timeout=30"
    }

    /// A store that has been opened, or one that has not looked at its table yet.
    private static func store(
        _ endpoint: FakeEndpoint, opens: Bool, asksWho: Bool = false
    ) async throws -> DynamoDBProfileStore {
        let url = url(endpoint.url)
        var environment = environment
        // Who is asked about the credentials, where a test refuses them.
        if asksWho { environment["AWS_ENDPOINT_URL_STS"] = endpoint.url }
        if opens { return try await DynamoDBProfileStore(url: url, steps: [], environment: environment) }
        return try DynamoDBProfileStore(unopened: url, steps: [], environment: environment)
    }
}
