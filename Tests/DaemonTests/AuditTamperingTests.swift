import Foundation
import Testing
import Transcripts

/// What somebody does to the files of the audit log behind the daemons' backs.
@Suite("The audit log's files")
struct AuditTamperingTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func audit(_ arguments: String...) throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["audit"] + arguments, in: scratch).finish()
    }

    /// A read of base C for a requester of its own, so that each is a record.
    private func read(_ number: Int) -> String {
        """
        {"jsonrpc":"2.0","id":\(number),"method":"event.latest","params":{"cpf":"52998224725",\
        "purpose":"credit_application","requester":"Loja \(number)"}}

        """
    }

    private func shell(_ script: String, _ argument: String) throws {
        let outcome = try ChildProcess.start("/bin/sh", ["-c", script, argument], in: scratch).finish()
        try #require(outcome.exitReason == .exited(0), "\(outcome.errorText)")
    }

    @Test(
        "what is no file in the witness's place is told, neither waited for nor written to, and heads go beside it",
        arguments: [
            ("mkdir", "is a folder"), ("mkfifo", "is no file"), ("ln -s nowhere", "is a link that leads nowhere"),
            ("ln -s /proc/self/mem", "cannot be read"),
        ])
    func flawedWitness(command: String, sentence: String) throws {
        _ = try ChildProcess.serve(Array(read(1).utf8), in: scratch)
        let witness = "\(scratch.home)/audit-witness"
        try FileManager.default.moveItem(atPath: witness, toPath: witness + ".new")
        try shell("\(command) \"$0\"", witness)
        let heads = try String(contentsOfFile: witness + ".new", encoding: .utf8)
        let daemon = try ChildProcess.serve(Array(read(2).utf8), in: scratch)
        let told = daemon.errorText.split(separator: "\n").filter { $0.contains("the witness file \(sentence)") }
        #expect(daemon.exitReason == .exited(0) && told.count == 1, "\(daemon.errorText)")
        #expect(told.first?.contains(#""level":"notice""#) == true)
        let verdict = try audit("verify")
        #expect(verdict.exitReason == .exited(1) && verdict.text.contains("forged_head"), "\(verdict.text)")
        #expect(verdict.errorText.contains("\(witness) \(sentence)"), "\(verdict.errorText)")
        let export = try scratch.write(text: audit("export").text, to: "export")
        #expect(try audit("verify", export, "--audit-witness", witness).exitReason == .exited(1))
        #expect(try String(contentsOfFile: witness + ".new", encoding: .utf8).count > heads.count)
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.home)/nowhere"))
        try shell("rm -r \"$0\" && mv \"$0.new\" \"$0\"", witness)
        #expect(try audit("verify").exitReason == .exited(0))
    }

    @Test("a sealed line that was altered is exported as such, in text, and found from the export")
    func alteredLine() throws {
        _ = try ChildProcess.serve((0..<20).flatMap { Array(read($0).utf8) }, in: scratch)
        let key = try #require(audit("head").text.split(separator: "\n").first.map(String.init))
        let damage = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1])
            for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                base.execute(f"DROP TRIGGER {name}")
            position, line = base.execute("SELECT position, line FROM audit_record LIMIT 1 OFFSET 5").fetchone()
            base.execute("UPDATE audit_record SET line = ? WHERE position = ?", (line[:-1] + b"\\xff", position))
            base.commit()
            """
        let damaged = try ChildProcess.python(["-c", damage, "\(scratch.home)/base-a.sqlite"], in: scratch)
        try #require(damaged.exitReason == .exited(0), "\(damaged.errorText)")
        let export = try audit("export")
        let text = try #require(String(validating: export.output, as: UTF8.self), "the export is text")
        #expect(text.split(separator: "\n").count { $0.hasPrefix(#"{"altered":""#) } == 1)
        let path = try scratch.write(text: text, to: "export")
        let verdict = try audit("verify", path, "--key", key)
        #expect(verdict.exitReason == .exited(1), "\(verdict.text)")
        #expect(
            verdict.text.split(separator: "\n").filter { !$0.hasPrefix("the witness") }.map { $0.prefix(9) }
                == ["altered  ", "NOT whole"], "the other leaves are held against their heads: \(verdict.text)")
    }

    @Test("what a running daemon has written to a journal that is removed is carried, and the removal recorded")
    func removedJournal() throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(read(0))
        try #require(daemon.read(lines: 1))
        let lock = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1], isolation_level=None)
            base.execute("BEGIN IMMEDIATE")
            print("locked", flush=True)
            sys.stdin.read()
            """
        let writer = try ChildProcess.start(
            "/usr/bin/env", ["python3", "-c", lock, "\(scratch.home)/base-a.sqlite"], in: scratch)
        try #require(writer.read(lines: 1))
        for number in 1...20 { daemon.write(read(number)) }
        try #require(daemon.read(lines: 21))
        // No record can be carried while base A is locked.
        try shell("rm \"$0\"/*.journal", "\(scratch.home)/journal")
        for number in 21...40 { daemon.write(read(number)) }
        try #require(daemon.read(lines: 41))
        _ = writer.finish()
        let ended = daemon.finish()
        let answers = try Responses(ended.output)
        let answered = (1...40).filter { answers.result("\($0)") != nil }
        #expect(answered.count >= 20)
        #expect(ended.errorText.contains("was removed before base A had its records"), "\(ended.errorText)")
        let export = try audit("export").text
        let lost = answered.filter { !export.contains(#""requester":"Loja \#($0)""#) }
        #expect(lost == [])
        let isRecorded = export.contains(#""method":"audit.journalMissing","groups":[],"outcome":"failed""#)
        #expect(isRecorded)
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.home)/journal")
        #expect(left.allSatisfy { $0.hasSuffix("-floors") })
        #expect(try audit("verify").exitReason == .exited(0))
    }
}
