import Foundation
import Testing
import Transcripts

/// The audit log through the daemon and its commands.
@Suite("The audit log")
struct AuditTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func call(_ method: String, _ params: String) throws -> Tree {
        let outcome = try ChildProcess.creditd(["call", method, params], in: scratch).finish()
        try #require(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        return try Tree(outcome.output)
    }

    private func audit(_ arguments: String...) throws -> ChildProcess.Outcome {
        try ChildProcess.creditd(["audit"] + arguments, in: scratch).finish()
    }

    /// A read of base B or C for a requester of its own, so that each is a record.
    private func read(_ number: Int, _ method: String) -> String {
        """
        {"jsonrpc":"2.0","id":\(number),"method":"\(method)","params":{"cpf":"52998224725",\
        "purpose":"credit_application","requester":"Loja \(number)"}}

        """
    }

    /// The requesters of the records of a method, from an export.
    private func requesters(of method: String) throws -> Set<String> {
        let export = try audit("export")
        try #require(export.exitReason == .exited(0), "\(export.errorText)")
        let records = export.text.split(separator: "\n").filter { $0.contains(#""method":"\#(method)""#) }
        return Set(records.compactMap { $0.firstMatch(of: #/"requester":"([^"]*)"/#).map { String($0.1) } })
    }

    @Test("kill -9 loses no answered access to base B or C", arguments: ["profile.get", "event.latest"])
    func killed(method: String) throws {
        for round in 0..<3 {
            let daemon = try ChildProcess.creditd(in: scratch)
            let numbers = round * 100..<round * 100 + 100
            for number in numbers { daemon.write(read(number, method)) }
            try #require(daemon.read(lines: 20 + 30 * round))
            daemon.signal(SIGKILL)
            let killed = daemon.finish()
            let answered = killed.text.split(separator: "\n").filter { $0.hasSuffix("}") }
                .compactMap { $0.firstMatch(of: #/"id":([0-9]+)/#).map { "Loja \($0.1)" } }
            #expect(answered.count >= 20 + 30 * round)
            #expect(try requesters(of: method).isSuperset(of: answered))
        }
        #expect(try audit("verify").exitReason == .exited(0))
    }

    /// The files of a journal, and their marks: what this machine has seen of records lies beside them.
    private func journalFiles(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasSuffix("-floors") }
    }

    @Test("reads of bases B and C are refused while their journal cannot be written, and served when it can")
    func unwritableJournal() throws {
        let daemon = try ChildProcess.creditd(in: scratch)
        daemon.write(read(0, "event.latest"))
        try #require(daemon.read(lines: 1))
        let (journal, away) = ("\(scratch.home)/journal", "\(scratch.home)/away")
        // What was written has been carried, and the next line begins a new file.
        try #require(
            daemon.advance(isPolled: true) {
                (try? journalFiles(in: journal).isEmpty) ?? false
            })
        try FileManager.default.moveItem(atPath: journal, toPath: away)
        daemon.write(read(1, "event.latest") + read(2, "profile.get"))
        try #require(daemon.read(lines: 3))
        try FileManager.default.moveItem(atPath: away, toPath: journal)
        daemon.write(read(3, "event.latest"))
        try #require(daemon.read(lines: 4))
        let answers = try Responses(daemon.finish().output)
        for id in ["1", "2"] { #expect(answers.byID[id]?["error"]?["data"]?["reason"]?.string == "audit_unavailable") }
        #expect(answers.result("3") != nil)
    }

    @Test("an export is verified offline, and what was done to it is found")
    func offline() throws {
        _ = try ChildProcess.serve((0..<300).flatMap { Array(read($0, "event.latest").utf8) }, in: scratch)
        let key = try #require(audit("head").text.split(separator: "\n").first.map(String.init))
        let lines = try audit("export").text.split(separator: "\n").map(String.init)
        try #require(lines.count > 300)
        let elsewhere = ["CREDITD_HOME": scratch.path("elsewhere")]
        func verify(_ lines: [String]) throws -> ChildProcess.Outcome {
            let path = try scratch.write(lines: lines, to: "export")
            return try ChildProcess.creditd(
                ["audit", "verify", path, "--key", key], in: scratch, environment: elsewhere
            ).finish()
        }
        let whole = try verify(lines)
        #expect(whole.exitReason == .exited(0) && whole.text.hasPrefix("whole: "), "\(whole.text)")
        let records = lines.indices.filter { lines[$0].hasPrefix(#"{"id""#) }
        let (one, other) = (records[20], records[250])
        var altered = lines
        altered[one].replace("Loja", with: "Loje")
        var removed = lines
        removed.remove(at: one)
        var inserted = lines
        inserted.insert(lines[one], at: other)
        var moved = lines
        moved.swapAt(one, other)
        for changed in [altered, removed, inserted, moved] {
            let found = try verify(changed)
            #expect(found.exitReason == .exited(1) && found.text.contains("NOT whole"), "\(found.text)")
        }
    }

    @Test("an export is whole beside its own witness, at once and later, and a witness of another home is not taken")
    func witnessed() throws {
        _ = try ChildProcess.serve((0..<20).flatMap { Array(read($0, "event.latest").utf8) }, in: scratch)
        let export = try scratch.write(text: audit("export").text, to: "export")
        for _ in 0..<2 {
            let verdict = try audit("verify", export)
            #expect(verdict.exitReason == .exited(0), "\(verdict.text)")
            #expect(verdict.text.contains("the witness knows "), "the export's own record came after it")
            _ = try call("event.latest", #"{"cpf":"52998224725"}"#)
        }
        let lines = try String(contentsOfFile: export, encoding: .utf8).split(separator: "\n").map(String.init)
        let last = try #require(lines.lastIndex { $0.hasPrefix(#"{"id""#) })
        var cut = lines
        cut.remove(at: last)
        #expect(try audit("verify", scratch.write(lines: cut, to: "cut")).exitReason == .exited(1))
        var longer = lines
        longer.append(lines[last])
        #expect(try audit("verify", scratch.write(lines: longer, to: "longer")).exitReason == .exited(1))
        // A full disk leaves nothing, or a beginning.
        #expect(try audit("verify", scratch.write(lines: [], to: "empty")).exitReason == .exited(65))
        #expect(try audit("verify", scratch.write(lines: [lines[0]], to: "begun")).exitReason == .exited(1))
        let late = try scratch.write(lines: Array(lines.dropFirst()), to: "late")
        #expect(try audit("verify", late).exitReason == .exited(65))
        // Another home with a log and a witness of its own.
        let home = scratch.path("other")
        let key = try #require(audit("head").text.split(separator: "\n").first.map(String.init))
        func elsewhere(_ arguments: String...) throws -> ChildProcess.Outcome {
            try ChildProcess.creditd(["audit"] + arguments, home: home, in: scratch).finish()
        }
        _ = try ChildProcess.creditd(["call", "event.latest", #"{"cpf":"52998224725"}"#], home: home, in: scratch)
            .finish()
        let plain = try elsewhere("verify", export, "--key", key)
        #expect(plain.exitReason == .exited(0) && !plain.text.contains("the witness"), "\(plain.text)")
        let witness = "\(scratch.home)/audit-witness"
        let beside = try elsewhere("verify", export, "--key", key, "--witness", witness)
        #expect(beside.exitReason == .exited(0) && beside.text.contains("the witness knows "), "\(beside.text)")
        let wrong = try elsewhere("verify", export, "--key", key, "--witness", "\(home)/audit-witness")
        #expect(
            wrong.exitReason == .exited(1) && wrong.text.contains("forged_head"), "\(wrong.text) \(wrong.errorText)")
        #expect(try elsewhere("verify", export, "--witness", scratch.path("none")).exitReason == .exited(66))
    }

    @Test("a witness file that is none is told and never written to, and heads are kept beside it")
    func foreignWitness() throws {
        _ = try ChildProcess.serve(Array(read(1, "event.latest").utf8), in: scratch)
        let witness = "\(scratch.home)/audit-witness"
        let heads = try String(contentsOfFile: witness, encoding: .utf8)
        #expect(try audit("verify").exitReason == .exited(0))
        let rubbish = "no head\n"
        try rubbish.write(toFile: witness, atomically: false, encoding: .utf8)
        let daemon = try ChildProcess.serve(Array(read(2, "event.latest").utf8), in: scratch)
        #expect(daemon.errorText.contains("the witness file has no head of an audit log"), "\(daemon.errorText)")
        let verdict = try audit("verify")
        #expect(verdict.exitReason == .exited(1) && verdict.text.contains("forged_head"), "\(verdict.text)")
        #expect(verdict.errorText.contains("\(witness) has no head of an audit log"), "\(verdict.errorText)")
        #expect(try String(contentsOfFile: witness, encoding: .utf8) == rubbish)
        #expect(try String(contentsOfFile: witness + ".new", encoding: .utf8).contains("creditd-audit-"))
        let export = try scratch.write(text: audit("export").text, to: "export")
        let offline = try audit("verify", export, "--witness", witness)
        #expect(offline.exitReason == .exited(1) && offline.errorText.contains("has no head"), "\(offline.errorText)")
        // A note that was cut by a full disk costs no note behind it.
        try (heads + "creditd-audit-0\n1").write(toFile: witness, atomically: false, encoding: .utf8)
        _ = try ChildProcess.serve(Array(read(3, "event.latest").utf8), in: scratch)
        let whole = try audit("verify")
        #expect(whole.exitReason == .exited(0), "\(whole.text)\(whole.errorText)")
        #expect(try String(contentsOfFile: witness, encoding: .utf8).contains("creditd-audit-0\n1\ncreditd-audit-"))
    }

    @Test("a record is listed and proved, and the proof is checked with nothing but the key")
    func proof() throws {
        _ = try ChildProcess.serve((0..<40).flatMap { Array(read($0, "event.latest").utf8) }, in: scratch)
        let page = try call(
            "audit.list", #"{"cpf":"52998224725","purpose":"data_subject_request","limit":30}"#)
        let records = page["records"]?.elements ?? []
        #expect(records.count == 30 && page["nextCursor"] != nil)
        #expect(records.contains { $0["method"]?.string == "audit.list" }, "the question itself is recorded")
        let id = try #require(records.last?["id"]?.string)
        let outcome = try ChildProcess.creditd(["call", "audit.proof", #"{"recordId":"\#(id)"}"#], in: scratch).finish()
        let path = try scratch.write(text: outcome.text, to: "proof")
        let key = try #require(audit("head").text.split(separator: "\n").first.map(String.init))
        #expect(try audit("verify", "--proof", path, "--key", key).exitReason == .exited(0))
        _ = try scratch.write(text: outcome.text.replacing("Loja", with: "Loje"), to: "proof")
        #expect(try audit("verify", "--proof", path, "--key", key).exitReason == .exited(1))
    }

    @Test("a journal that was altered is carried as far as it holds, set aside, and recorded")
    func brokenJournal() throws {
        _ = try call("event.latest", #"{"cpf":"52998224725"}"#)
        // An act on keys stays in the journal until the next daemon.
        for _ in 0..<2 { _ = try ChildProcess.creditd(["keys", "list"], in: scratch).finish() }
        let folder = "\(scratch.home)/journal"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".journal") }
        let path = "\(folder)/\(try #require(names.first))"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(names.count == 2 && text.contains("keys.list"))
        try text.replacing("keys.list", with: "keys.lost").write(toFile: path, atomically: false, encoding: .utf8)
        _ = try call("event.latest", #"{"cpf":"52998224725"}"#)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left.count { $0.hasSuffix(".broken") } == 1)
        let export = try audit("export").text
        #expect(export.contains(#""method":"audit.journalBroken","groups":[],"outcome":"failed","count":0"#))
        #expect(!export.contains("keys.lost"))
        #expect(export.split(separator: "\n").count { $0.contains("keys.list") } == 1, "the other file's")
        #expect(try audit("verify").exitReason == .exited(0))
    }

    @Test("a journal that is removed while no daemon runs is recorded once, and told by the next daemon")
    func missingJournal() throws {
        _ = try call("event.latest", #"{"cpf":"52998224725"}"#)
        _ = try ChildProcess.creditd(["keys", "list"], in: scratch).finish()
        let folder = "\(scratch.home)/journal"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".journal") }
        try #require(names.count == 1)
        try FileManager.default.removeItem(atPath: "\(folder)/\(names[0])")
        let daemon = try ChildProcess.serve([], in: scratch)
        #expect(daemon.errorText.contains("was removed before base A had its records"), "\(daemon.errorText)")
        _ = try ChildProcess.serve([], in: scratch)
        let export = try audit("export").text
        let record = #""method":"audit.journalMissing","groups":[],"outcome":"failed","count":1"#
        #expect(export.split(separator: "\n").count { $0.contains(record) } == 1)
        #expect(!export.contains("keys.list"))
        #expect(try journalFiles(in: folder).isEmpty)
    }

    @Test("four daemons that serve one home at once make one tree, and no access is missing")
    func fourDaemons() throws {
        let daemons = try (0..<4).map { _ in try ChildProcess.creditd(in: scratch) }
        for (index, daemon) in daemons.enumerated() {
            for number in 0..<200 { daemon.write(read(index * 1000 + number, "event.latest")) }
        }
        for daemon in daemons { try #require(daemon.read(lines: 200)) }
        for daemon in daemons { #expect(daemon.finish().exitReason == .exited(0)) }
        #expect(try requesters(of: "event.latest").count == 800)
        let verdict = try audit("verify")
        #expect(verdict.exitReason == .exited(0), "\(verdict.text)")
    }

    @Test("a refused access and an administrative act are in the log")
    func denied() throws {
        _ = try call("event.latest", #"{"cpf":"52998224725"}"#)
        let refused = try ChildProcess.creditd(
            ["call", "event.latest", #"{"cpf":"52998224725","purpose":"credit_application"}"#, "--role", "data_feed"],
            in: scratch
        ).finish()
        #expect(refused.exitReason == .exited(1))
        _ = try ChildProcess.creditd(["keys", "rotate"], in: scratch).finish()
        let export = try audit("export").text
        #expect(export.contains(#""role":"data_feed","base":"A","method":"event.latest""#))
        #expect(export.contains(#""outcome":"denied","count":1"#))
        #expect(export.contains(#""method":"keys.rotate","groups":[],"outcome":"done""#))
    }
}
