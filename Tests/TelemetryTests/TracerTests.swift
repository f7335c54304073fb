import JSON
import Platform
import Seeds
import Testing

@testable import JSONRPC
@testable import Telemetry

@Suite("Traces to a collector", .timeLimit(.minutes(1)))
struct TracerTests {
    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private let told = Monitor<[TraceChange]>([])
    private let counter = SpanCounter()

    private func tracer(
        _ endpoint: String, sampler: TraceSampler = .parentBased(root: .never), headers: [String] = []
    ) throws -> Tracer {
        var settings = TraceSettings(endpoint: endpoint)
        settings.sampler = sampler
        settings.headers = headers
        let tracer = Tracer(settings, version: "1.2.3", counter: counter) { [told] reason in
            told.withLock { $0.append(reason) }
        }
        return try #require(tracer)
    }

    private func call(_ trace: String? = Self.trace, error: FailureKind? = nil) -> CallReport {
        let parent = trace.flatMap { text in Array(text.utf8).withUnsafeBufferPointer { TraceParent(text: $0) } }
        return CallReport(
            method: "person.get", trace: parent, error: error, arrival: .now - .milliseconds(5),
            queueTime: .microseconds(1500), serviceTime: .milliseconds(3))
    }

    /// The text at a path through objects and the first elements of arrays.
    private func text(_ body: String, _ path: StaticString...) throws -> String? {
        try Document(body.utf8).withRoot { root in
            var value: Value? = root
            for key in path {
                if value?.kind == .array { value = value?.elements.first { _ in true } }
                value = value?[key]
            }
            return value.map { String(decoding: $0.rawText, as: UTF8.self) }
        }
    }

    @Test("a traced call is sent as a span under its client's")
    func sends() throws {
        let collector = try FakeEndpoint { _ in FakeEndpoint.response("200 OK", "{}") }
        defer { collector.stop() }
        let tracer = try tracer(collector.url + "/v1/traces", headers: ["x-key: secret"])
        tracer.report(call(error: FailureKind(.notFound)))
        tracer.report(call(nil))
        tracer.report(call("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"))
        tracer.finish()
        let request = try #require(collector.requests.first)
        #expect(collector.requests.count == 1)
        #expect(request.method == "POST" && request.path == "/v1/traces")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["x-key"] == "secret")
        let body = request.body
        func span(_ key: StaticString) throws -> String? { try text(body, "resourceSpans", "scopeSpans", "spans", key) }
        #expect(try span("traceId") == #""0af7651916cd43dd8448eb211c80319c""#)
        #expect(try span("parentSpanId") == #""b7ad6b7169203331""#)
        #expect(try span("spanId")?.utf8.count == 18)
        #expect(try span("name") == #""person.get""#)
        #expect(try span("kind") == "2")
        #expect(try span("status") == #"{"code":2}"#)
        #expect(body.contains(#"{"key":"rpc.system.name","value":{"stringValue":"jsonrpc"}}"#))
        #expect(body.contains(#"{"key":"error.type","value":{"stringValue":"not_found"}}"#))
        #expect(body.contains(#"{"key":"service.name","value":{"stringValue":"creditd"}}"#))
        let times = try (["startTimeUnixNano", "endTimeUnixNano"] as [StaticString]).map { key in
            Int(try span(key)?.filter(\.isNumber) ?? "") ?? 0
        }
        #expect(times[1] - times[0] == 4_500_000)
        #expect(times[0] > 1_735_689_600_000_000_000)
        #expect(counter.counts == SpanCounts(sent: 1))
    }

    @Test("spans that no request has room for are dropped and counted, and nobody waits")
    func drops() throws {
        let gate = Monitor(false)
        let collector = try FakeEndpoint { _ in
            gate.wait { $0 ? () : nil }
            return FakeEndpoint.response("200 OK", "")
        }
        defer {
            gate.update { $0 = true }
            collector.stop()
        }
        let tracer = try tracer(collector.url)
        let count = 3 * Tracer.mostWaiting
        for _ in 0..<count { tracer.report(call()) }
        let dropped = try #require(counter.counts?.dropped)
        #expect((count - Tracer.mostWaiting - 4 * Tracer.mostInBatch...count - Tracer.mostWaiting).contains(dropped))
        // The collector still holds the first request.
        tracer.finish()
        #expect(counter.counts?.sent == 0)
    }

    @Test("a collector that is away is told once, and does not keep the process")
    func away() throws {
        let tracer = try tracer("http://127.0.0.1:1/v1/traces")
        for _ in 0..<10 { tracer.report(call()) }
        tracer.finish()
        #expect(told.withLock(\.count) == 1)
        #expect(counter.counts == SpanCounts(failed: 10))
    }

    @Test(
        "a request is sent again after certain statuses alone",
        arguments: [("400 Bad Request", 1), ("500 Internal Server Error", 1), ("503 Service Unavailable", 2)])
    func retries(status: String, requests: Int) async throws {
        let count = Monitor(0)
        let collector = try FakeEndpoint { _ in
            let number = count.change { count in
                count += 1
                return (count, true)
            }
            return FakeEndpoint.response(number == 1 ? status : "200 OK", "")
        }
        defer { collector.stop() }
        let tracer = try tracer(collector.url)
        tracer.report(call())
        let counter = counter
        let outcome = Monitor<SpanCounts?>(nil)
        while counter.counts == SpanCounts() { outcome.wait(until: .now + .milliseconds(20)) { $0 } }
        tracer.finish()
        #expect(collector.requests.count == requests)
        #expect(counter.counts == (requests == 1 ? SpanCounts(failed: 1) : SpanCounts(sent: 1)))
        #expect(told.withLock(\.count) == requests)
    }

    @Test("spans that a collector rejects are counted, and not sent again")
    func partialSuccess() throws {
        let collector = try FakeEndpoint { _ in
            FakeEndpoint.response("200 OK", #"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}"#)
        }
        defer { collector.stop() }
        let tracer = try tracer(collector.url)
        for _ in 0..<3 { tracer.report(call()) }
        tracer.finish()
        #expect(collector.requests.count == 1)
        #expect(counter.counts == SpanCounts(sent: 1, failed: 2))
        #expect(told.withLock(\.self) == [.rejects(2)])
    }

    @Test("calls without a trace are traced where the sampler says so")
    func roots() throws {
        let collector = try FakeEndpoint { _ in FakeEndpoint.response("200 OK", "") }
        defer { collector.stop() }
        let tracer = try tracer(collector.url, sampler: .always)
        #expect(tracer.tracesRoots)
        for _ in 0..<3 { tracer.report(call(nil)) }
        tracer.finish()
        let body = try #require(collector.requests.first?.body)
        #expect(!body.contains("parentSpanId"))
        let ids = body.split(separator: #""traceId":""#).dropFirst().map { $0.prefix(32) }
        #expect(Set(ids).count == 3)
    }
}

@Suite("Settings of traces")
struct TraceSettingsTests {
    private func settings(_ environment: [String: String]) throws -> TraceSettings? {
        try TraceSettings(
            Dictionary(uniqueKeysWithValues: environment.map { ("OTEL_" + $0.key, $0.value) }))
    }

    @Test("without an endpoint, or when switched off, there are no traces")
    func none() throws {
        #expect(try settings([:]) == nil)
        let endpoint = ["EXPORTER_OTLP_ENDPOINT": "http://c:4318"]
        #expect(try settings(endpoint.merging(["SDK_DISABLED": "True"]) { $1 }) == nil)
        #expect(try settings(endpoint.merging(["TRACES_EXPORTER": "none"]) { $1 }) == nil)
        #expect(try settings(["EXPORTER_OTLP_ENDPOINT": ""]) == nil)
    }

    @Test("the endpoint of traces is taken as it is, and the other one gets the path")
    func endpoints() throws {
        #expect(try settings(["EXPORTER_OTLP_ENDPOINT": "http://c:4318"])?.endpoint == "http://c:4318/v1/traces")
        #expect(try settings(["EXPORTER_OTLP_ENDPOINT": "https://c/x/"])?.endpoint == "https://c/x/v1/traces")
        let both = ["EXPORTER_OTLP_ENDPOINT": "http://a", "EXPORTER_OTLP_TRACES_ENDPOINT": "http://b/here"]
        #expect(try settings(both)?.endpoint == "http://b/here")
    }

    @Test("headers and attributes are lists of pairs with percent-encoded values")
    func pairs() throws {
        let settings = try #require(
            try settings([
                "EXPORTER_OTLP_ENDPOINT": "http://c", "EXPORTER_OTLP_HEADERS": "api-key=a%20b, x=1=2",
                "RESOURCE_ATTRIBUTES": "service.name=bureau,deployment.environment=caf%C3%A9",
            ]))
        #expect(settings.headers == ["api-key: a b", "x: 1=2"])
        #expect(settings.serviceName == "bureau")
        #expect(settings.resourceAttributes.map(\.value) == ["café"])
    }

    @Test(
        "what cannot be used is named without its value",
        arguments: [
            ["EXPORTER_OTLP_ENDPOINT": "s3cret:4318"], ["EXPORTER_OTLP_HEADERS": "s3cret"],
            ["EXPORTER_OTLP_HEADERS": "a=s3cret%0D%0Ab: c"], ["EXPORTER_OTLP_PROTOCOL": "grpc"],
            ["TRACES_SAMPLER": "s3cret"], ["RESOURCE_ATTRIBUTES": "=s3cret"],
        ])
    func flaws(environment: [String: String]) throws {
        let flaw = #expect(throws: TraceSettings.Flaw.self) {
            try settings(["EXPORTER_OTLP_ENDPOINT": "http://c"].merging(environment) { $1 })
        }
        #expect(flaw?.description.contains("OTEL_") == true)
        #expect(flaw?.description.contains("s3cret") == false)
    }

    @Test("samplers decide as the specification says")
    func samplers() throws {
        let sampled = try #require(
            Array("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".utf8)
                .withUnsafeBufferPointer { TraceParent(text: $0) })
        let half = try #require(TraceSampler(name: "traceidratio", argument: "0.5"))
        #expect(half.samples(nil, traceLow: 1 << 62 - 1) && !half.samples(nil, traceLow: 1 << 62))
        #expect(half.samples(nil, traceLow: 1 << 63))
        let parents = try #require(TraceSampler(name: "parentbased_always_off", argument: nil))
        #expect(parents.samples(sampled, traceLow: 0) && !parents.samples(nil, traceLow: 0) && !parents.samplesRoots)
        #expect(TraceSampler(name: "traceidratio", argument: "x") == .always)
        #expect(TraceSampler(name: "jaeger_remote", argument: nil) == nil)
        #expect(TraceSampler(name: "traceidratio", argument: "0").map(\.samplesRoots) == false)
    }
}
