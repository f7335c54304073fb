import Contracts
import Foundation
import Seeds
import Testing
import Transcripts

/// People, addresses, debts and feeds as they occur, each with the right outcome.
@Suite("The cases of a bureau")
struct BureauCasesTests {
    /// The cases beside the repository, and those of the same kinds with other values.
    static func cases() throws -> [(name: String, transcript: Transcript)] {
        let own = ["values", "rights"].map { URL(filePath: Repository.path("Tests/DaemonTests/Cases/\($0).txt")) }
        return try ([SharedFiles.url("cases/bureau.txt")] + own).compactMap(\.self).flatMap { url in
            try TranscriptRow.parse(Array(Data(contentsOf: url)), file: url.lastPathComponent).flatMap { row in
                row.transcripts.map { ("\(row.sentence): \($0.title)", $0) }
            }
        }
    }

    private func play(
        _ cases: [(name: String, transcript: Transcript)], _ arguments: [String], _ environment: [String: String] = [:]
    ) throws {
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CREDITD_") }
        let player = TranscriptPlayer(
            program: try Binary.creditd(), arguments: arguments,
            environment: inherited.merging(environment) { $1 }, contracts: EmbeddedFile.contracts)
        for (name, transcript) in cases {
            let mismatch = try player.play(transcript, .inOneWrite)
            #expect(mismatch == nil, "\(name)\n\(mismatch?.description ?? "")")
        }
    }

    @Test("each case has its outcome on embedded stores, on a day on which the minor of a case is one")
    func embedded() throws {
        try play(Self.cases(), ["--clock", "2026-11-29T12:00:00Z"])
    }

    @Test("each case has its outcome on PostgreSQL, the DynamoDB API and Redis")
    func servers() throws {
        guard ProcessInfo.processInfo.environment["CREDITD_REQUIRE_STORES"] == "1" else {
            return Absence(description: "CREDITD_REQUIRE_STORES=1").record()
        }
        let stores = try RealStores()
        defer { stores.stop() }
        try play(Self.cases(), [], stores.environment)
    }

    @Test(
        "today is the day in São Paulo, three hours behind UTC",
        arguments: [
            ("2026-11-30T02:59:59.999999Z", "2026-11-29", true), ("2026-11-30T02:59:59.999999Z", "2026-11-30", false),
            ("2026-11-30T03:00:00Z", "2026-11-30", true), ("2026-11-30T03:00:00Z", "2026-12-01", false),
            ("2028-03-01T02:59:59Z", "2028-02-29", true), ("2028-03-01T02:59:59Z", "2028-03-01", false),
        ])
    func midnight(clock: String, day: String, isToday: Bool) throws {
        let address = #""address":{"postalCode":"69900080","city":"Rio Branco","state":"AC"}"#
        let income = #"{"kind":"salary","monthlyAmountCents":1,"since":"\#(day)"}"#
        let debt =
            #"{"creditor":"Loja","amountCents":1,"annualInterestBasisPoints":0,"dueDate":"\#(day)","status":"overdue"}"#
        let calls = [
            ("person.create", #""name":"Ana","birthDate":"\#(day)",\#(address)"#, "/birthDate", "in_the_future"),
            (
                "person.create",
                #""name":"Ana","birthDate":"1990-01-01",\#(address),"registration":{"status":"regular","checkedOn":"\#(day)"}"#,
                "/registration/checkedOn", "in_the_future"
            ),
            (
                "profile.put", #""birthDate":"1990-01-01",\#(address),"assets":[],"incomeSources":[\#(income)]"#,
                "/incomeSources/0/since", "in_the_future"
            ),
            (
                "person.create", #""name":"Ana","birthDate":"1990-01-01",\#(address),"debts":[\#(debt)]"#,
                "/debts/0/status", "not_yet_due"
            ),
        ]
        let cpfs = ["52998224725", "39053344705", "11144477735", "00000000191"]
        var lines: [String] = []
        for (index, (method, members, pointer, reason)) in calls.enumerated() {
            let params = #"{"cpf":"\#(cpfs[index])",\#(members)}"#
            lines.append(#"--> {"jsonrpc":"2.0","id":\#(index),"method":"\#(method)","params":\#(params)}"#)
            let violations = #"[{"pointer":"\#(pointer)","reason":"\#(reason)"}]"#
            lines.append(
                isToday
                    ? #"<-- {"id":\#(index),"result":{}}"#
                    : #"<-- {"id":\#(index),"error":{"code":-32602,"data":{"violations":\#(violations)}}}"#)
        }
        let rows = try TranscriptRow.parse(Array(lines.joined(separator: "\n").utf8), file: "midnight")
        try play(rows.flatMap(\.transcripts).map { (clock, $0) }, ["--clock", clock])
    }
}
