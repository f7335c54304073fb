import Foundation
import Testing
import Transcripts

/// What the law lets out, by the clock of São Paulo.
@Suite("Debts and the clock")
struct DebtClockTests {
    private static let cpf = "52998224725"
    private static let address =
        #"{"postalCode":"01310100","number":"1","city":"São Paulo","state":"SP"}"#

    private static func debt(_ status: String, due: String, _ members: String = "") -> String {
        #"{"creditor":"Financeira","amountCents":1,"annualInterestBasisPoints":1,"dueDate":"\#(due)","status":"\#(status)"\#(members)}"#
    }

    private static func call(_ id: Int, _ method: String, _ members: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{"cpf":"\#(cpf)",\#(members)}}"# + "\n"
    }

    private func count(_ scratch: ScratchFolder, at clock: String, for purpose: String) throws -> (Int, [String]) {
        let request = Self.call(1, "debt.list", #""purpose":"\#(purpose)""#)
        let outcome = try ChildProcess.serve(Array(request.utf8), ["--clock", clock], in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        let answer = try #require(try Responses(outcome.output).byID["1"])
        guard case .array(let debts)? = answer.value(at: "/result/debts") else { return (-1, []) }
        return (debts.count, debts.compactMap { $0["withheld"]?.string })
    }

    @Test(
        "a debt leaves at midnight in São Paulo, three hours after UTC's, and the person alone still has it",
        arguments: [
            (debt("overdue", due: "2021-11-28"), "2026-11-29", "negative_after_five_years"),
            (debt("disputed", due: "2021-11-28"), "2026-11-29", "negative_after_five_years"),
            (debt("written_off", due: "2021-11-28"), "2026-11-29", "negative_after_five_years"),
            (
                debt("settled", due: "2001-01-01", #","settledOn":"2011-11-28""#), "2026-11-29",
                "positive_after_fifteen_years"
            ),
            (debt("open", due: "2011-11-28"), "2026-11-29", "positive_after_fifteen_years"),
        ])
    func midnight(debt: String, day: String, reason: String) throws {
        let scratch = try ScratchFolder()
        let born = #""name":"Ana","birthDate":"1980-01-01","address":\#(Self.address)"#
        let create = Self.call(1, "person.create", #"\#(born),"debts":[\#(debt)]"#)
        let created = try ChildProcess.serve(Array(create.utf8), ["--clock", "2026-11-01T00:00:00Z"], in: scratch)
        #expect(created.text.contains(#""result""#), "\(created.text)")
        let before = try count(scratch, at: "\(day)T02:59:59Z", for: "debt_collection")
        #expect(before.0 == 1)
        let after = try count(scratch, at: "\(day)T03:00:00Z", for: "debt_collection")
        #expect(after.0 == 0)
        let own = try count(scratch, at: "\(day)T03:00:00Z", for: "data_subject_request")
        #expect(own.0 == 1 && own.1 == [reason])
        let ownBefore = try count(scratch, at: "\(day)T02:59:59Z", for: "data_subject_request")
        #expect(ownBefore.0 == 1 && ownBefore.1.isEmpty)
    }

    @Test("two daemons on one home serve each key once, and answer both clients alike")
    func repeats() throws {
        let scratch = try ScratchFolder()
        let born = #""name":"Ana","birthDate":"1980-01-01","address":\#(Self.address)"#
        _ = try ChildProcess.serve(Array(Self.call(1, "person.create", born).utf8), in: scratch)
        let lines = (0..<60).map { number in
            let debt = Self.debt("open", due: "2030-01-01")
            return #"{"jsonrpc":"2.0","id":\#(number),"method":"debt.add","#
                + #""params":{"cpf":"\#(Self.cpf)","debt":\#(debt)},"meta":{"idempotencyKey":"key-\#(number)"}}"# + "\n"
        }
        let daemons = try (0..<2).map { _ in try ChildProcess.creditd([], in: scratch) }
        for daemon in daemons { daemon.write(Array(lines.joined().utf8)) }
        let answers = try daemons.map { daemon in
            #expect(daemon.read(lines: lines.count))
            return try Responses(daemon.finish().output).byID
        }
        for number in 0..<60 {
            let first = try #require(answers[0]["\(number)"])
            #expect("\(first)" == answers[1]["\(number)"].map { "\($0)" })
            #expect(first.value(at: "/result/debtId") != nil, "\(first)")
        }
        let listed = try count(scratch, at: "2026-11-29T12:00:00Z", for: "debt_collection")
        #expect(listed.0 == 60)
    }
}
