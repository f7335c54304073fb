import Foundation
import Testing
import Transcripts

/// The page of `creditd docs`, as a browser shows it.
@Suite("Docs page")
struct DocsPageTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    @Test("docs prints the same page each time, and makes no home")
    func samePage() throws {
        let first = try ChildProcess.creditd(["docs"], in: scratch).finish()
        let second = try ChildProcess.creditd(["docs"], in: scratch).finish()
        #expect(first.exitReason == .exited(0) && first.output == second.output)
        #expect(first.text.hasPrefix("<!doctype html>") && first.text.hasSuffix("</html>\n"))
        #expect(!FileManager.default.fileExists(atPath: scratch.home))
    }

    /// Needs Python with selenium, and Chromium with its driver.
    @Test("in a browser all is there, each example gives the answer that stands beside it, and nothing is fetched")
    func browser() throws {
        let requirement = try Self.python(
            ["-c", "import os, selenium; os.stat('/usr/bin/chromium'); os.stat('/usr/bin/chromedriver')"], scratch)
        guard requirement.exitReason == .exited(0) else {
            return Absence(description: "Chromium with its driver, or selenium").record()
        }
        let outcome = try Self.python([Repository.path("Tests/Oracles/docs-page"), try Binary.creditd()], scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains("examples answered as stated"), "\(outcome.text)")
    }

    private static func python(_ arguments: [String], _ scratch: ScratchFolder) throws -> ChildProcess.Outcome {
        let environment = ProcessInfo.processInfo.environment
        return try ChildProcess.start(
            "/usr/bin/env", ["python3"] + arguments, in: scratch,
            environment: ["PATH": environment["PATH"] ?? "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"]
        ).finish()
    }
}
