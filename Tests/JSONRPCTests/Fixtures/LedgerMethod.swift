import JSON
import JSONRPC
import Testing

/// A call of the ledger's methods.
struct LedgerCall: Sendable {
    var subject: Int
    var value: Int
}

/// A method that answers with what its bases hold about the subject after it.
struct LedgerMethod<Act: LedgerAct>: GroupedTestMethod {
    static var name: String { Act.name }
    let ledger: Ledger
    let callsInGroup: Int

    var footprint: Footprint { Act.footprint }
    var repeatsSubject: Bool { Act.repeatsSubject }
    var isUrgent: Bool { Act.isUrgent }

    static func subject(of params: Value) -> UInt64? {
        params["subject"]?.int64.map { UInt64($0) }
    }

    func decode(_ params: Value) throws(Failure) -> LedgerCall {
        guard let subject = params["subject"]?.int64 else { throw .invalidParams(at: "/subject", reason: "missing") }
        return LedgerCall(subject: Int(subject), value: params["value"]?.int64.map { Int($0) } ?? 0)
    }

    func call(_ group: [LedgerCall]) async -> [Outcome<[Int]>] {
        if group.count > callsInGroup { Issue.record("a group of \(group.count) calls") }
        if Act.footprint.writes != 0, !Act.repeatsSubject, Set(group.map(\.subject)).count < group.count {
            Issue.record("\(Act.name) has a subject twice in a group")
        }
        var outcomes: [Outcome<[Int]>] = []
        for call in group {
            await ledger.dawdle()
            outcomes.append(await serve(call))
        }
        return outcomes
    }

    private func serve(_ call: LedgerCall) async -> Outcome<[Int]> {
        // A value that is divisible by 13 is refused, and must leave no trace.
        if call.value > 0, call.value % 13 == 0 { return .failure(Failure(.notFound)) }
        for base in [1, 2] as [UInt8] where Act.footprint.writes & base != 0 {
            let list = await ledger.read(base, of: call.subject)
            await ledger.dawdle()
            await ledger.write(list + [call.value], base: base, of: call.subject)
        }
        return .success(await ledger.read(Act.footprint.reads, of: call.subject))
    }

    func write(_ result: [Int], to writer: inout Writer) {
        writer.array { list in
            for number in result { list.number(number) }
        }
    }
}

extension MethodTable {
    /// The methods of a ledger.
    init(ledger: Ledger, callsInGroup: Int) throws {
        let schema = try anySchema()
        self.init([
            .init(LedgerMethod<AddToFirst>(ledger: ledger, callsInGroup: callsInGroup), schema: schema),
            .init(LedgerMethod<AddManyToFirst>(ledger: ledger, callsInGroup: callsInGroup), schema: schema),
            .init(LedgerMethod<AddToSecond>(ledger: ledger, callsInGroup: callsInGroup), schema: schema),
            .init(LedgerMethod<AddToBoth>(ledger: ledger, callsInGroup: callsInGroup), schema: schema),
            .init(LedgerMethod<ReadFirst>(ledger: ledger, callsInGroup: callsInGroup), schema: schema),
            .init(LedgerMethod<ReadBoth>(ledger: ledger, callsInGroup: callsInGroup), schema: schema),
            .init(Echo(), schema: schema),
        ])
    }
}
