import Conformance
import Foundation
import Testing

/// The programs of README, run as they stand there.
@Suite("Clients of other languages")
struct ClientExampleTests {
    private let scratch: TemporaryFolder
    /// A folder that has nothing but a program named creditd.
    private let programs: String

    init() throws {
        scratch = try TemporaryFolder()
        programs = scratch.path("programs")
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(programs)/creditd", withDestinationPath: URL(filePath: try Binary.creditd()).path)
    }

    private func run(_ command: [String]) throws -> ChildProcess.Outcome {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try ChildProcess(
            "/usr/bin/env", command, scratch: scratch,
            environment: ["PATH": "\(programs):\(path)", "CREDITD_HOME": scratch.home]
        ).finish()
    }

    @Test("an example of README says what it is to say, its daemon's exit code included", arguments: ClientExample.all)
    func example(_ example: ClientExample) throws {
        let code = try example.code()
        guard try run(example.requirement).ending == .exited(0) else {
            return Absence(description: "what the example in \(example.language) needs").record()
        }
        let file = try scratch.write(text: code, to: "client.\(example.fileExtension)")
        let outcome = try run(example.command + [file])
        #expect(outcome.ending == .exited(0))
        #expect(outcome.text == example.output.map { $0 + "\n" }.joined())
        #expect(outcome.errors.isEmpty, "\(outcome.errorText)")
    }

    @Test("no program of README goes untested")
    func languages() throws {
        let readme = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        let marks = Set(readme.matches(of: /(?m)^```([a-z]+)$/).map { String($0.1) })
        #expect(marks.subtracting(["console", "json"]) == Set(ClientExample.all.map(\.language)))
    }
}
