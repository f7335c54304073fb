import Foundation
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

    private static func driver(_ endpoint: FakeEndpoint) throws -> Driver {
        try Driver(
            DriverSettings(
                url: "dynamodb://tab?endpoint=http://127.0.0.1:\(endpoint.port)&region=sa-east-1&timeout=30",
                environment: [
                    "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "TOKEN",
                ]))
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

/// An HTTP endpoint on a thread of this process. Each connection serves one request.
private final class FakeEndpoint: Sendable {
    struct Request: Sendable {
        /// The values of the headers by their names in lower case.
        let headers: [String: String]
        let body: String
    }

    struct SocketError: Error {}

    let port: UInt16
    private let listener: Int32
    private let received = Mutex<[Request]>([])

    init(_ respond: @escaping @Sendable (Request) -> String) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [listener] address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard isListening else { throw SocketError() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { self.serve(respond) }
    }

    static func response(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nDate: Sun, 01 Jan 2040 00:00:00 GMT\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    var requests: [Request] { received.withLock { $0 } }

    /// Ends the thread.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ respond: (Request) -> String) {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            if let request = Self.read(connection) {
                received.withLock { $0.append(request) }
                let response = Array(respond(request).utf8)
                _ = send(connection, response, response.count, Int32(MSG_NOSIGNAL))
            }
            close(connection)
        }
        close(listener)
    }

    private static func read(_ connection: Int32) -> Request? {
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: chunk[..<count], as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let lines = text[..<end.lowerBound].split(separator: "\r\n").dropFirst()
            let pairs = lines.map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (parts[0].lowercased(), String(parts[1].dropFirst()))
            }
            let headers = Dictionary(pairs) { $0 + ", " + $1 }
            let body = String(text[end.upperBound...])
            if body.utf8.count == headers["content-length"].flatMap({ Int($0) }) {
                return Request(headers: headers, body: body)
            }
        }
    }
}
