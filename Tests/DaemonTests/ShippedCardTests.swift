import Foundation
import JSON
import Seeds
import Testing
import Transcripts

/// The cards that are served unless others are put in their place.
@Suite("The shipped cards")
struct ShippedCardTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private static func path(_ name: String) -> String { "schema/scorecards/\(name).json" }

    @Test("the default card is what its script makes of the German credit data, by score fit")
    func isRepeatable() throws {
        guard let loans = try SharedFiles.url("credit-data/germancredit.csv"),
            let people = try SharedFiles.url("sample/bureau.ndjson")
        else { return }
        try expect("default", isMadeOf: [loans.path, people.path])
    }

    @Test("the card over all bases is what its script makes of the invented panel")
    func panelIsRepeatable() throws {
        try expect("panel", isMadeOf: [])
    }

    private func expect(_ card: String, isMadeOf data: [String]) throws {
        let script = Repository.path("schema/scorecards/make-\(card)")
        let made = try ChildProcess.start(
            "/usr/bin/env", ["python3", script, try Binary.creditd()] + data, in: scratch
        ).finish()
        #expect(made.exitReason == .exited(0), "\(made.errorText)")
        #expect(try made.text == String(contentsOfFile: Repository.path(Self.path(card)), encoding: .utf8))
    }

    @Test("by the card over all bases, the twin with overdue debts and bureau queries scores lower, for these reasons")
    func twin() throws {
        var lines: [[UInt8]] = []
        for (number, cpf) in ["52998224725", "39053344705"].enumerated() {
            let address =
                #"{"postalCode":"01310100","street":"Avenida Paulista","number":"1","city":"São Paulo","state":"SP"}"#
            let debts = (0..<12 * number).map {
                #"{"creditor":"Banco \#($0)","amountCents":5000,"annualInterestBasisPoints":0,"dueDate":"2026-05-10","#
                    + #""status":"overdue"}"#
            }
            let who = #""cpf":"\#(cpf)","birthDate":"1980-01-01","address":\#(address)"#
            lines += [
                try TestRequest(
                    id: 100 + number, "person.create",
                    #"{\#(who),"name":"Ana","surname":"Souza","debts":[\#(debts.joined(separator: ","))]}"#
                ).line,
                try TestRequest(
                    id: 200 + number, "profile.put",
                    #"{\#(who),"assets":[],"incomeSources":[{"kind":"salary","monthlyAmountCents":620000}]}"#
                ).line,
            ]
            lines += try (0..<30 * number).map { query in
                try TestRequest(
                    id: 300 + query, "event.record",
                    #"{"cpf":"\#(cpf)","kind":"bureau_query","occurredAt":"2026-11-\#(10 + query % 20)T0\#(query / 20)"#
                        + #":00:00Z","bureau":"Serasa","requester":"Loja \#(query)"}"#
                ).line
            }
            lines.append(
                try TestRequest(
                    id: number, "score.preview",
                    #"{"cpf":"\#(cpf)","model":"panel","purpose":"credit_application"}"#
                ).line)
        }
        let outcome = try ChildProcess.serve(
            Array(lines.joined()), ["--ordered", "--clock", "2026-11-30T12:00:00Z"], in: scratch)
        let answers = try Responses(outcome.output)
        let (clean, other) = (try #require(answers.result("0")), try #require(answers.result("1")))
        #expect(clean["reasons"]?.elements.isEmpty == true, "\(clean)")
        #expect("\(clean["score"]!)" == "847" && "\(other["score"]!)" == "348", "\(clean) \(other)")
        #expect(
            other["reasons"]?.elements.compactMap { $0["characteristic"]?.string } == ["inquiries180", "overdueDebts"])
    }

    @Test("neither age nor income counts in the default card, and it says what it is")
    func isHonest() throws {
        let card = try Self.card("default")
        let names = try #require(card["characteristics"] as? [[String: Any]]).map { $0["characteristic"] as? String }
        #expect(!names.contains("age") && !names.contains("income") && names.count > 2)
        #expect(card["usesAge"] as? Bool == false)
        #expect((card["description"] as? String)?.contains("no Brazilian score") == true)
    }

    @Test(
        "every bin, category and kind of missing value has a reason in both languages", arguments: ["default", "panel"])
    func texts(of name: String) throws {
        let characteristics = try #require(try Self.card(name)["characteristics"] as? [[String: Any]])
        for characteristic in characteristics {
            let known = (characteristic["bins"] ?? characteristic["categories"]) as? [[String: Any]] ?? []
            let missing = try #require(characteristic["missing"] as? [String: [String: Any]])
            let other = (characteristic["other"] as? [String: Any]).map { [$0] } ?? []
            #expect(known.count > 1 && missing.count == 4)
            for attribute in known + other + missing.values {
                let reason = attribute["reason"] as? [String: String]
                #expect(reason?["code"]?.isEmpty == false)
                #expect(reason?["en"]?.isEmpty == false && reason?["pt-BR"]?.isEmpty == false)
            }
        }
    }

    private static func card(_ name: String) throws -> [String: Any] {
        let text = try Data(contentsOf: URL(filePath: Repository.path(path(name))))
        return try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    }
}
