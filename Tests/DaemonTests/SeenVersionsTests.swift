import Foundation
import Testing
import Transcripts

/// What the processes of one machine have seen of records, of which somebody puts former copies back.
@Suite("Former copies of whole records")
struct SeenVersionsTests {
    private static let cpfs = ["52998224725", "39053344705"]
    private static let address =
        #""address":{"postalCode":"20040002","street":"Rua Um","number":"1","#
        + #""district":"Centro","city":"Rio","state":"RJ"}"#
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func base(_ name: String) -> String { "\(scratch.home)/base-\(name).sqlite" }

    private func call(_ method: String, _ params: String) throws -> String {
        let outcome = try ChildProcess.creditd(["call", method, params], in: scratch).finish()
        return outcome.text + outcome.errorText
    }

    /// Creates a person with a debt, and returns the debt's identifier.
    private func create(_ cpf: String) throws -> String {
        let created = try call(
            "person.create",
            #"{"cpf":"\#(cpf)","name":"Ana","surname":"Lima","birthDate":"1959-01-01",\#(Self.address),"debts":[{"#
                + #""creditor":"Banco","amountCents":100,"annualInterestBasisPoints":100,"dueDate":"2030-01-01","#
                + #""status":"open"}]}"#)
        return String(try #require(created.components(separatedBy: #""debtIds":[""#).last).prefix(36))
    }

    private func profile(_ cpf: String, _ cents: Int) -> String {
        #"{"cpf":"\#(cpf)","birthDate":"1959-01-01",\#(Self.address),"#
            + #""assets":[{"kind":"savings","valueCents":\#(cents)}],"incomeSources":[]}"#
    }

    private func payment(_ cpf: String, _ debtID: String, _ cents: Int) -> String {
        #"{"cpf":"\#(cpf)","debtId":"\#(debtID)","paymentId":"1","dueDate":"2026-01-10","amountCents":\#(cents)}"#
    }

    private func reads(_ cpf: String, _ debtID: String) -> [(String, String)] {
        [
            ("debt.payments", #"{"cpf":"\#(cpf)","purpose":"credit_protection","debtId":"\#(debtID)"}"#),
            ("person.get", #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#),
            ("profile.get", #"{"cpf":"\#(cpf)","purpose":"credit_protection"}"#),
        ]
    }

    private static func request(_ id: Int, _ method: String, _ params: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"# + "\n"
    }

    /// Whether a daemon that goes on answers each read with a result; false for error 1014, and no other.
    private func answers(_ daemon: ChildProcess, _ reads: [(String, String)]) throws -> [Bool] {
        try reads.map { method, params in
            let count = daemon.output.lines.count
            daemon.write(Self.request(count, method, params))
            try #require(daemon.read(lines: count + 1))
            let answer = String(decoding: try #require(daemon.output.lines.last), as: UTF8.self)
            try #require(answer.contains(#""result":"#) || answer.contains(#""code":1014"#), "\(answer)")
            return answer.contains(#""result":"#)
        }
    }

    /// Runs SQL on a base, beside its copy as `former`.
    private func tamper(_ sql: String, _ former: String, base name: String = "a") throws {
        let script = """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1], isolation_level=None)
            base.execute("ATTACH ? AS former", (sys.argv[2],))
            base.executescript(sys.argv[3])
            """
        let outcome = try ChildProcess.python(["-c", script, base(name), former, sql], in: scratch)
        try #require(outcome.exitReason == .exited(0), "\(outcome.errorText)")
    }

    @Test("are not given out, by any process of the machine, until an operator accepts them")
    func putBack() throws {
        let debts = try Self.cpfs.map(create)
        for cpf in Self.cpfs { _ = try call("profile.put", profile(cpf, 1)) }
        #expect(try call("debt.recordPayment", payment(Self.cpfs[0], debts[0], 5)).contains(#""version":1"#))
        for name in ["a", "b"] {
            try FileManager.default.copyItem(atPath: base(name), toPath: scratch.path(name))
        }
        #expect(try call("debt.recordPayment", payment(Self.cpfs[0], debts[0], 6)).contains(#""version":2"#))
        let update = #"{"cpf":"\#(Self.cpfs[0])","patch":{"name":"Eva"}}"#
        #expect(try call("person.update", update).contains(#""version":2"#))
        #expect(try call("profile.put", profile(Self.cpfs[0], 2)).contains(#""version":2"#))

        let daemon = try ChildProcess.creditd(in: scratch)
        let (own, neighbour) = (reads(Self.cpfs[0], debts[0]), reads(Self.cpfs[1], debts[1]))
        #expect(try answers(daemon, own) == [true, true, true])
        try tamper(
            """
            UPDATE payment SET details = old.details, version = old.version FROM former.payment AS old
                WHERE payment.payment_key = old.payment_key;
            """, scratch.path("a"))
        #expect(try answers(daemon, own) == [false, true, true])
        try tamper(
            """
            UPDATE person SET identity = old.identity, address = old.address, version = old.version, state = old.state
                FROM former.person AS old WHERE person.token = old.token;
            """, scratch.path("a"))
        #expect(try answers(daemon, own) == [false, false, true])
        #expect(try answers(daemon, neighbour) == [true, true, true])
        #expect(daemon.finish().exitReason == .exited(0))
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: base("b") + end) }
        try FileManager.default.copyItem(atPath: scratch.path("b"), toPath: base("b"))

        let next = try ChildProcess.creditd(in: scratch)
        #expect(try answers(next, own) == [false, false, false])
        try tamper("UPDATE profile SET version = 9;", scratch.path("b"), base: "b")
        #expect(try answers(next, own) == [false, false, false], "also under a version that nobody has seen")
        try tamper("UPDATE profile SET version = 1;", scratch.path("b"), base: "b")
        #expect(try answers(next, neighbour) == [true, true, true])
        let records = try ChildProcess.creditd(["audit", "export"], in: scratch).finish().text
        #expect(records.split(separator: "\n").count { $0.contains(#""outcome":"unreadable""#) } >= 3)
        let accepted = try ChildProcess.creditd(["consistency", "accept"], in: scratch).finish()
        #expect(accepted.exitReason == .exited(0), "\(accepted.text)\(accepted.errorText)")
        #expect(try answers(next, own) == [true, true, true], "also of a daemon that served before")
        #expect(next.finish().exitReason == .exited(0))
        #expect(try call("person.update", update).contains(#""version":2"#))
        #expect(try call("profile.put", profile(Self.cpfs[0], 3)).contains(#""version":2"#))
        let last = try ChildProcess.creditd(in: scratch)
        #expect(try answers(last, own) == [true, true, true])
        #expect(last.finish().exitReason == .exited(0))
    }

    @Test("are no alarm where four daemons write and read one person")
    func fourDaemons() throws {
        let cpf = Self.cpfs[0]
        let debtID = try create(cpf)
        _ = try call("profile.put", profile(cpf, 1))
        let daemons = try (0..<4).map { _ in try ChildProcess.creditd(in: scratch) }
        let reads = reads(cpf, debtID)
        for round in 0..<60 {
            for (index, daemon) in daemons.enumerated() {
                let number = 4 * round + index
                let writes = [
                    ("debt.recordPayment", payment(cpf, debtID, 1 + number)),
                    ("person.update", #"{"cpf":"\#(cpf)","patch":{"name":"Ana \#(number)"}}"#),
                    ("profile.put", profile(cpf, 1 + number)),
                ]
                for (place, call) in (writes + reads).enumerated() {
                    daemon.write(Self.request(10 * round + place, call.0, call.1))
                }
            }
        }
        for daemon in daemons {
            let outcome = daemon.finish()
            #expect(outcome.exitReason == .exited(0))
            let answers = outcome.text.split(separator: "\n")
            #expect(answers.count == 60 * 6)
            #expect(answers.filter { $0.contains(#""code":1014"#) } == [])
            #expect(answers.count { $0.contains(#""result":"#) } > 60 * 3)
        }
        let last = try ChildProcess.creditd(in: scratch)
        #expect(try answers(last, reads) == [true, true, true])
        #expect(last.finish().exitReason == .exited(0))
    }

    @Test("are not seen where the machine's file cannot be, and a file that is none begins anew; the log tells both")
    func file() throws {
        let debtID = try create(Self.cpfs[0])
        _ = try call("profile.put", profile(Self.cpfs[0], 1))
        let folder = "\(scratch.home)/journal"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let file = "\(folder)/\(try #require(names.first { $0.hasSuffix("-floors") }))"
        func log() throws -> String {
            let daemon = try ChildProcess.creditd(in: scratch)
            #expect(try answers(daemon, reads(Self.cpfs[0], debtID)) == [true, true, true])
            let outcome = daemon.finish()
            #expect(outcome.exitReason == .exited(0))
            return outcome.errorText
        }
        #expect(try log() == "")
        try "something else".write(toFile: file, atomically: false, encoding: .utf8)
        #expect(try log().contains("begins anew"))
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
        #expect(try log().contains("keeps nothing of what it has seen"))
    }
}
