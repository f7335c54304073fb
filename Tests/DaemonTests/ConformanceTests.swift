import Contracts
import Foundation
import Seeds
import Testing
import Transcripts

/// The protocol, case by case: plays every transcript in every possible way.
@Suite("Conformance")
struct ConformanceTests {
    /// One case with its row, which is a part of the name.
    struct Case: CustomTestStringConvertible {
        let row: TranscriptRow
        let transcript: Transcript

        var testDescription: String { "\(row.sentence): \(transcript.title)" }

        static func all() throws -> [Case] {
            try TranscriptRow.all().flatMap { row in row.transcripts.map { Case(row: row, transcript: $0) } }
        }
    }

    @Test("the daemon does what the protocol says", arguments: try Case.all())
    func transcript(_ item: Case) throws {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CREDITD_") }
        let player = TranscriptPlayer(
            program: try Binary.creditd(), environment: environment, contracts: EmbeddedFile.contracts,
            timeout: ChildProcess.longestWait)
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
        let tried = try TranscriptRow.all().filter { !$0.transcripts.isEmpty }.map { "\($0.section): \($0.sentence)" }
        #expect(!wanted.isEmpty)
        #expect(Set(wanted).subtracting(tried).sorted() == [])
    }

    @Test("creditd conformance lists the rows, and plays the chosen ones")
    func command() throws {
        let list = try ChildProcess.creditd(["conformance", "--list"], in: ScratchFolder()).finish()
        #expect(list.exitReason == .exited(0))
        let named = Set(list.text.split(separator: "\n").map(String.init))
        #expect(try TranscriptRow.all().allSatisfy { named.contains("\($0.section): \($0.sentence)") })
        let run = try ChildProcess.creditd(["conformance", "--filter", "U+2028 in an id"], in: ScratchFolder())
            .finish()
        #expect(run.exitReason == .exited(0))
        #expect(
            run.text == """
                ok      Bytes and frames: raw U+2028, U+2029, U+0085 in a string
                1 of 1 rows hold; 3 plays

                """)
    }

    @Test("creditd conformance refuses a filter without any case, because such a run would show nothing")
    func emptyFilter() throws {
        let run = try ChildProcess.creditd(["conformance", "--filter", "no such row"], in: ScratchFolder()).finish()
        #expect(run.exitReason == .exited(64))
    }

    @Test("creditd conformance ends with 1 and shows the difference when a row does not hold")
    func brokenRow() throws {
        // With a file size limit of 0 no daemon can start.
        let script = "ulimit -f 0; exec '\(try Binary.creditd())' conformance --filter 'CR LF is served'"
        let outcome = try ChildProcess.start("/bin/sh", ["-c", script], in: ScratchFolder()).finish()
        #expect(outcome.exitReason == .exited(1))
        #expect(outcome.text.hasPrefix("FAILED  Bytes and frames: a line ended by CR LF\n"))
        #expect(outcome.text.contains("expected  "))
    }

    /// Shell scripts in place of a daemon; `$line` holds their first line of input.
    @Test(
        "a program that breaks the protocol fails the case",
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
        let scratch = try ScratchFolder()
        let program = try scratch.write(text: "#!/bin/sh\nread -r line\n\(answer)\n", to: "program")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        let row = try #require(try TranscriptRow.all().first { $0.sentence == "a line ended by CR LF" })
        let transcript = try #require(row.transcripts.first)
        let player = TranscriptPlayer(program: program, environment: [:], contracts: [:])
        #expect(try player.play(transcript, .inOneWrite) != nil)
        let honest = try scratch.write(
            text: "#!/bin/sh\nread -r line\n" + #"echo '{"jsonrpc":"2.0","id":1,"result":"pong"}'"# + "\n", to: "honest"
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: honest)
        #expect(
            try TranscriptPlayer(program: honest, environment: [:], contracts: [:]).play(transcript, .inOneWrite) == nil
        )
    }
}
