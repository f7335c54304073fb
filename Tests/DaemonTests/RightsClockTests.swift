import Foundation
import Testing
import Transcripts

/// The law's clocks, by business days in São Paulo.
@Suite("Requests and the clock")
struct RightsClockTests {
    private static let cpf = "52998224725"

    private func answer(
        _ method: String, _ params: String, at clock: String, role: String? = nil, in scratch: ScratchFolder
    ) throws -> Tree {
        let line = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(params)}}"# + "\n"
        let outcome = try ChildProcess.serve(
            Array(line.utf8), ["--clock", clock] + (role.map { ["--role", $0] } ?? []), in: scratch)
        #expect(outcome.exitReason == .exited(0), "\(outcome.errorText)")
        return try #require(try Responses(outcome.output).byID["1"])
    }

    private func requests(_ state: String, at clock: String, in scratch: ScratchFolder) throws -> [Tree] {
        let answer = try answer("subject.requests", #""state":"\#(state)""#, at: clock, in: scratch)
        return answer.value(at: "/result/requests")?.elements ?? []
    }

    @Test(
        "a dispute is due until its last day is over in São Paulo, and late from then on",
        arguments: [
            // Ten days; the tenth is a Saturday, and the next business day Monday.
            ("2026-11-17T15:00:00Z", "2026-11-27"), ("2026-11-18T15:00:00Z", "2026-11-30"),
            // Late in the evening it is still the day before in UTC's terms.
            ("2026-11-18T02:59:59Z", "2026-11-27"),
            // The tenth day is 20 November, a holiday on a Friday.
            ("2026-11-10T15:00:00Z", "2026-11-23"),
        ])
    func dispute(opened clock: String, due: String) throws {
        let scratch = try ScratchFolder()
        let debt =
            #"{"creditor":"Loja","amountCents":1,"annualInterestBasisPoints":0,"dueDate":"2030-01-01","status":"open"}"#
        let address = #"{"postalCode":"01310100","city":"São Paulo","state":"SP"}"#
        let created = try answer(
            "person.create",
            #""cpf":"\#(Self.cpf)","name":"Ana","birthDate":"1980-01-01","address":\#(address),"debts":[\#(debt)]"#,
            at: clock, in: scratch)
        let debtID = try #require(created.value(at: "/result/debtIds/0")?.string)
        let opened = try answer(
            "dispute.open", #""cpf":"\#(Self.cpf)","debtId":"\#(debtID)","reason":"paid""#, at: clock, in: scratch)
        #expect(opened.value(at: "/result/dueOn")?.string == due)

        let next = try #require(Self.dayAfter(due))
        let (lastMoment, firstLate) = ("\(next)T02:59:59Z", "\(next)T03:00:00Z")
        #expect(try requests("due", at: lastMoment, in: scratch).count == 1)
        #expect(try requests("late", at: lastMoment, in: scratch).isEmpty)
        #expect(try requests("due", at: firstLate, in: scratch).isEmpty)
        let late = try requests("late", at: firstLate, in: scratch)
        #expect(late.count == 1 && late[0]["late"] == .bool(true) && late[0]["cpf"]?.string == Self.cpf)

        let requestID = try #require(opened.value(at: "/result/requestId")?.string)
        _ = try answer(
            "dispute.resolve", #""cpf":"\#(Self.cpf)","requestId":"\#(requestID)","resolution":"kept""#, at: firstLate,
            in: scratch)
        #expect(try requests("late", at: firstLate, in: scratch).isEmpty)
        let all = try requests("all", at: firstLate, in: scratch)
        #expect(all.count == 1 && all[0]["outcome"]?.string == "kept" && all[0]["late"] == .bool(true))
    }

    @Test("two business days leave out the weekend and the holiday")
    func cadastro() throws {
        let scratch = try ScratchFolder()
        let closed = try answer("cadastro.cancel", #""cpf":"\#(Self.cpf)""#, at: "2026-11-18T15:00:00Z", in: scratch)
        #expect(closed.value(at: "/result/dueOn")?.string == "2026-11-23")
    }

    @Test(
        "rights are served by those who have the duty",
        arguments: [
            ("owner", true), ("privacy_officer", true), ("credit_analyst", false), ("collector", false),
            ("fraud_analyst", false), ("data_feed", false), ("auditor", false),
        ])
    func roles(role: String, isServed: Bool) throws {
        let scratch = try ScratchFolder()
        for (method, params) in [
            ("subject.requests", ""), ("dispute.list", #""cpf":"\#(Self.cpf)""#),
            ("subject.access", #""cpf":"\#(Self.cpf)""#), ("subject.sharing", #""cpf":"\#(Self.cpf)""#),
            ("cadastro.cancel", #""cpf":"\#(Self.cpf)""#),
        ] {
            let answer = try answer(method, params, at: "2026-11-18T15:00:00Z", role: role, in: scratch)
            #expect((answer["result"] != nil) == isServed, "\(method): \(answer)")
            if !isServed { #expect(answer.value(at: "/error/data/reason")?.string == "forbidden") }
        }
    }

    @Test(
        "the audit log is asked by those who have the duty",
        arguments: [
            ("owner", true), ("privacy_officer", true), ("auditor", true), ("credit_analyst", false),
            ("collector", false), ("fraud_analyst", false), ("data_feed", false),
        ])
    func auditRoles(role: String, isServed: Bool) throws {
        let scratch = try ScratchFolder()
        for method in ["audit.list", "audit.head", "audit.verify"] {
            let answer = try answer(
                method, #""purpose":"legal_obligation""#, at: "2026-11-18T15:00:00Z", role: role, in: scratch)
            #expect((answer["result"] != nil) == isServed, "\(method): \(answer)")
            if !isServed { #expect(answer.value(at: "/error/data/reason")?.string == "forbidden") }
        }
    }

    private static func dayAfter(_ day: String) -> String? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd"
        return formatter.date(from: day).map { formatter.string(from: $0.addingTimeInterval(86_400)) }
    }
}
