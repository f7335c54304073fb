import Foundation
import JSON
import Testing
import Transcripts

/// Scores by scorecards of a folder, as a bureau brings them.
@Suite("Served scores")
struct ServedScoreTests {
    private let scratch: ScratchFolder
    private let folder: String

    init() throws {
        scratch = try ScratchFolder()
        folder = scratch.path("schema")
        try FileManager.default.copyItem(atPath: Repository.path("schema"), toPath: folder)
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/scorecards") {
            try FileManager.default.removeItem(atPath: "\(folder)/scorecards/\(name)")
        }
    }

    /// A card with one bin that costs points for each characteristic, from a bound up.
    private func write(
        _ model: String, version: Int = 1, role: String = "champion", _ characteristics: [(name: String, from: Int)],
        best: Int = 100
    ) throws {
        let list = characteristics.map { name, from in
            """
            {"characteristic": "\(name)", "baseline": \(best),
             "bins": [{"to": \(from), "points": \(best)},
                      {"from": \(from), "points": 0, "reason": {"code": "\(name)", "pt-BR": "alto", "en": "high"}}],
             "missing": {"no_record": {"points": \(best)}, "not_applicable": {"points": \(best)},
                         "truncated": {"points": 0}, "not_known_then": {"points": 0}}}
            """
        }
        let readsPurchases = characteristics.contains { $0.name.hasPrefix("card") }
        let card = """
            {"format": 2, "model": "\(model)", "version": \(version), "role": "\(role)", "usesAge": false,
             "requiresConsent": \(readsPurchases), "basePoints": 300, "characteristics": [\(list.joined(separator: ","))]}
            """
        try card.write(toFile: "\(folder)/scorecards/\(model).json", atomically: true, encoding: .utf8)
    }

    private func serve(_ requests: [TestRequest], clock: Bool = false) throws -> ChildProcess.Outcome {
        let lines = Array(requests.map(\.line).joined())
        let options = ["--schema", folder, "--ordered"] + (clock ? ["--clock", "2026-11-30T12:00:00Z"] : [])
        return try ChildProcess.serve(lines, options, in: scratch)
    }

    private static let address =
        #"{"postalCode":"01310100","street":"Avenida Paulista","number":"1","city":"São Paulo","state":"SP"}"#

    private func profile(_ id: Int, _ cpf: String) throws -> TestRequest {
        try TestRequest(
            id: id, "profile.put",
            """
            {"cpf":"\(cpf)","birthDate":"1980-01-01","address":\(Self.address),"housing":"own","assets":[],\
            "incomeSources":[{"kind":"salary","monthlyAmountCents":620000}]}
            """)
    }

    private func person(_ id: Int, _ cpf: String, overdue: Int) throws -> TestRequest {
        let debts = (0..<overdue).map { number in
            """
            {"creditor":"Banco \(number)","amountCents":100000,"annualInterestBasisPoints":1200,\
            "dueDate":"2025-0\(1 + number % 9)-10","status":"overdue"}
            """
        }
        return try TestRequest(
            id: id, "person.create",
            """
            {"cpf":"\(cpf)","name":"Ana","surname":"Souza","birthDate":"1980-01-01","address":\(Self.address),\
            "debts":[\(debts.joined(separator: ","))]}
            """)
    }

    private func compute(_ id: Int, _ cpf: String, _ more: String = "") throws -> TestRequest {
        try TestRequest(id: id, "score.compute", #"{"cpf":"\#(cpf)"\#(more)}"#)
    }

    @Test("the scores that were answered are those that are monitored, by their inputs")
    func monitored() throws {
        let cpf = "52998224725"
        try write("m", [("income", 1000), ("incomeSources", 1)])
        let day = #""from":"2026-11-30T00:00:00Z","to":"2026-12-01T00:00:00Z""#
        let same = #""baselineFrom":"2026-11-30T00:00:00Z","baselineTo":"2026-12-01T00:00:00Z""#
        _ = try serve(try [profile(1, cpf)] + (0..<120).map { try compute(1000 + $0, cpf) }, clock: true)
        let questions = [
            try TestRequest(id: 2, "model.monitor", "{\(day)}"),
            try TestRequest(id: 3, "model.monitor", "{\(day),\(same)}"),
        ]
        let answers = try Responses(try serve(questions, clock: true).output)
        let (alone, beside) = (try #require(answers.result("2")), try #require(answers.result("3")))
        func scores(_ span: Tree?) -> String { span?["scores"].map { "\($0)" } ?? "none" }
        #expect(scores(alone["window"]) == "120" && scores(alone["baseline"]) == "0" && alone["psi"] == nil)
        #expect(scores(beside["window"]) == "120" && scores(beside["baseline"]) == "120")
        #expect(beside["psi"]?["reading"]?.string == "within_chance", "\(beside)")
        let characteristics = beside["characteristics"]?.elements.compactMap { $0["characteristic"]?.string }
        #expect(characteristics == ["income", "incomeSources"])
    }

    @Test(
        "the twin with twelve overdue debts, thirty queries and refused purchases scores lower, with those reasons first"
    )
    func twin() throws {
        let (clean, other) = ("52998224725", "39053344705")
        try write("all", [("overdueDebts", 1), ("inquiries90", 10), ("cardDeclinedShare90", 20), ("income", 1000)])
        var requests = [
            try profile(11, clean), try profile(12, other), try person(13, clean, overdue: 0),
            try person(14, other, overdue: 12),
        ]
        for number in 0..<30 {
            let day = 1 + number % 28
            let at = "2026-11-\(day < 10 ? "0" : "")\(day)T0\(number / 28):00:00Z"
            requests.append(
                try TestRequest(
                    id: 1000 + number, "event.record",
                    """
                    {"cpf":"\(other)","kind":"bureau_query","occurredAt":"\(at)","bureau":"Serasa",\
                    "requester":"Loja \(number)"}
                    """))
            requests.append(
                try TestRequest(
                    id: 2000 + number, "event.record",
                    """
                    {"cpf":"\(other)","kind":"card_purchase","occurredAt":"\(at)","amountCents":500,\
                    "merchantCategoryCode":"5411","installments":1,"approved":false}
                    """))
        }
        requests.append(try consent(3000, other, to: "Loja Exemplo"))
        let purpose = #","purpose":"credit_application","requester":"LOJA exemplo""#
        requests += [
            try compute(1, clean, purpose), try compute(2, other, purpose), try compute(3, other),
        ]
        let outcome = try serve(requests, clock: true)
        let answers = try Responses(outcome.output)
        let (best, worst) = (try #require(answers.result("1")), try #require(answers.result("2")))
        // The income costs both of them.
        #expect("\(best["score"].map { "\($0)" } ?? "")" == "600", "\(best)")
        #expect("\(worst["score"].map { "\($0)" } ?? "")" == "300", "\(worst)")
        #expect(best["reasons"]?.elements.compactMap { $0["characteristic"]?.string } == ["income"])
        let reasons = try #require(worst["reasons"]?.elements)
        #expect(
            reasons.compactMap { $0["characteristic"]?.string }
                == ["overdueDebts", "inquiries90", "cardDeclinedShare90", "income"])
        #expect(reasons.allSatisfy { $0["text"]?["pt-BR"]?.string == "alto" && $0["kind"]?.string == "low" })
        let violation = answers.byID["3"]?["error"]?["data"]?["violations"]?.elements.first
        #expect(violation?["reason"]?.string == "missing_member", "a card over base A or C needs a purpose")
    }

    private func consent(_ id: Int, _ cpf: String, to requester: String) throws -> TestRequest {
        try TestRequest(
            id: id, "consent.grant",
            #"{"cpf":"\#(cpf)","requester":"\#(requester)","purpose":"credit_application"}"#)
    }

    @Test("without the person's consent to the requester and the purpose, purchases have no part, and it is told")
    func consents() throws {
        let cpf = "52998224725"
        try write("ours", [("cardDeclinedShare90", 20)])
        let purchase = try TestRequest(
            id: 10, "event.record",
            """
            {"cpf":"\(cpf)","kind":"card_purchase","occurredAt":"2026-11-20T12:00:00Z","amountCents":500,\
            "merchantCategoryCode":"5411","installments":1,"approved":false}
            """)
        let (asked, other) = (#""requester":"Loja Exemplo""#, #""requester":"Outra Loja""#)
        let forCredit = #","purpose":"credit_application","#
        let explain = #"{"cpf":"\#(cpf)","language":"en","purpose":"data_subject_request"}"#
        let requests = [
            try profile(11, cpf), try person(12, cpf, overdue: 0), purchase, try compute(1, cpf, forCredit + asked),
            try TestRequest(id: 2, "score.explain", explain), try consent(13, cpf, to: "Loja Exemplo"),
            try compute(3, cpf, forCredit + asked), try compute(4, cpf, forCredit + other),
            try compute(5, cpf, #","purpose":"credit_protection","# + asked),
            try TestRequest(
                id: 6, "score.preview", #"{"cpf":"\#(cpf)","purpose":"data_subject_request"}"#),
            try TestRequest(id: 7, "score.explain", explain),
        ]
        let answers = try Responses(try serve(requests, clock: true).output)
        func score(_ id: String) -> String { answers.result(id)?["score"].map { "\($0)" } ?? "none" }
        #expect([score("1"), score("3"), score("4"), score("5"), score("6")] == ["400", "300", "400", "400", "300"])
        func leftOut(_ id: String) -> [String] {
            answers.result(id)?["leftOut"]?.elements.compactMap { $0["cause"]?.string } ?? []
        }
        #expect(leftOut("2") == ["later", "consent"])
        #expect(leftOut("7") == ["later", "consent"], "the last score that was kept is the one without a consent")
    }

    @Test("what was left out is counted as of the score, without debts that came or changed since")
    func leftOutThen() throws {
        let cpf = "52998224725"
        try write("ours", [("overdueDebts", 3)])
        func debt(_ id: Int, _ status: String, due: String) throws -> TestRequest {
            try TestRequest(
                id: id, "debt.add",
                """
                {"cpf":"\(cpf)","debt":{"creditor":"Banco \(id)","amountCents":100000,\
                "annualInterestBasisPoints":1200,"dueDate":"\(due)","status":"\(status)"}}
                """)
        }
        let explain = #"{"cpf":"\#(cpf)","language":"en","purpose":"data_subject_request"}"#
        let requests = [
            try profile(11, cpf), try person(12, cpf, overdue: 1), try debt(13, "disputed", due: "2025-05-10"),
            try debt(14, "overdue", due: "2015-05-10"), try debt(17, "open", due: "2016-05-10"),
            try compute(1, cpf, #","purpose":"credit_application""#),
            try debt(15, "disputed", due: "2025-06-10"), try debt(16, "overdue", due: "2014-05-10"),
            try TestRequest(id: 2, "score.explain", explain),
        ]
        let outcome = try serve(requests)
        let explanation = try Responses(outcome.output).result("2")
        let told = explanation?["leftOut"]?.elements ?? []
        let counts = told.filter { $0["count"] != nil }.map { "\($0["cause"]?.string ?? "") \($0["count"]!)" }
        #expect(counts == ["disputed 1", "withheld_by_law 2"], "\(told) \(outcome.errorText)")
        let creditors = explanation?["creditors"]?.elements.compactMap(\.string) ?? []
        #expect(!creditors.isEmpty && !creditors.contains("Banco 17"), "\(creditors)")
    }

    @Test("a requester is one however its name is written in case and white space")
    func requesters() throws {
        try write("ours", [("income", 1000)])
        let cpf = "52998224725"
        let queries = try ["Banco Um", "BANCO  UM ", "Banco Dois"].enumerated().map { number, requester in
            try TestRequest(
                id: 10 + number, "event.record",
                """
                {"cpf":"\(cpf)","kind":"bureau_query","occurredAt":"2026-11-20T12:00:00Z","bureau":"Serasa",\
                "requester":"\(requester)"}
                """)
        }
        let features = try TestRequest(
            id: 1, "features.get",
            #"{"cpf":"\#(cpf)","purpose":"credit_application"}"#)
        let outcome = try serve([profile(2, cpf)] + queries + [features], clock: true)
        let found = try Responses(outcome.output).result("1")
        let count = found?["characteristics"]?["inquiryRequesters90"].map { "\($0)" }
        #expect(count == "2", "\(outcome.errorText)")
    }

    @Test("a changed card under the name and version that have served refuses to start, and a new version serves")
    func changedCard() throws {
        try write("ours", [("income", 1000)])
        #expect(try serve([profile(1, "52998224725"), compute(2, "52998224725")]).exitReason == .exited(0))
        try write("ours", [("income", 1001)])
        let refused = try serve([compute(3, "52998224725")])
        #expect(refused.exitReason == .exited(78) && refused.output.isEmpty)
        #expect(refused.errorText.contains("ours version 1"), "\(refused.errorText)")
        try write("ours", version: 2, [("income", 1001)])
        let served = try serve([compute(4, "52998224725")])
        #expect(try Responses(served.output).result("4") != nil, "\(served.errorText)")
    }

    @Test("a shadow that is made the champion is the same card, and serves")
    func promoted() throws {
        try write("old", [("income", 1000)])
        try write("new", role: "shadow", [("assets", 1000)])
        let first = try serve([profile(1, "52998224725"), compute(2, "52998224725", #","model":"old""#)])
        #expect(try Responses(first.output).result("2")?["model"]?["name"]?.string == "old")
        try write("old", role: "shadow", [("income", 1000)])
        try write("new", [("assets", 1000)])
        let second = try serve([
            compute(3, "52998224725", #","model":"new""#), compute(4, "52998224725", #","model":"old""#),
            TestRequest(id: 5, "score.preview", #"{"cpf":"52998224725","model":"old"}"#),
            TestRequest(id: 6, "score.history", #"{"cpf":"52998224725"}"#),
        ])
        let answers = try Responses(second.output)
        #expect(answers.result("3")?["model"]?["name"]?.string == "new", "\(second.errorText)")
        let refusal = answers.byID["4"]?["error"]?["data"]?["violations"]?.elements.first
        #expect(refusal?["reason"]?.string == "shadow_model")
        #expect(answers.result("5")?["model"]?["name"]?.string == "old")
        let models = answers.result("6")?["scores"]?.elements.compactMap { $0["model"]?["name"]?.string }
        #expect(models == ["new", "old"], "what a shadow scores is in no answer")
    }

    @Test("a unit or a kind of values that the catalogue does not have is named and refuses to start", arguments: 0..<3)
    func catalogued(flaw: Int) throws {
        let name = flaw == 1 ? "housing" : "income"
        try write("ours", [(name, 1000)])
        let path = "\(folder)/scorecards/ours.json"
        var card = try String(contentsOfFile: path, encoding: .utf8)
        switch flaw {
        case 0: card.replace(#""baseline""#, with: #""unit": "years", "baseline""#)
        case 1: break
        default:
            card.replace(
                /"bins": [^\]]*\]/, with: #""categories": [{"values": ["a"], "points": 1}], "other": {"points": 0}"#)
        }
        try card.write(toFile: path, atomically: true, encoding: .utf8)
        let outcome = try serve([TestRequest(id: 1, "system.ping")])
        #expect(outcome.exitReason == .exited(78) && outcome.output.isEmpty, "\(outcome.errorText)")
        #expect(outcome.errorText.contains("ours: \(name): "), "\(outcome.errorText)")
    }

    @Test("a fifth shadow, a second champion and an unknown characteristic refuse to start", arguments: 0..<3)
    func refused(flaw: Int) throws {
        try write("ours", [("income", 1000)])
        switch flaw {
        case 0: for number in 1...5 { try write("shadow\(number)", role: "shadow", [("income", number)]) }
        case 1: try write("theirs", [("income", 2)])
        default: try write("odd", role: "shadow", [("shoeSize", 43)])
        }
        let outcome = try serve([TestRequest(id: 1, "system.ping")])
        #expect(outcome.exitReason == .exited(78) && outcome.output.isEmpty, "\(outcome.errorText)")
    }
}
