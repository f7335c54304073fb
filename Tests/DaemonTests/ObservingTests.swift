import Foundation
import Glibc
import Seeds
import Testing
import Transcripts

/// What an operator sees of a daemon beside its answers: numbers, a file of them, lines of the log, traces.
@Suite("Numbers, slow calls and traces")
struct ObservingTests {
    private let scratch: ScratchFolder
    private let ping = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"# + "\n"
    private let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    init() throws {
        scratch = try ScratchFolder()
    }

    /// The samples of a text that Prometheus' own checker finds nothing wrong with.
    private func samples(_ text: String) throws -> [String: String] {
        let file = try scratch.write(text: text, to: "checked")
        let outcome = try ChildProcess.start(
            "/bin/sh", ["-c", #"exec promtool check metrics < "$1""#, "sh", file], in: scratch
        ).finish()
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome.text)\(outcome.errorText)")
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            lines.map { line in
                let space = line.lastIndex(of: " ") ?? line.endIndex
                return (String(line[..<space]), String(line[space...].dropFirst()))
            }, uniquingKeysWith: { $1 })
    }

    @Test("promtool finds nothing wrong with the numbers of the whole sample, which count what was asked")
    func sample() throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        let sample = try String(contentsOfFile: Repository.path("schema/sample/bureau.ndjson"), encoding: .utf8)
        let lines = sample.split(separator: "\n")
        daemon.write(sample)
        #expect(daemon.read(lines: lines.count))
        let outcome = daemon.finish(
            writing: Array(
                (#"{"jsonrpc":"2.0","id":"m","method":"system.metrics","params":{"format":"prometheus"}}"# + "\n").utf8)
        )
        #expect(outcome.exitReason == .exited(0))
        let answer = try #require(outcome.output.split(separator: 0x0A).last)
        let samples = try samples(try #require(try Tree(answer)["result"]?["text"]?.string))
        let calls = samples.filter { $0.key.hasPrefix("creditd_calls_total") }.values.compactMap { Int($0) }
        #expect(calls.reduce(0, +) == lines.count)
        let persons = lines.filter { $0.contains(#""person.create""#) }.count
        #expect(samples[#"creditd_calls_total{method="person.create"}"#] == String(persons))
        #expect(samples[#"creditd_call_service_seconds_count{method="person.create"}"#] == String(persons))
        #expect(samples[#"creditd_base_ready{base="A"}"#] == "1")
    }

    @Test("a file of metrics is there while the daemon serves, and gone afterwards")
    func file() throws {
        let folder = scratch.path("textfile")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/bureau one.prom"
        let daemon = try ChildProcess.creditd(["--metrics-file", path], in: scratch)
        daemon.write(ping)
        #expect(daemon.read(lines: 1))
        let samples = try samples(String(contentsOfFile: path, encoding: .utf8))
        #expect(samples.count > 10)
        #expect(samples.keys.allSatisfy { $0.contains(#"{daemon="bureau one""#) })
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o644, "the collector is another user")
        let other = try ChildProcess.creditd(["--metrics-file", path], in: scratch).finish()
        #expect(other.exitReason == .exited(78))
        #expect(other.errorText.contains("another daemon"))
        #expect(daemon.finish().exitReason == .exited(0))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test("a daemon that was killed leaves its file, which the next one takes over")
    func killed() throws {
        let path = scratch.path("x.prom")
        let daemon = try ChildProcess.creditd(["--metrics-file", path], in: scratch)
        daemon.write(ping)
        #expect(daemon.read(lines: 1))
        daemon.signal(SIGKILL)
        #expect(daemon.waitForExit() == .signalled(SIGKILL))
        #expect(FileManager.default.fileExists(atPath: path))
        let next = try ChildProcess.creditd(in: scratch, environment: ["CREDITD_METRICS_FILE": path])
        #expect(next.finish(writing: Array(ping.utf8)).exitReason == .exited(0))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a second signal removes the file of metrics, too, and a new daemon what a killed one was writing")
    func forcedEnd() throws {
        let folder = scratch.path("textfile")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("creditd_calls_tot".utf8).write(to: URL(fileURLWithPath: folder + "/.a.prom.new"))
        let daemon = try ChildProcess.creditd(["--metrics-file", folder + "/a.prom"], in: scratch)
        daemon.write(ping)
        #expect(daemon.read(lines: 1))
        #expect(FileManager.default.fileExists(atPath: folder + "/a.prom"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/.a.prom.new"))
        // Nobody takes this answer, so that the first signal does not end the daemon.
        daemon.write(#"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"# + "\n")
        daemon.waitUntilOutputPilesUp()
        daemon.signal(SIGTERM)
        daemon.signal(SIGTERM)
        #expect(daemon.waitForExit() == .exited(128 + SIGTERM))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test("what creditd has not written stays as it is")
    func foreignFiles() throws {
        let (backup, link, pipe) = (scratch.path("backup.prom"), scratch.path("link.prom"), scratch.path("pipe.prom"))
        let text = "backup_ok 1\n"
        _ = try scratch.write(text: text, to: "backup.prom")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: backup)
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [backup, link, pipe] {
            let outcome = try ChildProcess.creditd(["--metrics-file", path], in: scratch).finish()
            #expect(outcome.exitReason == .exited(78), "\(path): \(outcome.errorText)")
        }
        #expect(try String(contentsOfFile: backup, encoding: .utf8) == text)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == backup)
        var status = stat()
        #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        let empty = scratch.path("empty.prom")
        _ = try scratch.write(text: "", to: "empty.prom")
        #expect(try ChildProcess.creditd(["--metrics-file", empty], in: scratch).finish().exitReason == .exited(0))
    }

    @Test("a file of metrics that cannot be is refused at the start, with its reason")
    func refused() throws {
        try FileManager.default.createDirectory(
            atPath: scratch.path("folder.prom"), withIntermediateDirectories: true)
        for (path, status, text) in [
            (scratch.path("metrics.txt"), 64, ".prom"), (scratch.path(".prom"), 64, ".prom"),
            (scratch.path("none/x.prom"), 78, "No such file"), (scratch.path("folder.prom"), 78, "folder.prom"),
            ("/proc/x.prom", 78, "/proc/x.prom"),
        ] as [(String, Int32, String)] {
            let outcome = try ChildProcess.creditd(["--metrics-file", path], in: scratch).finish()
            #expect(outcome.exitReason == .exited(status), "\(path): \(outcome.errorText)")
            #expect(outcome.errorText.contains(text), "\(path): \(outcome.errorText)")
        }
    }

    @Test("a failed call is a line of the log at info, with its trace and without a value")
    func failedCalls() throws {
        let call = """
            {"jsonrpc":"2.0","id":"52998224725","method":"person.get","params":{"cpf":"52998224725",\
            "purpose":"credit_protection","requester":"Bank"},"meta":{"traceparent":"\(trace)"}}

            """
        let quiet = try ChildProcess.serve(Array(call.utf8), in: scratch)
        #expect(quiet.errors.isEmpty)
        let outcome = try ChildProcess.serve(Array(call.utf8), ["--log-level", "info"], in: scratch)
        let entries = try outcome.errors.split(separator: 0x0A).map { try Tree($0) }
        let entry = try #require(entries.first { $0["message"]?.string == "failed call" })
        #expect(entry["method"]?.string == "person.get")
        #expect(entry["reason"]?.string == "not_found")
        #expect(entry["code"]?.string == "1001")
        #expect(entry["traceparent"]?.string == trace)
        #expect(!outcome.errorText.contains("52998224725") && !outcome.errorText.contains("Bank"))
    }

    @Test("a call of a tool that is refused before its method is called counts under it, with its reason")
    func refusedTools() throws {
        let calls = [#"{"name":"none","arguments":{}}"#, #"{"name":"person_get","arguments":{"nope":1}}"#]
            .enumerated().map { #"{"jsonrpc":"2.0","id":\#($0),"method":"tools/call","params":\#($1)}"# }
        let opening = """
            {"jsonrpc":"2.0","id":"o","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},\
            "clientInfo":{"name":"t","version":"1"}}}
            """
        let daemon = try ChildProcess.creditd(["--log-level", "info"], in: scratch)
        let lines = ([opening] + calls).joined(separator: "\n") + "\n"
        let metrics = #"{"jsonrpc":"2.0","id":"m","method":"system.metrics","params":{"format":"prometheus"}}"# + "\n"
        daemon.write(lines)
        #expect(daemon.read(lines: 3))
        let outcome = daemon.finish(writing: Array(metrics.utf8))
        let answer = try #require(outcome.output.split(separator: 0x0A).last)
        let samples = try samples(try #require(try Tree(answer)["result"]?["text"]?.string))
        #expect(samples[#"creditd_call_errors_total{method="_OTHER",reason="unknown_tool"}"#] == "1")
        #expect(samples[#"creditd_call_errors_total{method="person.get",reason="unknown_member"}"#] == "1")
        #expect(outcome.errorText.contains("unknown_tool") && outcome.errorText.contains("unknown_member"))
    }

    @Test("a flood of failed calls is a trickle of lines, which tell how many were left out")
    func flood() throws {
        let count = 20_000
        let lines = String(repeating: #"{"jsonrpc":"2.0","id":1,"method":"nope"}"# + "\n", count: count)
        let outcome = try ChildProcess.serve(Array(lines.utf8), ["--log-level", "info"], in: scratch)
        let entries = try outcome.errors.split(separator: 0x0A).map { try Tree($0) }
            .filter { $0["message"]?.string == "failed call" }
        #expect(entries.count >= 10 && entries.count < count / 10)
    }

    @Test("a traced call reaches a collector, also as the last thing before the end")
    func traced() throws {
        let collector = try FakeEndpoint { _ in FakeEndpoint.response("200 OK", "{}") }
        defer { collector.stop() }
        let call = #"{"jsonrpc":"2.0","id":1,"method":"system.health","meta":{"traceparent":"\#(trace)"}}"# + "\n"
        let daemon = try ChildProcess.creditd(
            in: scratch, environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "bureau"])
        #expect(daemon.finish(writing: Array((ping + call).utf8)).exitReason == .exited(0))
        let request = try #require(collector.requests.first)
        #expect(request.path == "/v1/traces")
        #expect(request.body.contains(#""name":"system.health""#) && !request.body.contains("system.ping"))
        #expect(request.body.contains(#""traceId":"0af7651916cd43dd8448eb211c80319c""#))
        #expect(request.body.contains(#"{"key":"service.name","value":{"stringValue":"bureau"}}"#))
    }

    @Test("a collector that never answers keeps neither answers nor the end", arguments: [true, false])
    func hanging(isThere: Bool) throws {
        let server = try SilentServer()
        let port = isThere ? server.port : 1
        let daemon = try ChildProcess.creditd(
            in: scratch,
            environment: [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)", "OTEL_TRACES_SAMPLER": "always_on",
            ])
        let count = 5000
        daemon.write(String(repeating: ping, count: count))
        #expect(daemon.read(lines: count))
        let metrics = #"{"jsonrpc":"2.0","id":"m","method":"system.metrics"}"# + "\n"
        let outcome = daemon.finish(writing: Array(metrics.utf8))
        #expect(outcome.exitReason == .exited(0))
        let last = try Tree(try #require(outcome.output.split(separator: 0x0A).last))
        guard case .number(let dropped) = last["result"]?["spans"]?["dropped"] else {
            Issue.record("no numbers of spans")
            return
        }
        #expect(Int(dropped) ?? 0 > 0)
        withExtendedLifetime(server) {}
    }

    @Test("traces that cannot be are told once, and the daemon serves")
    func wrongEndpoint() throws {
        let daemon = try ChildProcess.creditd(
            in: scratch, environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "s3cret:4318"])
        let outcome = daemon.finish(writing: Array(ping.utf8))
        #expect(outcome.exitReason == .exited(0))
        #expect(outcome.errorText.contains("no traces are sent") && !outcome.errorText.contains("s3cret"))
    }
}
