import Foundation
import Glibc
import Testing
import Transcripts

/// What doctor says and does not do on embedded stores; the stores' own checks are tested on their servers.
@Suite("Doctor")
struct DoctorTests {
    private let scratch: ScratchFolder
    private let ping = Array((#"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"# + "\n").utf8)

    init() throws {
        scratch = try ScratchFolder()
    }

    private func run(_ arguments: [String], home: String? = nil) throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(arguments, home: home, in: scratch).finish(writing: ping)
    }

    @Test("a store that is behind is left as it is: the next start applies the steps")
    func behind() throws {
        #expect(try run([]).exitReason == .exited(0))
        #expect(try run(["migrate", "down", "1", "--only", "c"]).exitReason == .exited(0))
        let doctor = try run(["doctor"])
        #expect(doctor.exitReason == .exited(0))
        #expect(doctor.text.contains("store: the next start applies 1 steps of the schema"))
        #expect(try run(["migrate", "status", "--only", "c"]).text.contains("  pending"))
    }

    @Test("nothing is made where nothing is")
    func new() throws {
        let doctor = try run(["doctor"])
        #expect(doctor.exitReason == .exited(0))
        #expect(!FileManager.default.fileExists(atPath: scratch.home))
    }

    @Test(
        "doctor refuses what a start refuses: a missing mounted ring, a home that cannot be made, a ring that leads nowhere"
    )
    func refusals() throws {
        let folder = scratch.path("secrets")
        let file = try scratch.write(text: "", to: "file")
        for (arguments, home) in [(["--keyring-dir", folder], nil), ([], "\(file)/home")] as [([String], String?)] {
            #expect(try run(["doctor"] + arguments, home: home).exitReason == .exited(69), "\(arguments)")
            #expect(try run(arguments, home: home).exitReason == .exited(69), "\(arguments)")
        }
        try FileManager.default.createDirectory(atPath: scratch.home, withIntermediateDirectories: true)
        let ring = "\(scratch.home)/base-a.keyring"
        try FileManager.default.createSymbolicLink(atPath: ring, withDestinationPath: "nowhere")
        #expect(try run(["doctor"]).exitReason == .exited(69))
        #expect(try run([]).exitReason == .exited(69))
        #expect(try run(["keys", "init"]).exitReason == .exited(69), "what is there cannot be used")
    }

    @Test("as JSON, each base has its checks, and a failed one its reason and remedy")
    func json() throws {
        _ = try run(["keys", "init"])
        let doctor = try run(["doctor", "--json", "--base-a", "postgresql://127.0.0.1:1/none"])
        #expect(doctor.exitReason == .exited(69))
        let report = try Tree(doctor.output)
        #expect(report["status"]?.string == "failed")
        let failed = (0..<9).compactMap { report.value(at: "/bases/0/checks/\($0)") }
            .first { $0["cause"]?.string == "unreachable" }
        #expect(failed?["reason"]?.string?.isEmpty == false)
        #expect(failed?["remedy"]?.string?.isEmpty == false)
        #expect(report.value(at: "/bases/2/status")?.string == "ok")
    }

    @Test(
        "what keeps a store from serving has one remedy, the one that its own trials found",
        .enabled(if: ProcessInfo.processInfo.environment["CREDITD_TEST_POSTGRES"] != nil))
    func remedy() throws {
        _ = try run(["keys", "init"])
        let server = try #require(ProcessInfo.processInfo.environment["CREDITD_TEST_POSTGRES"])
        let migrate = ["--only", "a", "--base-a", server]
        #expect(try run(["migrate", "up"] + migrate).exitReason == .exited(0))
        defer { _ = try? run(["migrate", "down", "2"] + migrate) }
        let readOnly = server + "?options=-cdefault_transaction_read_only%3Don"
        let doctor = try run(["doctor", "--base-a", readOnly])
        #expect(doctor.exitReason == .exited(69))
        let failures = doctor.text.split(separator: "\n").filter { $0.contains(": read_only: ") }
        #expect(failures.count > 2)
        #expect(failures.allSatisfy { $0.contains("SET default_transaction_read_only = off") }, "\(doctor.text)")
    }

    @Test("a relative home is refused in a folder whose name is no UTF-8")
    func foreignFolder() throws {
        let script = #"cd "$1" && d=$(printf 'w\351') && mkdir "$d" && cd "$d" && "$0" --home rel; echo $?; ls"#
        let outcome = try ChildProcess.start(
            "/bin/sh", ["-c", script, try Binary.creditd(), scratch.path("")], in: scratch
        )
        .finish(writing: ping)
        #expect(outcome.text == "64\n")
        #expect(outcome.errorText.contains("relative to a working folder whose name is no UTF-8"))
    }

    @Test("a step that cannot be told is applied all the same, and the exit code tells")
    func fullOutput() throws {
        let outcome = try ChildProcess.start(
            "/bin/sh",
            ["-c", #""$0" migrate up --only a --home "$1" > /dev/full"#, try Binary.creditd(), scratch.home],
            in: scratch
        ).finish(writing: [])
        #expect(outcome.exitReason == .exited(74))
        #expect(try !run(["migrate", "status", "--only", "a"]).text.contains("pending"))
    }
}
