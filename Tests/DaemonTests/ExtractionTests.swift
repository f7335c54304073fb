import Foundation
import Testing
import Transcripts

/// `creditd features extract`, from a home to files.
@Suite("Extraction")
struct ExtractionTests: ExtractionSuite {
    let scratch: ScratchFolder
    let sample: BureauSample

    init() throws {
        scratch = try ScratchFolder()
        sample = try BureauSample.shared.get()
    }

    @Test("every person has a row with every column, and no output, log or file tells who they are")
    func everybody() throws {
        try fill(people: 200)
        let all = try extract("--format", "ndjson", "--log-level", "trace")
        let lines = all.text.split(separator: "\n")
        #expect(lines.count == 200)
        let names = try lines.map { line -> [String] in
            guard case .object(let members) = try Tree(Array(line.utf8)) else { return [] }
            return members.map(\.key)
        }
        #expect(Set(names).count == 1 && names[0].count == 33, "the same columns in each row")
        #expect(names[0].prefix(3) == ["id", "asOf", "age"])
        let inBaseB = try extract("--bases", "b", "--out", scratch.path("rows.csv"), "--resume", scratch.path("state"))
        #expect(inBaseB.output.isEmpty)
        let file = try String(contentsOfFile: scratch.path("rows.csv"), encoding: .utf8)
        #expect(file.hasPrefix("id,asOf,age,income,assets,housing,employmentTenure,incomeSources,assetsPaidOffShare\n"))
        #expect(file.split(separator: "\n").count == 201)
        let mode = try FileManager.default.attributesOfItem(atPath: scratch.path("rows.csv"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(!left.contains { $0.hasPrefix("state") || $0.hasSuffix(".part") }, "\(left)")

        let personal = try PersonalTexts(of: sample).write(in: scratch)
        let search = FileSearch(personal, in: scratch)
        for text in [all.text, all.errorText, inBaseB.errorText, file] {
            let path = try scratch.write(text: text, to: "searched")
            try search.expectNothing(below: path, "in what the extraction gave")
            // A row tells the year of a birth at most by an age of five years.
            #expect(!text.contains(#/(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?!T)/#))
        }
        let audit = try ChildProcess.creditd(["audit", "export"], in: scratch).finish().text
        let act =
            #""method":"features.extract --study study","purpose":"credit_protection","groups":[],"outcome":"done","#
        #expect(audit.contains(act + #""count":200"#))
    }

    @Test("two studies have no identifier in common, and neither the order of their rows; one study keeps its own")
    func studies() throws {
        try fill(people: 100)
        let first = rows(try extract("--bases", "b"))
        let again = rows(try extract("--bases", "a,b"))
        let other = rows(try extract("--bases", "b", study: "other"))
        #expect(Set(first.map { $0[0] }) == Set(again.map { $0[0] }))
        #expect(Set(first.map { $0[0] }).isDisjoint(with: other.map { $0[0] }))
        #expect(first.map { $0[0] } == first.map { $0[0] }.sorted())
        #expect(first.map { Array($0.dropFirst(2)) } != other.map { Array($0.dropFirst(2)) })
    }

    @Test(
        "what occurred or was recorded after the instant, in any order, changes no byte", arguments: TableForm.allCases)
    func later(_ form: TableForm) throws {
        try fill(people: 60)
        let asOf = Self.now()
        let arguments = ["--as-of", asOf, "--format", form.rawValue]
        let before = try start(arguments).finish()
        #expect(before.exitReason == .exited(0) && before.output.count > 1000, "\(before.errorText)")
        let people = sample.cpfs.prefix(60)
        var later: [TestRequest] = []
        for (index, cpf) in people.enumerated() {
            let debt =
                #"{"creditor":"Banco","amountCents":5000,"annualInterestBasisPoints":0,"#
                + #""dueDate":"2026-01-05","status":"overdue"}"#
            later.append(try TestRequest(id: 3 * index, "debt.add", #"{"cpf":"\#(cpf)","debt":\#(debt)}"#))
            later.append(
                try TestRequest(
                    id: 3 * index + 1, "event.record",
                    #"{"cpf":"\#(cpf)","kind":"bureau_query","occurredAt":"2026-11-01T00:00:00Z","bureau":"B","#
                        + #""requester":"Loja \#(index)"}"#))
        }
        later += sample.requests(of: "person.create", "profile.put").filter { request in
            request.params["cpf"]?.string.map(sample.cpfs[60..<100].contains) ?? false
        }
        try serve(later.shuffled())
        let after = try start(arguments).finish()
        #expect(after.output == before.output)
        #expect(after.errorText.contains(#""recordedLater":40"#), "\(after.errorText)")
        let now = try start(["--format", form.rawValue]).finish()
        #expect(now.output != before.output)
    }

    /// The forms of rows.
    enum TableForm: String, CaseIterable { case csv, ndjson, arrow }

    @Test("why there is no value stands beside it, or in its place")
    func reasons() throws {
        try fill(people: 30)
        let only = ["--only", "settledShare,monthsSinceLastOverdue"]
        let plain = rows(try start(only).finish())
        let columns = rows(try start(only + ["--reasons", "columns"]).finish())
        let cells = rows(try start(only + ["--reasons", "cells"]).finish())
        #expect(plain.contains { $0[3].isEmpty })
        #expect(columns.map { [$0[2], $0[4]] } == plain.map { [$0[2], $0[3]] })
        #expect(columns.allSatisfy { $0[2].isEmpty != $0[3].isEmpty && $0[4].isEmpty != $0[5].isEmpty })
        #expect(cells.map { Array($0[2...]) } == columns.map { [$0[2] + $0[3], $0[4] + $0[5]] })
    }

    @Test("rows in groups of fewer than --k people are left out, and counted")
    func cells() throws {
        try fill(people: 200)
        let all = rows(try extract("--bases", "b"))
        let outcome = try extract("--bases", "b", "--k", "5")
        let kept = rows(outcome)
        #expect(!kept.isEmpty && kept.count < all.count)
        #expect(Set(all.map { $0[0] }).isSuperset(of: kept.map { $0[0] }))
        #expect(outcome.errorText.contains(#""inSmallCells":\#(all.count - kept.count)"#), "\(outcome.errorText)")
        // Age, housing and the power of two of the income.
        func cell(_ row: [String]) -> String {
            let hundreds = (Int(row[3]) ?? 0) / 10_000
            return "\(row[2]) \(row[5]) \(Int.bitWidth - hundreds.leadingZeroBitCount)"
        }
        let counts = Dictionary(grouping: all, by: cell).mapValues(\.count)
        #expect(kept.count == all.count { (counts[cell($0)] ?? 0) >= 5 })
    }

    @Test("a person counts once in a group, with however many rows")
    func cellsOfPeople() throws {
        try fill(people: 2)
        let filled = Date.now
        let lines = (0..<20).map { "\(sample.cpfs[0]),\(Self.text(of: filled + 0.000_01 * Double($0))),0" }
        let path = try scratch.write(lines: ["cpf,asOf,bad"] + lines, to: "labels.csv")
        let outcome = try extract("--labels", path, "--as-of", Self.now(), "--k", "2")
        #expect(rows(outcome).isEmpty && outcome.errorText.contains(#""inSmallCells":20"#), "\(outcome.errorText)")
    }

    @Test("labels join the rows of their people by their CPFs, which stay where they are")
    func labels() throws {
        try fill(people: 20)
        let lines = sample.cpfs.prefix(10).enumerated().map { "\($0.element),\($0.offset % 2)" }
        let path = try scratch.write(lines: ["cpf,bad"] + lines + ["52998224725,1"], to: "labels.csv")
        let outcome = try extract("--labels", path, "--bases", "a,b")
        #expect(outcome.text.hasPrefix("id,asOf,bad,age,"))
        #expect(rows(outcome).count == 10 && rows(outcome).count { $0[2] == "1" } == 5)
        #expect(outcome.errorText.contains(#""unknown":1"#))
        let personal = try PersonalTexts(of: sample).write(in: scratch)
        let given = try scratch.write(text: outcome.text + outcome.errorText, to: "searched")
        try FileSearch(personal, in: scratch).expectNothing(below: given, "in what the extraction gave")

        let wrong = try scratch.write(lines: ["cpf,bad", "52998224725,0", "52998224724,1"], to: "wrong.csv")
        let refused = try start(["--labels", wrong]).finish()
        #expect(refused.exitReason == .exited(65))
        #expect(refused.errorText.contains("line 3 of the labels: the CPF is wrong"))
        #expect(!refused.errorText.contains("52998224724"))
    }

    @Test("a CPF has one outcome at an instant", arguments: [("0", "repeats"), ("1", "contradicts")])
    func repeatedLabels(_ bad: String, _ verb: String) throws {
        let day = "2026-01-05"
        let lines = [
            "cpf,bad,asOf", "52998224725,0,\(day)", "52998224725,1,2026-01-06", "52998224725,\(bad),\(day)T03:00:00Z",
        ]
        let path = try scratch.write(lines: lines, to: "labels.csv")
        let refused = try start(["--labels", path]).finish()
        #expect(refused.exitReason == .exited(65) && refused.output.isEmpty)
        #expect(refused.errorText.contains("line 4 of the labels \(verb) line 2"), "\(refused.errorText)")
        #expect(!refused.errorText.contains("52998224725"))
    }

    @Test("movements and purchases are those of people who consent to the requester and the purpose, as in a score")
    func consents() throws {
        let people = Array(sample.cpfs.prefix(3))
        try fill(people: 3)
        let purchases = try people.enumerated().map { index, cpf in
            try TestRequest(
                id: index, "event.record",
                """
                {"cpf":"\(cpf)","kind":"card_purchase","occurredAt":"\(Self.text(of: .now - 86_400))",\
                "amountCents":700,"merchantCategoryCode":"5411","installments":1,"approved":true}
                """)
        }
        let consent = try TestRequest(
            id: 9, "consent.grant",
            #"{"cpf":"\#(people[1])","requester":"Loja Exemplo","purpose":"credit_protection"}"#)
        try serve(purchases + [consent])
        let path = try scratch.write(lines: ["cpf,bad"] + people.map { "\($0),0" }, to: "labels.csv")
        let only = ["--only", "cardSpend90,inquiries30", "--requester"]
        for labels in [[], ["--labels", path]] {
            let granted = try start(labels + only + ["LOJA  exemplo"]).finish()
            let told = rows(granted).compactMap(\.last)
            #expect(told.count == 3 && told.count { $0.isEmpty } == 2, "\(granted.errorText)")
            #expect(granted.errorText.contains(#""withoutConsent":2"#), "\(granted.errorText)")
            let other = try start(labels + only + ["Outra Loja"]).finish()
            #expect(rows(other).count { $0.last == "" } == 3, "\(other.errorText)")
            #expect(other.errorText.contains(#""withoutConsent":3"#))
        }
        let ofOthers = try start(["--only", "inquiries30"]).finish()
        #expect(ofOthers.errorText.contains(#""withoutConsent":0"#), "\(ofOthers.errorText)")
    }

    @Test("a pace holds for every walk, and delays none of a store that charges nothing")
    func pace() throws {
        try fill(people: 3)
        let path = try scratch.write(lines: ["cpf,bad", "\(sample.cpfs[0]),0"], to: "labels.csv")
        #expect(rows(try extract("--labels", path, "--max-read-units", "1")).count == 1)
        for bases in ["b", "a,b", "a,b,c"] {
            #expect(rows(try extract("--bases", bases, "--max-read-units", "1")).count == 3)
        }
    }

    @Test("of now everything is known, also of a home whose events do not tell when they were recorded")
    func releasedHome() throws {
        let home = Repository.path("Tests/DaemonTests/Released/0.1.0/home")
        try FileManager.default.copyItem(atPath: home, toPath: scratch.home)
        for base in ["a", "b", "c"] { #expect(chmod("\(scratch.home)/base-\(base).keyring", 0o600) == 0) }
        let cells = try extract("--reasons", "cells")
        #expect(!rows(cells).isEmpty && !cells.text.contains("not_known_then"), "\(cells.text)")
        #expect(cells.errorText.contains(#""notKnownThen":0"#), "\(cells.errorText)")
        let past = try extract("--reasons", "cells", "--as-of", "2026-11-29T03:00:00Z")
        #expect(past.text.contains("not_known_then"), "an instant that is named is not now")
    }

    @Test("who may not develop scorecards, or states no purpose or an unfit one, gets nothing")
    func refusals() throws {
        try fill(people: 2)
        for role in ["credit_analyst", "privacy_officer", "auditor", "collector"] {
            let refused = try start(["--role", role]).finish()
            #expect(refused.exitReason == .exited(64) && refused.output.isEmpty, "\(role): \(refused.errorText)")
        }
        let command = ["features", "extract", "--study", "s"]
        for arguments in [
            command, command + ["--purpose", "data_subject_request"],
            ["features", "extract", "--purpose", "credit_protection"],
            ["features", "extract", "--study", "52998224725", "--purpose", "credit_protection"],
            command + ["--purpose", "credit_protection", "--only", "sex"],
            command + ["--purpose", "credit_protection", "--max-read-units", "1e-300"],
            command + ["--purpose", "credit_protection", "--max-read-units", "inf"],
            command + ["--purpose", "credit_protection", "--max-read-units", "nan"],
            command + ["--purpose", "credit_protection", "--as-of", "2999-01-01"],
        ] {
            let refused = try ChildProcess.creditd(arguments, in: scratch).finish()
            #expect(refused.exitReason == .exited(64) && refused.output.isEmpty, "\(arguments): \(refused.errorText)")
        }
    }

    @Test("types are printed for each reader without a store", arguments: ["duckdb", "polars", "pandas"])
    func types(_ reader: String) throws {
        let outcome = try ChildProcess.creditd(
            ["features", "extract", "--print-schema", reader, "--only", "income,housing"], in: scratch
        ).finish()
        let expected = [
            "duckdb": "{'id': 'VARCHAR', 'asOf': 'VARCHAR', 'income': 'BIGINT', 'housing': 'VARCHAR'}\n",
            "polars": "{\"id\": pl.String, \"asOf\": pl.String, \"income\": pl.Int64, \"housing\": pl.String}\n",
            "pandas": "{\"id\": \"string\", \"asOf\": \"string\", \"income\": \"Int64\", \"housing\": \"string\"}\n",
        ]
        #expect(outcome.text == expected[reader])
        #expect(!FileManager.default.fileExists(atPath: scratch.home))
    }
}
