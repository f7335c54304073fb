import Conformance
import Contracts
import Foundation
import Seeds
import Testing

/// The protocol, case by case: every transcript in every way in which it can be played.
@Suite("Conformance")
struct ConformanceTests {
    /// One case as the tests name it.
    struct Case: CustomTestStringConvertible {
        let row: Row
        let transcript: Transcript

        var testDescription: String { "\(row.sentence): \(transcript.title)" }

        static func all() throws -> [Case] {
            try Row.all().flatMap { row in row.transcripts.map { Case(row: row, transcript: $0) } }
        }
    }

    @Test("the daemon does what the protocol says", arguments: try Case.all())
    func transcript(_ item: Case) throws {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CREDITD_") }
        let player = Player(
            program: try Binary.creditd(), environment: environment, contracts: EmbeddedFile.contracts)
        for delivery in item.transcript.deliveries {
            let mismatch = try player.play(item.transcript, delivery)
            #expect(mismatch == nil, "\(delivery.rawValue):\n\(mismatch?.description ?? "")")
        }
    }

    @Test("every row of the protocol has a case")
    func rows() throws {
        guard let url = try SharedFiles.url("PROTOCOL.md") else { return }
        let text = try String(contentsOf: url, encoding: .utf8)
        var wanted: [String] = []
        var section = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            guard line.hasPrefix("| "), line != "| Input | Output |" else { continue }
            let cells = line.dropFirst(2).split(separator: " | ", maxSplits: 1)
            wanted.append("\(section): \(cells.first ?? "")")
        }
        let tried = try Row.all().filter { !$0.transcripts.isEmpty }.map { "\($0.section): \($0.sentence)" }
        #expect(!wanted.isEmpty)
        #expect(Set(wanted).subtracting(tried).sorted() == [])
    }

    @Test("creditd conformance names the rows, and plays those that it is asked for")
    func command() throws {
        let list = try ChildProcess.creditd(["conformance", "--list"], in: TemporaryFolder()).finish()
        #expect(list.ending == .exited(0))
        let named = Set(list.text.split(separator: "\n").map(String.init))
        #expect(try Row.all().allSatisfy { named.contains("\($0.section): \($0.sentence)") })
        let run = try ChildProcess.creditd(["conformance", "--filter", "U+2028 in an id"], in: TemporaryFolder())
            .finish()
        #expect(run.ending == .exited(0))
        #expect(
            run.text == """
                ok      Bytes and frames: raw U+2028, U+2029, U+0085 in a string
                1 of 1 rows hold; 3 plays

                """)
    }

    @Test("creditd conformance refuses a filter that nothing passes: nothing tried is nothing shown")
    func emptyFilter() throws {
        let run = try ChildProcess.creditd(["conformance", "--filter", "no such row"], in: TemporaryFolder()).finish()
        #expect(run.ending == .exited(64))
    }

    @Test("creditd conformance ends with 1 and says what came when a row does not hold")
    func brokenRow() throws {
        // No file may hold a byte: no daemon can start.
        let script = "ulimit -f 0; exec '\(try Binary.creditd())' conformance --filter 'CR LF is served'"
        let outcome = try ChildProcess("/bin/sh", ["-c", script], scratch: TemporaryFolder()).finish()
        #expect(outcome.ending == .exited(1))
        #expect(outcome.text.hasPrefix("FAILED  Bytes and frames: a line ended by CR LF\n"))
        #expect(outcome.text.contains("expected  "))
    }

    /// Daemons that are none, as shell scripts that are given the first line in `$line`.
    @Test(
        "a program that does otherwise is found out",
        arguments: [
            #"echo '{"jsonrpc":"2.0","id":1,"result":"pang"}'"#,
            #"echo '{"jsonrpc":"2.0","id":1,"result":"pong"}'; echo '{"jsonrpc":"2.0","id":1,"result":"pong"}'"#,
            #"printf '{"jsonrpc":"2.0","id":1,"result":"pong"}'"#,
            #"echo '{"jsonrpc":"2.0","id":1,"result":"pong"} '"#,
            #"echo '{"jsonrpc":"2.0","id":1,"result":"pong"}'; exit 3"#,
            #"echo '{"jsonrpc":"2.0","id":1,"result":"pong"}'; kill -9 $$"#,
            "true",
        ])
    func impostor(answer: String) throws {
        let scratch = try TemporaryFolder()
        let program = try scratch.write(text: "#!/bin/sh\nread -r line\n\(answer)\n", to: "program")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        let row = try #require(try Row.all().first { $0.sentence == "a line ended by CR LF" })
        let transcript = try #require(row.transcripts.first)
        let player = Player(program: program, environment: [:], contracts: [:])
        #expect(try player.play(transcript, .inOneWrite) != nil)
        let honest = try scratch.write(
            text: "#!/bin/sh\nread -r line\n" + #"echo '{"jsonrpc":"2.0","id":1,"result":"pong"}'"# + "\n", to: "honest"
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: honest)
        #expect(try Player(program: honest, environment: [:], contracts: [:]).play(transcript, .inOneWrite) == nil)
    }
}
