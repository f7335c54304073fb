import Testing
import Transcripts

/// `--clock` and `--seed`: the same input is answered with the same bytes.
@Suite("Reproducible runs")
struct ReproducibilityTests {
    private let clock = ["--clock", "2026-01-02T03:04:05Z"]

    /// Writes and reads about several persons on all bases, whose answers have times and new identifiers.
    private var script: [UInt8] {
        let cpfs = ["52998224725", "39053344705", "11144477735"]
        let address = """
            {"postalCode":"20040002","street":"Rua A","number":"1","district":"Centro","city":"Rio de Janeiro","state":"RJ"}
            """
        var lines: [String] = []
        func add(_ method: String, _ cpf: String, _ members: String = "") {
            let params = #"{"cpf":"\#(cpf)"\#(members.isEmpty ? "" : ",")\#(members)}"#
            lines.append(#"{"jsonrpc":"2.0","id":\#(lines.count),"method":"\#(method)","params":\#(params)}"#)
        }
        for cpf in cpfs {
            add(
                "person.create", cpf,
                #""name":"Ana","surname":"Lima","birthDate":"1959-01-01","address":\#(address)"#)
            add(
                "profile.put", cpf,
                #""birthDate":"1959-01-01","address":\#(address),"housing":"own","assets":[],"incomeSources":[]"#)
        }
        for round in 1...3 {
            for cpf in cpfs {
                add(
                    "debt.add", cpf,
                    #""debt":{"creditor":"Banco","creditorCnpj":"16727230000197","amountCents":\#(round),"#
                        + #""annualInterestBasisPoints":2400,"dueDate":"2030-06-30","status":"open"}"#)
                add(
                    "event.record", cpf,
                    #""kind":"bureau_query","occurredAt":"2026-01-01T00:00:00Z","bureau":"B","requester":"R""#)
                add("score.compute", cpf)
                add("event.history", cpf)
                add("debt.list", cpf, #""purpose":"credit_protection""#)
                add("score.history", cpf)
            }
        }
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    private func output(_ arguments: [String]) throws -> [UInt8] {
        let outcome = try ChildProcess.serve(script, arguments, in: ScratchFolder())
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        return outcome.output
    }

    @Test("under a clock that was set back, nothing is updated before it was created")
    func clockSetBack() throws {
        let scratch = try ScratchFolder()
        let first = try ChildProcess.serve(script, ["--clock", "2026-02-01T00:00:00Z"], in: scratch)
        #expect(first.exitReason == .exited(0))
        let cpf = #""cpf":"52998224725""#
        let debtIDs = try Responses(first.output).all.compactMap { $0.value(at: "/result/debtId")?.string }
        let debtID = try #require(debtIDs.first)
        let lines = [
            #"{"jsonrpc":"2.0","id":1,"method":"person.update","params":{\#(cpf),"patch":{"name":"Eva"}}}"#,
            #"{"jsonrpc":"2.0","id":2,"method":"profile.update","params":{\#(cpf),"patch":{"housing":"rent"}}}"#,
            #"{"jsonrpc":"2.0","id":3,"method":"debt.update","params":{\#(cpf),"debtId":"\#(debtID)","#
                + #""patch":{"amountCents":9}}}"#,
            #"{"jsonrpc":"2.0","id":4,"method":"person.get","params":{\#(cpf),"purpose":"credit_protection"}}"#,
            #"{"jsonrpc":"2.0","id":5,"method":"profile.get","params":{\#(cpf)}}"#,
        ]
        let second = try ChildProcess.serve(
            Array(lines.map { $0 + "\n" }.joined().utf8), ["--ordered", "--clock", "2026-01-01T00:00:00Z"], in: scratch)
        let answers = try Responses(second.output).all
        try #require(answers.count == 5 && answers.allSatisfy { $0["result"] != nil }, "\(second.text)")
        var records = [try #require(answers[3]["result"]), try #require(answers[4]["result"])]
        if case .array(let debts)? = records[0]["debts"] { records += debts }
        #expect(records.count > 2)
        for record in records {
            let times = [record["createdAt"]?.string, record["updatedAt"]?.string]
            #expect(times == Array(repeating: "2026-02-01T00:00:00Z", count: 2))
        }
    }

    @Test("the same input, clock and seed give the same bytes, in one piece or byte by byte")
    func sameBytes() throws {
        let arguments = clock + ["--seed", "7"]
        let first = try output(arguments)
        #expect(
            try Responses(first).all.allSatisfy { $0["result"] != nil }, "\(String(decoding: first, as: UTF8.self))")
        #expect(try output(arguments) == first)
        let daemon = try ChildProcess.creditd(arguments, in: ScratchFolder())
        for byte in script {
            daemon.write([byte])
            try #require(daemon.advance(isPolled: true) { daemon.hasTakenAll })
        }
        #expect(daemon.finish().output == first)
    }

    @Test("another seed gives other identifiers and the same times")
    func otherSeed() throws {
        func values(_ name: String, seed: String) throws -> Set<String> {
            let text = String(decoding: try output(clock + ["--seed", seed]), as: UTF8.self)
            return Set(
                try text.matches(of: Regex(#""\#(name)":"([^"]+)""#, as: (Substring, Substring).self)).map {
                    String($0.1)
                })
        }
        let identifiers = try values("eventId", seed: "1")
        #expect(identifiers.count == 9)
        #expect(try identifiers.isDisjoint(with: values("eventId", seed: "2")))
        #expect(try values("createdAt", seed: "1") == ["2026-01-02T03:04:05Z"])
    }

    @Test("a home of an earlier run is refused, because its identifiers would be given out again")
    func usedHome() throws {
        let scratch = try ScratchFolder()
        let arguments = clock + ["--seed", "7"]
        #expect(try ChildProcess.serve(script, arguments, in: scratch).exitReason == .exited(0))
        let again = try ChildProcess.serve(script, arguments, in: scratch)
        #expect(again.exitReason == .exited(64))
        #expect(again.errorText.contains("needs a new home"), "\(again.errorText)")
        #expect(again.output.isEmpty)
    }

    @Test("identifiers of one instant increase, so that a history has the order of the writes")
    func order() throws {
        let responses = try Responses(output(clock + ["--seed", "7"]))
        let recorded = responses.all.compactMap {
            $0["result"]?["recorded"] != nil ? $0["result"]?["eventId"]?.string : nil
        }
        #expect(recorded.count == 9)
        #expect(recorded == recorded.sorted())
    }

    @Test(
        "stores that are not embedded, malformed times and malformed numbers are refused",
        arguments: [
            ["--seed", "7", "--base-a", "postgresql:///none"], ["--seed", "7", "--base-b", "dynamodb://none"],
            ["--clock", "2026-01-02T03:04:05Z", "--base-c", "redis://none"], ["--clock", "noon"], ["--seed", "-1"],
        ])
    func refused(arguments: [String]) throws {
        let outcome = try ChildProcess.serve([], arguments, in: ScratchFolder())
        #expect(outcome.exitReason == .exited(64))
        #expect(outcome.output.isEmpty)
    }
}
