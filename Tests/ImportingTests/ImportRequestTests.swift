import Importing
import JSON
import Testing

@Suite("Requests and answers of an import")
struct ImportRequestTests {
    private func request(
        _ kind: ImportKind, _ policy: ConflictPolicy = .fail, isDryRun: Bool = false, mayGoOn: Bool = true
    ) -> ImportRequest {
        ImportRequest(kind, policy, importID: "id", isDryRun: isDryRun, mayGoOn: mayGoOn)
    }

    private func line(_ request: ImportRequest, _ params: String) -> String {
        Array(params.utf8).withUnsafeBufferPointer {
            String(decoding: request.line(id: 7, params: $0, row: 3), as: UTF8.self)
        }
    }

    private func answer(_ text: String) throws -> ImportAnswer {
        try #require(try Document(Array(text.utf8)).withRoot { ImportAnswer($0) })
    }

    private func failure(_ data: String) throws -> ImportFailure {
        guard case .failed(let failure) = try answer(#"{"id":1,"error":{"code":1,"data":\#(data)}}"#).outcome else {
            throw NoFailure()
        }
        return failure
    }

    private struct NoFailure: Error {}

    @Test("a row's request has a key of the import and its line, and a dry run has none")
    func keys() {
        #expect(
            line(request(.persons), #"{"cpf":"1"}"#)
                == #"{"jsonrpc":"2.0","id":7,"method":"person.create","params":{"cpf":"1"},"#
                + #""meta":{"idempotencyKey":"id-3"}}"# + "\n")
        #expect(!line(request(.persons, mayGoOn: false), "{}").contains("meta"))
        #expect(line(request(.debts, mayGoOn: false), "{}").contains(#""idempotencyKey":"id-3""#))
        #expect(line(request(.events, isDryRun: true), "{}").contains(#""params":{},"meta":{"dryRun":true}}"#))
    }

    @Test("a profile must be new unless it may be replaced, or its row states a version")
    func versions() {
        #expect(line(request(.profiles), #"{"cpf":"1"}"#).contains(#""params":{"cpf":"1","expectedVersion":0}"#))
        #expect(line(request(.profiles), "{}").contains(#""params":{"expectedVersion":0}"#))
        #expect(line(request(.profiles), #"{"expectedVersion":4}"#).contains(#""params":{"expectedVersion":4},"#))
        #expect(line(request(.profiles, .update), #"{"cpf":"1"}"#).contains(#""params":{"cpf":"1"},"#))
    }

    @Test("what is there is changed by a patch of the row, without a person's debts")
    func updates() {
        let persons = request(.persons, .update)
        func update(_ request: ImportRequest, _ params: String, debtID: String? = nil) -> String? {
            request.update(of: Array(line(request, params).utf8), id: 7, row: 3, debtID: debtID)
                .map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            update(persons, #"{"name":"A","cpf":"1","debts":[]}"#)
                == #"{"jsonrpc":"2.0","id":7,"method":"person.update","params":{"cpf":"1","patch":{"name":"A"}},"#
                + #""meta":{"idempotencyKey":"id-3u"}}"# + "\n")
        #expect(update(persons, #"{"cpf":"1","debts":[]}"#) == nil)
        let debt = update(request(.debts, .update), #"{"cpf":"1","debt":{"status":"open"}}"#, debtID: "d")
        #expect(debt?.contains(#""params":{"cpf":"1","debtId":"d","patch":{"status":"open"}}"#) == true)
    }

    @Test(
        "an error of a store is retried, an error of the row rejects it, a role stops all",
        arguments: [
            (#"{"reason":"store_unavailable","base":"A"}"#, ImportFailure.Remedy.retry),
            (#"{"reason":"outcome_unknown"}"#, .retry), (#"{"reason":"busy"}"#, .retry),
            (#"{"reason":"already_exists"}"#, .policy), (#"{"reason":"limit_reached"}"#, .none),
            (#"{"reason":"forbidden","cause":"erased"}"#, .none), (#"{"reason":"forbidden","cause":"role"}"#, .stop),
            (#"{"reason":"invalid_params","violations":[]}"#, .none), ("{}", .none),
        ])
    func remedies(data: String, remedy: ImportFailure.Remedy) throws {
        #expect(try failure(data).remedy(for: .persons) == remedy)
    }

    @Test("an erased person's row is rejected as such, and a debt's pointers lead into its row")
    func refusals() throws {
        let erased = try failure(#"{"reason":"forbidden","cause":"erased"}"#).refusal(of: .persons)
        #expect(erased == RowRefusal(reason: "erased"))
        let violations =
            #"{"reason":"invalid_params","violations":[{"pointer":"/debt/status","reason":"not_allowed"},"#
            + #"{"pointer":"/cpf","reason":"invalid_format"}]}"#
        let refusal = try failure(violations).refusal(of: .debts)
        let others = [RowRefusal.Place(reason: "invalid_format", pointer: "/cpf")]
        #expect(refusal == RowRefusal(RowRefusal.Place(reason: "not_allowed", pointer: "/status"), others: others))
    }

    @Test("the same payment or event again is unchanged, and an event that is too old is refused")
    func recorded() throws {
        guard case .unchanged = try answer(#"{"id":1,"result":{"recorded":false}}"#).outcome else {
            Issue.record("not unchanged")
            return
        }
        let old = try answer(#"{"id":1,"result":{"recorded":false,"reason":"older_than_history"}}"#)
        guard case .failed(let failure) = old.outcome else {
            Issue.record("not refused")
            return
        }
        #expect(failure.reason == "older_than_history")
    }

    @Test("the bar fits its terminal, and tells percentage, rate, time left and rejects", arguments: 0..<150)
    func bar(width: Int) {
        let progress = ImportProgress(
            rows: 1500, rejected: 2, formerRows: 500, formerBytes: 100, bytes: 300, size: 500, elapsed: .seconds(2),
            retry: nil)
        let bar = progress.bar(width: width)
        #expect(bar.count <= width)
        let words = ["", "1500 rows", "500/s", "0:02 left", "2 rejected"]
        let shown = bar.split(separator: "%").last.map(String.init) ?? ""
        #expect(
            shown.split(separator: ", ").allSatisfy { words.contains($0.trimmingPrefix(" ").description) }, "\(bar)")
        guard width >= 70 else { return }
        #expect(bar.hasSuffix("]  60% 1500 rows, 500/s, 0:02 left, 2 rejected"))
        #expect(bar.filter { $0 == "#" }.count == bar.filter { "#-".contains($0) }.count * 6 / 10)
    }

    @Test("a pipe has a count and a rate alone")
    func pipe() {
        let progress = ImportProgress(
            rows: 10, rejected: 0, formerRows: 0, formerBytes: 0, bytes: 99, size: nil, elapsed: .seconds(5), retry: "x"
        )
        #expect(progress.bar(width: 80) == "10 rows, 2/s, asks again: x")
        #expect(progress.line == #"{"rows":10,"rejected":0,"perSecond":2,"bytes":99,"askingAgain":"x"}"#)
    }
}
