import Foundation
import Glibc
import Testing
import Transcripts

/// No personal text is readable in what servers write to their disks, nor in what the daemon leaves outside of them.
@Suite("Sealed on servers")
struct ServerSealingTests {
    @Test("no CPF, name, street, phone or e-mail of the sample is on a server's disk, in the journal, the log or /proc")
    func servers() throws {
        guard ProcessInfo.processInfo.environment["CREDITD_REQUIRE_STORES"] == "1" else {
            return Absence(description: "CREDITD_REQUIRE_STORES=1").record()
        }
        let stores = try RealStores()
        defer { stores.stop() }
        let sample = try BureauSample.shared.get()
        let scratch = try ScratchFolder()
        // PostgreSQL's own tables have some words that are names too.
        let others = try FileSearch(PersonalTexts(of: sample).write(in: scratch), in: scratch)
            .texts(below: try stores.writeOut())
        let daemon = try ChildProcess.creditd(
            ["--log-level", "trace"], in: scratch, environment: stores.environment)
        daemon.write(sample.bytes)
        try #require(daemon.read(lines: sample.requests.count))
        let search = FileSearch(try PersonalTexts(of: sample, but: others).write(in: scratch), in: scratch)
        for file in ["cmdline", "environ"] {
            try search.expectNothing(below: "/proc/\(daemon.processID)/\(file)", "\(file)")
        }
        #expect(daemon.finish().exitReason == .exited(0))
        #expect(!daemon.errors.isEmpty)
        for log in try FileManager.default.contentsOfDirectory(atPath: scratch.path) where log.hasPrefix("stderr-") {
            try search.expectNothing(below: scratch.path(log), "in the log")
        }
        if FileManager.default.fileExists(atPath: scratch.home) {
            try search.expectNothing(below: scratch.home, "under the home")
        }
        let folder = try stores.writeOut()
        try search.expectNothing(below: folder, "on a server's disk")
        // The search reads what it should: base B's kinds of income are there in clear. Lines of the audit log are not.
        let clear = FileSearch(try scratch.write(text: "self_employed\nsalary\n", to: "clear"), in: scratch)
        #expect(try clear.found(below: folder) != "")
        let log = FileSearch(try scratch.write(text: "person.get\ncredit_protection\n", to: "log"), in: scratch)
        try log.expectNothing(below: folder, "of the audit log on a server's disk")
    }

    @Test("a daemon that crashes after the whole sample leaves no core")
    func core() throws {
        // A debug build leaves one for its developer; `make test` tries the program that users install.
        guard ProcessInfo.processInfo.environment["CREDITD_REQUIRE_STORES"] == "1" else {
            return Absence(description: "CREDITD_REQUIRE_STORES=1").record()
        }
        let sample = try BureauSample.shared.get()
        let scratch = try ScratchFolder()
        let daemon = try ChildProcess.start(
            "/bin/sh",
            ["-c", "cd \"$0\" && ulimit -c unlimited && exec \"$1\"", scratch.path, try Binary.creditd()],
            in: scratch, environment: ["CREDITD_HOME": scratch.home])
        daemon.write(sample.bytes)
        try #require(daemon.read(lines: sample.requests.count))
        kill(daemon.processID, SIGABRT)
        #expect(daemon.waitForExit() == .signalled(SIGABRT))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter { $0.hasPrefix("core") } == [])
    }
}
