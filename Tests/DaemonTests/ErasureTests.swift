import Foundation
import Testing
import Transcripts

/// What is left of a person who was erased, as a client sees it.
@Suite("An erased person")
struct ErasureTests {
    private let scratch: ScratchFolder
    private let bases = ["a", "b", "c"]

    init() throws {
        scratch = try ScratchFolder()
    }

    private static let address =
        #"{"postalCode":"20040002","street":"Rua Um","number":"1","district":"Centro","city":"Rio","state":"RJ"}"#

    private static let writes = [
        (
            "person.create",
            #"{"cpf":"52998224725","name":"Maria","surname":"Silva","birthDate":"1959-01-01","address":\#(address)}"#
        ),
        (
            "profile.put",
            #"{"cpf":"52998224725","birthDate":"1959-01-01","address":\#(address),"assets":[],"incomeSources":[]}"#
        ),
        (
            "event.record",
            #"""
            {"cpf":"52998224725","kind":"movement","occurredAt":"2026-01-01T00:00:00Z","eventId":"e","direction":"credit",\#
            "amountCents":1,"channel":"pix"}
            """#
        ),
        ("score.compute", #"{"cpf":"52998224725"}"#),
    ]

    private static let reads = [
        ("person.get", #"{"cpf":"52998224725","purpose":"credit_protection"}"#, #""code":1001"#),
        ("debt.list", #"{"cpf":"52998224725","purpose":"credit_protection"}"#, #""code":1001"#),
        ("profile.get", #"{"cpf":"52998224725"}"#, #""code":1001"#),
        ("score.history", #"{"cpf":"52998224725"}"#, #""scores":[]"#),
        ("event.latest", #"{"cpf":"52998224725"}"#, #""movement":null"#),
        ("event.history", #"{"cpf":"52998224725"}"#, #""events":[]"#),
        (
            "report.get", #"{"cpf":"52998224725","purpose":"credit_protection","requester":"Banco"}"#,
            #""code":1001"#
        ),
    ]

    private static let erasure = ("subject.erase", #"{"cpf":"52998224725","reason":"subject_request"}"#)

    private func serve(_ calls: [(String, String)]) throws -> [Substring] {
        let lines = calls.map { #"{"jsonrpc":"2.0","id":1,"method":"\#($0)","params":\#($1)}"# }
        // Each call waits for the one before: an identifier in flight cannot be used again.
        let input = lines.enumerated().map { $1.replacing(#""id":1"#, with: "\"id\":\($0)") + "\n" }.joined()
        return try ChildProcess.serve(Array(input.utf8), ["--ordered"], in: scratch).text.split(separator: "\n")
    }

    private func expectNobody() throws {
        let answers = try serve(Self.reads.map { ($0.0, $0.1) })
        try #require(answers.count == Self.reads.count)
        for (answer, (method, _, expected)) in zip(answers, Self.reads) {
            #expect(answer.contains(expected), "\(method)")
        }
        for (answer, (method, _)) in zip(try serve(Array(Self.writes.prefix(3))), Self.writes) {
            #expect(answer.contains(#""code":1004"#) && answer.contains(#""cause":"erased""#), "\(method)")
        }
    }

    private func check() throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["consistency", "check"], in: scratch).finish()
    }

    private func path(_ base: String, in folder: String) -> String { "\(folder)/base-\(base).sqlite" }

    /// Copies a base's file with what SQLite keeps beside it.
    private func copy(_ base: String, from: String, to: String) throws {
        try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true)
        for end in ["", "-wal", "-shm"] {
            let (source, target) = (path(base, in: from) + end, path(base, in: to) + end)
            try? FileManager.default.removeItem(atPath: target)
            if FileManager.default.fileExists(atPath: source) {
                try FileManager.default.copyItem(atPath: source, toPath: target)
            }
        }
    }

    @Test("nobody answers, nothing is written, and whoever asks again is given the same certificate")
    func erased() throws {
        let answers = try serve(Self.writes + [Self.erasure])
        #expect(answers.last?.contains(#""status":"erased""#) == true)
        #expect(answers.last?.contains(#""auditRecordId":"#) == true)
        try expectNobody()
        let again = try serve([("subject.erase", #"{"cpf":"52998224725","reason":"purpose_ended"}"#)])
        #expect(again[0].dropFirst(24) == answers.last?.dropFirst(24), "but for the identifier of the call")
        let check = try check()
        #expect(check.exitReason == .exited(0) && check.text.contains("differences: 0"))
    }

    @Test(
        "a base that is put back from a backup of before forgets the person when a daemon starts",
        arguments: [["a"], ["b"], ["c"], ["a", "b"], ["a", "c"], ["b", "c"]])
    func restored(bases restored: [String]) throws {
        _ = try serve(Self.writes)
        let backup = scratch.path("backup")
        for base in bases { try copy(base, from: scratch.home, to: backup) }
        _ = try serve([Self.erasure])
        for base in restored { try copy(base, from: backup, to: scratch.home) }
        let before = try check()
        #expect(before.exitReason == .exited(1), "\(before.text)")
        if restored.contains("a") {
            // The log is of before, too, and its witness knows more.
            #expect(before.text.contains("base A by the witness file: its audit log is "))
            let accept = try ChildProcess.creditd(["consistency", "accept"], in: scratch).finish()
            #expect(accept.exitReason == .exited(1))
            try FileManager.default.removeItem(atPath: "\(scratch.home)/audit-witness")
        } else {
            #expect(before.text.contains("differences: \(restored.count)"))
        }
        try expectNobody()
        let after = try check()
        #expect(after.exitReason == .exited(0) && after.text.contains("differences: 0"))
    }

    @Test("a person who is put back into all three bases is told by the log that stays, and `repair` buries the person")
    func putBackEverywhere() throws {
        _ = try serve(Self.writes)
        let backup = scratch.path("backup")
        for base in bases { try copy(base, from: scratch.home, to: backup) }
        _ = try serve([Self.erasure])
        for base in ["b", "c"] { try copy(base, from: backup, to: scratch.home) }
        let script = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1], isolation_level=None)
            base.execute("ATTACH ? AS former", (sys.argv[2],))
            base.execute("BEGIN")
            for (table,) in base.execute("SELECT name FROM former.sqlite_master WHERE type = 'table'").fetchall():
                if not table.startswith(("audit_", "sqlite_", "creditd_")):
                    base.execute(f"DELETE FROM main.{table}")
                    base.execute(f"INSERT INTO main.{table} SELECT * FROM former.{table}")
            base.execute("COMMIT")
            """
        let outcome = try ChildProcess.start(
            "/usr/bin/env", ["python3", "-c", script, path("a", in: scratch.home), path("a", in: backup)], in: scratch
        ).finish()
        try #require(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        #expect(try serve([("profile.get", #"{"cpf":"52998224725"}"#)])[0].contains(#""code":1014"#), "erased here")
        let found = try check()
        #expect(found.exitReason == .exited(1) && found.text.contains("differences: 3"), "\(found.text)")
        let repair = try ChildProcess.creditd(["consistency", "repair", "--json"], in: scratch).finish()
        #expect(repair.exitReason == .exited(0) && repair.text.contains(#""differences":3,"repaired":3"#))
        try expectNobody()
        #expect(try check().exitReason == .exited(0))
    }

    @Test("no byte of an erased person's events stays in the files of base C")
    func bytes() throws {
        let id = "0f1e2d3c-erased"
        let event = Self.writes[2].1.replacing(#""eventId":"e""#, with: "\"eventId\":\"\(id)\"")
        _ = try serve([("event.record", event)])
        func files() -> [Data] {
            ["", "-wal"].compactMap { FileManager.default.contents(atPath: path("c", in: scratch.home) + $0) }
        }
        #expect(files().contains { $0.firstRange(of: Data(id.utf8)) != nil })
        _ = try serve([Self.erasure])
        #expect(files().allSatisfy { $0.firstRange(of: Data(id.utf8)) == nil })
    }

    @Test("a blocked person is read for the person, the law and a court alone, also by the next daemon")
    func blocked() throws {
        let cpf = #"{"cpf":"52998224725"}"#
        _ = try serve(Self.writes + [("subject.block", cpf)])
        for (answer, (method, _, _)) in zip(try serve(Self.reads.map { ($0.0, $0.1) }), Self.reads) {
            #expect(answer.contains(#""code":1004"#) && answer.contains(#""cause":"blocked""#), "\(method)")
        }
        let own = #"{"cpf":"52998224725","purpose":"data_subject_request"}"#
        for answer in try serve([("person.get", own), ("profile.get", own), ("event.latest", own)]) {
            #expect(answer.contains(#""result":"#))
        }
        let answers = try serve([("subject.unblock", cpf), ("profile.get", cpf)])
        #expect(answers[0].contains(#""changed":true"#) && answers[1].contains(#""result":"#))
    }

    @Test("while an erasure waits for base C, no daemon gives out what is there once it is back")
    func waiting() throws {
        _ = try serve(Self.writes)
        let daemon = try ChildProcess.creditd(["--ordered"], in: scratch)
        daemon.write(#"{"jsonrpc":"2.0","id":0,"method":"system.ping"}"# + "\n")
        try #require(daemon.read(lines: 1))
        let lock = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1], isolation_level=None)
            base.execute("BEGIN IMMEDIATE")
            print("locked", flush=True)
            sys.stdin.read()
            """
        let writer = try ChildProcess.start(
            "/usr/bin/env", ["python3", "-c", lock, path("c", in: scratch.home)], in: scratch)
        try #require(writer.read(lines: 1))
        daemon.write(#"{"jsonrpc":"2.0","id":1,"method":"\#(Self.erasure.0)","params":\#(Self.erasure.1)}"# + "\n")
        try #require(daemon.read(lines: 2))
        _ = writer.finish()
        let reads = ["event.latest", "event.history"].enumerated().map {
            #"{"jsonrpc":"2.0","id":\#($0 + 2),"method":"\#($1)","params":{"cpf":"52998224725"}}"# + "\n"
        }.joined()
        let answers = daemon.finish(writing: Array(reads.utf8)).text.split(separator: "\n").dropFirst()
        try #require(answers.count == 3)
        #expect(answers.first?.contains(#""status":"pending""#) == true, "\(answers)")
        let next = try ChildProcess.serve(Array(reads.utf8), ["--ordered"], in: scratch).text.split(separator: "\n")
        for answer in answers.dropFirst() + next {
            #expect(answer.contains(#""code":1004"#) && answer.contains(#""cause":"erased""#), "\(answer)")
        }
        #expect(try ChildProcess.creditd(["consistency", "repair"], in: scratch).finish().exitReason == .exited(0))
        try expectNobody()
    }

    @Test("`consistency repair` empties a base that was put back, without a daemon")
    func repair() throws {
        _ = try serve(Self.writes)
        try copy("b", from: scratch.home, to: scratch.path("backup"))
        _ = try serve([Self.erasure])
        try copy("b", from: scratch.path("backup"), to: scratch.home)
        let repair = try ChildProcess.creditd(["consistency", "repair", "--json"], in: scratch).finish()
        #expect(repair.exitReason == .exited(0) && repair.text.contains(#""differences":1,"repaired":1"#))
        #expect(try check().exitReason == .exited(0))
        try expectNobody()
    }
}
