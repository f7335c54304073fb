import Foundation
import Testing
import Transcripts

/// `creditd import`, from files to a home.
@Suite("Import")
struct ImportTests {
    private let scratch: ScratchFolder
    private let sample: BureauSample

    init() throws {
        scratch = try ScratchFolder()
        sample = try BureauSample.shared.get()
    }

    private func start(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess.creditd(["import"] + arguments, in: scratch)
    }

    /// Runs an import to its end, and returns what it sums up.
    private func summary(_ arguments: String..., exit: Int32 = 0) throws -> Tree {
        let outcome = try start(arguments).finish()
        #expect(outcome.exitReason == .exited(exit), "\(outcome.errorText)")
        return try Tree(outcome.output)
    }

    private func count(_ name: String, _ summary: Tree) -> Int? { summary[name].flatMap { Int("\($0)") } }

    private func file(of method: String, _ name: String) throws -> String {
        try scratch.write(lines: sample.requests(of: method).map { "\($0.params)" }, to: name)
    }

    private func lines(_ path: String) throws -> [Tree] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try Tree(Array($0.utf8)) }
    }

    /// What a home answers about each person.
    private func persons(_ cpfs: some Sequence<String>) throws -> [Tree] {
        let requests = try cpfs.enumerated().map { index, cpf in
            try TestRequest(id: index, "person.get", #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#)
        }
        let outcome = try ChildProcess.serve(requests.flatMap(\.line), ["--ordered"], in: scratch)
        return try Responses(outcome.output).all.compactMap { $0["result"] }
    }

    @Test("persons, profiles and events of the sample are what they are when they are sent one by one")
    func sampleRows() throws {
        let people = Set(sample.cpfs.prefix(150))
        let requests = sample.requests.filter { people.contains($0.params["cpf"]?.string ?? "") }
        for (kind, method) in [("persons", "person.create"), ("profiles", "profile.put"), ("events", "event.record")] {
            let lines = requests.filter { $0.method == method }.map { "\($0.params)" }
            let rows = lines.count
            let summary = try summary(kind, scratch.write(lines: lines, to: "\(kind).ndjson"))
            #expect(count("imported", summary) == rows && count("rows", summary) == rows, "\(summary)")
        }
        let reads = requests.filter { ["person.get", "profile.get", "event.latest"].contains($0.method) }
        let read = Set(reads.map(\.id))
        let answers = try Responses(try ChildProcess.serve(reads.flatMap(\.line), in: scratch).output)
        var oracle = SampleOracle()
        for request in requests {
            let expected = oracle.result(of: request)
            guard read.contains(request.id), let expected else { continue }
            #expect(answers.result(request.id)?.covers(expected) == true, "\(request.id)")
        }
    }

    @Test("a dry run checks every row by schema and rules, and writes nothing")
    func dryRun() throws {
        let person = try #require(sample.persons.first)
        let good = "\(person)"
        let cpf = try #require(person["cpf"]?.string)
        let path = try scratch.write(
            lines: [
                good, good.replacing(cpf, with: "52998224724"),
                good.replacing(#""birthDate":"1"#, with: #""birthDate":"0"#),
            ],
            to: "persons.ndjson")
        let summary = try summary("persons", path, "--dry-run", "--rejects", scratch.path("rejects"), exit: 1)
        #expect(count("valid", summary) == 1 && count("rejected", summary) == 2, "\(summary)")
        #expect(try lines(scratch.path("rejects")).map { "\($0["line"]!)" } == ["2", "3"])
        #expect(!FileManager.default.fileExists(atPath: scratch.home), "no home is made for it")
        #expect(try persons([cpf]).isEmpty)
    }

    @Test("of a CSV file with a hundred broken rows, these are rejected, and no file has a value of any")
    func brokenRows() throws {
        let names = [
            "name", "surname", "birthDate", "phone", "address.street", "address.city", "address.state",
            "address.postalCode",
        ]
        var rows = ["taxpayer," + names.joined(separator: ",")]
        for (index, person) in sample.persons.enumerated() {
            let fields = (["cpf"] + names).map { name in
                name.split(separator: ".").reduce(Optional(person)) { $0?[String($1)] }?.string ?? ""
            }
            let row = fields.joined(separator: ",")
            guard index % 10 == 3, index < 1000 else { rows.append(row); continue }
            switch index / 10 % 5 {
            case 0: rows.append(row + ",extra")
            case 1: rows.append("\"" + row)
            case 2: rows.append(row.replacing(fields[0], with: String(fields[0].reversed()) + "7"))
            case 3: rows.append(row.replacing(fields[3], with: fields[3].replacing("-", with: "/")))
            default: rows.append("\"\(fields[0])\"x" + row.dropFirst(fields[0].count))
            }
        }
        let broken = sample.persons.indices.filter { $0 % 10 == 3 && $0 < 1000 }
        let path = try scratch.write(lines: rows, to: "persons.csv")
        let outcome = try start(
            ["persons", path, "--map", "taxpayer=cpf", "--rejects", scratch.path("rejects"), "--log-level", "trace"]
        ).finish()
        #expect(outcome.exitReason == .exited(1), "\(outcome.errorText)")
        let summary = try Tree(outcome.output)
        #expect(count("rejected", summary) == broken.count, "\(summary)")
        #expect(count("imported", summary) == sample.persons.count - broken.count)
        #expect(try lines(scratch.path("rejects")).map { "\($0["line"]!)" } == broken.map { "\($0 + 2)" })
        let mode = try FileManager.default.attributesOfItem(atPath: scratch.path("rejects"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let search = FileSearch(try PersonalTexts(of: sample).write(in: scratch), in: scratch)
        for text in [outcome.text, outcome.errorText] {
            try search.expectNothing(below: try scratch.write(text: text, to: "searched"), "in what the import told")
        }
        try search.expectNothing(below: scratch.path("rejects"), "in the rejects")
        let again = try start(
            ["persons", path, "--map", "taxpayer=cpf", "--rejects", scratch.path("rejects")]).finish()
        #expect(again.exitReason == .exited(64), "rejects are not overwritten")
    }

    @Test("kill -9 on the way, again and again: each row is there once, and so is each reject")
    func killed() throws {
        // Debts without a contract would be there twice if they were sent twice.
        let persons = try file(of: "person.create", "persons.ndjson")
        _ = try summary("persons", persons)
        let cpfs = Array(sample.cpfs.prefix(150))
        let (rows, rejected) = (12 * cpfs.count, cpfs.count)
        var debts: [String] = []
        for round in 0..<12 {
            for cpf in cpfs {
                debts.append(
                    #"{"cpf":"\#(cpf)","creditor":"Import","amountCents":\#(round + 1),"annualInterestBasisPoints":0,"#
                        + #""dueDate":"2030-01-01","status":"\#(round == 7 ? "wrong" : "settled")"}"#)
            }
        }
        let path = try scratch.write(lines: debts, to: "debts.ndjson")
        let arguments = [
            "debts", path, "--resume", scratch.path("state"), "--rejects", scratch.path("rejects"),
        ]
        var offsets: [Int] = []
        for _ in 0..<4 {
            let process = try start(arguments)
            let before = offsets.last ?? 0
            _ = process.advance(isPolled: true) {
                let text = (try? String(contentsOfFile: scratch.path("state"), encoding: .utf8)) ?? ""
                let offset = text.firstMatch(of: #/"offset":([0-9]+)/#).flatMap { Int($0.1) } ?? 0
                if offset > before { offsets.append(offset) }
                return offset > before || process.exitReason != nil
            }
            process.signal(SIGKILL)
            _ = process.waitForExit()
        }
        #expect(offsets == offsets.sorted() && !offsets.isEmpty)
        let outcome = try start(arguments).finish()
        #expect(outcome.exitReason == .exited(1), "\(outcome.errorText)")
        let summary = try Tree(outcome.output)
        #expect(count("rows", summary) == rows && count("imported", summary) == rows - rejected, "\(summary)")
        #expect(
            try lines(scratch.path("rejects")).map { "\($0["line"]!)" }
                == (1...rejected).map { String(7 * rejected + $0) })
        for person in try self.persons(cpfs) {
            let amounts = (person["debts"]?.elements ?? []).filter { $0["creditor"]?.string == "Import" }
                .compactMap { Int("\($0["amountCents"] ?? .null)") }
            #expect(amounts.sorted() == (1...12).filter { $0 != 8 })
        }
        let again = try start(arguments).finish()
        #expect(again.exitReason == .exited(1))
        #expect(try count("imported", Tree(again.output)) == rows - rejected)
    }

    @Test("a state is of one file, one set of options and one store")
    func otherState() throws {
        let lines = sample.requests(of: "profile.put").prefix(20).map { "\($0.params)" }
        let path = try scratch.write(lines: lines, to: "profiles.ndjson")
        let state = ["--resume", scratch.path("state")]
        #expect(try start(["profiles", path] + state).finish().exitReason == .exited(0))
        for arguments in [
            ["profiles", path, "--on-conflict", "skip"], ["events", path], ["profiles", path, "--map", "x=cpf"],
            ["profiles", try file(of: "event.record", "events.ndjson")],
        ] {
            let outcome = try start(arguments + state).finish()
            #expect(outcome.exitReason == .exited(64), "\(arguments): \(outcome.errorText)")
            #expect(outcome.errorText.contains("is the state of an import"), "\(outcome.errorText)")
        }
        let last = try #require(lines.last)
        for (edited, status) in [
            // Another byte just before the place, and a line less.
            (lines.dropLast() + [last.replacing("}", with: " }", maxReplacements: 1)], 64), (lines.dropLast(), 64),
            (lines + [last.replacing("}", with: " }", maxReplacements: 1)], 1),
        ] as [([String], Int32)] {
            let outcome = try start(["profiles", try scratch.write(lines: edited, to: "profiles.ndjson")] + state)
                .finish()
            #expect(outcome.exitReason == .exited(status), "\(outcome.errorText)")
        }
        let elsewhere = try ChildProcess.creditd(
            ["import", "profiles", path] + state, home: scratch.path("other"), in: scratch
        ).finish()
        #expect(elsewhere.errorText.contains("other stores"), "\(elsewhere.errorText)")
    }

    @Test(
        "a record that is there already is rejected, skipped or changed", arguments: ["persons", "profiles"])
    func conflicts(kind: String) throws {
        let method = kind == "persons" ? "person.create" : "profile.put"
        let first = try #require(sample.requests(of: method).first).params
        _ = try summary(kind, scratch.write(lines: ["\(first)"], to: "first.ndjson"))
        let changed = "\(first)".replacing(#""city":"São Paulo""#, with: #""city":"Campinas""#)
        let path = try scratch.write(lines: [changed], to: "changed.ndjson")
        let read = kind == "persons" ? "person.get" : "profile.get"
        let cpf = try #require(first["cpf"]?.string)
        func isChanged() throws -> Bool {
            let outcome = try ChildProcess.creditd(
                ["call", read, #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#], in: scratch
            ).finish()
            #expect(outcome.text.contains(cpf), "\(outcome.errorText)")
            return outcome.text.contains("Campinas")
        }
        let failed = try summary(kind, path, "--on-conflict", "fail", exit: 1)
        #expect(count("rejected", failed) == 1 && failed["reasons"]?["already_exists"] == .number("1"), "\(failed)")
        let skipped = try summary(kind, path, "--on-conflict", "skip")
        #expect(try count("skipped", skipped) == 1 && !isChanged(), "\(skipped)")
        let updated = try summary(kind, path, "--on-conflict", "update")
        #expect(try count(kind == "persons" ? "updated" : "imported", updated) == 1 && isChanged(), "\(updated)")
    }

    @Test("SIGTERM stops the reading of a pipe: what was read is imported, and the state says where to go on")
    func stopped() throws {
        let rows = try (0..<500).map { index in
            let cpf = try #require(sample.cpfs.dropFirst(index % sample.cpfs.count).first)
            let text =
                #"{"cpf":"\#(cpf)","kind":"bureau_query","occurredAt":"2026-11-20T00:00:00Z","bureau":"B","#
                + #""requester":"R","eventId":"\#(index)"}"#
            return Array("\(text)\n".utf8)
        }
        let arguments = ["events", "-", "--resume", scratch.path("state")]
        let process = try start(arguments)
        process.write(rows[0])
        let text = { (try? String(contentsOfFile: scratch.path("state"), encoding: .utf8)) ?? "" }
        #expect(process.advance(isPolled: true) { text().contains(#""rows":1,"#) }, "a row is imported as it comes")
        process.write(rows[1..<250].flatMap { $0 })
        #expect(process.advance(isPolled: true) { text().contains(#""rows":250,"#) })
        process.signal(SIGTERM)
        let outcome = process.finish()
        #expect(outcome.exitReason == .exited(128 + SIGTERM), "\(outcome.errorText)")
        let summary = try Tree(outcome.output)
        #expect(summary["ended"]?.string == "stopped_by_signal" && count("rows", summary) == 250, "\(summary)")
        let rest = try start(arguments).finish(writing: rows.flatMap { $0 })
        #expect(rest.exitReason == .exited(0), "\(rest.errorText)")
        let all = try Tree(rest.output)
        #expect(count("rows", all) == rows.count && count("rowsBefore", all) == 250)
    }

    @Test("a terminal is shown a bar within its columns, which is taken away at the end", arguments: [20, 60, 200])
    func bar(columns: Int) throws {
        let terminal = try Pseudoterminal(columns: UInt16(columns))
        let process = try ChildProcess.creditd(
            ["import", "persons", "-"], in: scratch, environment: ["TERM": "xterm"], errors: .path(terminal.path))
        process.write(try #require(sample.requests(of: "person.create").first).params.description + "\n")
        var shown: [UInt8] = []
        #expect(
            process.advance(isPolled: true) {
                shown += terminal.read()
                return String(decoding: shown, as: UTF8.self).contains("1 row")
            }, "the bar: \(String(decoding: shown, as: UTF8.self))")
        #expect(process.finish().exitReason == .exited(0))
        shown += terminal.read()
        let text = String(decoding: shown, as: UTF8.self)
        #expect(text.hasSuffix("\r\u{1B}[K") && !text.contains("\n"), "\(text)")
        for frame in text.components(separatedBy: "\u{1B}[K") { #expect(frame.count <= columns, "\(frame)") }
    }

    @Test("a terminal without cursor control is shown no bar")
    func dumbTerminal() throws {
        let terminal = try Pseudoterminal(columns: 80)
        let process = try ChildProcess.creditd(
            ["import", "persons", "-"], in: scratch, environment: ["TERM": "dumb"], errors: .path(terminal.path))
        let row = try #require(sample.requests(of: "person.create").first).params.description
        #expect(process.finish(writing: Array("\(row)\n".utf8)).exitReason == .exited(0))
        #expect(terminal.read() == [])
    }

    @Test(
        "what cannot be imported ends with its own exit code",
        arguments: [
            (["persons", "nowhere.csv"], 66), (["persons", "/", "--format", "csv"], 65),
            (["people", "x.csv"], 64), (["persons", "x.txt"], 64),
            (["payments", "x.csv", "--on-conflict", "skip"], 64),
            (["events", "x.csv", "--on-conflict", "update"], 64), (["persons", "-", "--map", "x=adress.street"], 64),
            (["persons", "-", "--dry-run", "--resume", "s"], 64), (["persons", "-", "--resume", "/no/where"], 74),
            (["persons", "-", "--rejects", "/no/where"], 74),
        ] as [([String], Int32)])
    func exitCodes(arguments: [String], status: Int32) throws {
        let outcome = try start(arguments).finish()
        #expect(outcome.exitReason == .exited(status), "\(outcome.errorText)")
        if arguments.contains("x=adress.street") {
            #expect(outcome.errorText.contains("did you mean address.street?"), "\(outcome.errorText)")
        }
    }

    @Test("a full device for the rejects or the summary is noticed, and too many rejects stop the import")
    func full() throws {
        let bad = try scratch.write(lines: (0..<600).map { _ in "{}" }, to: "bad.ndjson")
        #expect(try start(["persons", bad, "--rejects", "/dev/full"]).finish().exitReason == .exited(74))
        let stopped = try summary("persons", bad, "--max-rejects", "10", exit: 1)
        #expect(stopped["ended"]?.string == "too_many_rejects", "\(stopped)")
        #expect(try #require(count("rejected", stopped)) <= 10 + 64, "\(stopped)")
        let unheard = try ChildProcess.start(
            "/bin/sh", ["-c", "exec \"$0\" import persons \"$1\" > /dev/full", try Binary.creditd(), bad], in: scratch,
            environment: ["CREDITD_HOME": scratch.home]
        ).finish()
        #expect(unheard.exitReason == .exited(74))
        let closed = try ChildProcess.start(
            "/bin/sh", ["-c", "exec \"$0\" import persons - <&-", try Binary.creditd()], in: scratch,
            environment: ["CREDITD_HOME": scratch.home]
        ).finish()
        #expect(closed.exitReason == .exited(65) && closed.errorText.contains("stdin is closed"))
    }

    @Test("one file in two roles is refused, by whatever path, and so are rejects that are gone")
    func roles() throws {
        let path = try scratch.write(lines: ["{}", #"{"cpf":"#], to: "rows.ndjson")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path("link"), withDestinationPath: scratch.path("."))
        for (rejects, state) in [
            (scratch.path("x"), scratch.path("x")), (scratch.path("x"), scratch.path("link/x")),
            (scratch.path("link/rows.ndjson"), scratch.path("x")),
            (scratch.path("x"), scratch.path("link/rows.ndjson")),
            (scratch.path("x.part"), scratch.path("x")),
        ] {
            let outcome = try start(["persons", path, "--rejects", rejects, "--resume", state]).finish()
            #expect(outcome.exitReason == .exited(64) && outcome.errorText.contains("are one file"))
        }
        let arguments = ["persons", path, "--rejects", scratch.path("r"), "--resume", scratch.path("s")]
        // The last line may still be written to its end.
        for (text, rejected, ending) in [
            ("{}\n{\"cpf\":", 1, "unfinished_row"), ("{}\n{\"cpf\":1}\n", 2, "complete"),
        ] {
            _ = try scratch.write(text: text, to: "rows.ndjson")
            let summary = try Tree(start(arguments).finish().output)
            #expect(count("rejected", summary) == rejected && summary["ended"]?.string == ending, "\(summary)")
        }
        try FileManager.default.removeItem(atPath: scratch.path("r"))
        let gone = try start(arguments).finish()
        #expect(gone.exitReason == .exited(64) && gone.errorText.contains("put the file back"), "\(gone.errorText)")
    }

    @Test("a debt that is there is not updated by a row that expects a version of its person")
    func expectedVersion() throws {
        let person = try #require(sample.persons.first)
        let cpf = try #require(person["cpf"]?.string)
        func debt(_ cents: Int, _ rest: String) -> String {
            #"{"cpf":"\#(cpf)","creditor":"B","amountCents":\#(cents),"annualInterestBasisPoints":0,"#
                + #""dueDate":"2030-01-01","status":"open","contractId":"C-1"\#(rest)}"#
        }
        _ = try summary("persons", scratch.write(lines: ["\(person)"], to: "persons.ndjson"))
        let path = try scratch.write(
            lines: [debt(5, "")], to: "debts.ndjson")
        _ = try summary("debts", path)
        let late = try scratch.write(
            lines: [1, 2].map { debt(7, #","expectedVersion":\#($0)"#) } + [debt(9, "")], to: "late.ndjson")
        let summary = try summary("debts", late, "--on-conflict", "update", exit: 1)
        #expect(count("rejected", summary) == 2 && count("updated", summary) == 1, "\(summary)")
    }

    @Test("a role that may not create persons stops at once")
    func forbidden() throws {
        let path = try file(of: "person.create", "persons.ndjson")
        let summary = try summary("persons", path, "--role", "auditor", exit: 1)
        #expect(summary["ended"]?.string == "forbidden" && count("imported", summary) == 0, "\(summary)")
    }
}
