import Foundation
import Testing
import Transcripts

/// Data that a release of this program wrote: what users have keeps working.
@Suite("Released homes")
struct ReleasedHomeTests {
    @Test("a home of an earlier release answers as it did", arguments: ["0.1.0"])
    func answers(version: String) throws {
        let released = "Tests/DaemonTests/Released/\(version)"
        let scratch = try ScratchFolder()
        try FileManager.default.copyItem(atPath: Repository.path("\(released)/home"), toPath: scratch.home)
        // A checkout does not keep the mode that a key ring must have.
        for base in ["a", "b", "c"] { #expect(chmod("\(scratch.home)/base-\(base).keyring", 0o600) == 0) }
        let requests = try Data(contentsOf: URL(filePath: Repository.path("\(released)/requests.ndjson")))
        let expected = try Data(contentsOf: URL(filePath: Repository.path("\(released)/answers.ndjson")))
        let outcome = try ChildProcess.serve(Array(requests), ["--ordered"], in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let lines = outcome.output.split(separator: 0x0A)
        let expectedLines = Array(expected).split(separator: 0x0A)
        try #require(lines.count == expectedLines.count)
        for (line, expectedLine) in zip(lines, expectedLines) {
            #expect(String(decoding: line, as: UTF8.self) == String(decoding: expectedLine, as: UTF8.self))
        }
    }
}
