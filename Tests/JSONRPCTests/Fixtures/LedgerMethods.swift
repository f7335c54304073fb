import JSON
import JSONRPC
import Testing

/// A method of the ledger: adds its value to the bases that it writes, and returns what its bases then hold about the
/// subject.
struct LedgerMethod: Sendable {
    struct Call: Sendable {
        var subject: Int
        var value: Int
    }

    let name: String
    let footprint: Footprint
    var repeatsSubject = false
    var isUrgent = false

    static let all = [
        LedgerMethod(name: "first.add", footprint: Footprint(reads: 1, writes: 1)),
        LedgerMethod(name: "first.addMany", footprint: Footprint(reads: 1, writes: 1), repeatsSubject: true),
        LedgerMethod(name: "second.add", footprint: Footprint(reads: 2, writes: 2), isUrgent: true),
        LedgerMethod(name: "both.add", footprint: Footprint(reads: 3, writes: 3)),
        LedgerMethod(name: "first.read", footprint: Footprint(reads: 1)),
        LedgerMethod(name: "both.read", footprint: Footprint(reads: 3), isUrgent: true),
    ]

    /// Returns the method on a ledger, which expects no more than `callsInGroup` calls at once.
    func method(_ ledger: Ledger, callsInGroup: Int) -> Method {
        .grouped(
            name, footprint: footprint, isUrgent: isUrgent, repeatsSubject: repeatsSubject,
            subject: { Self.subject($0).map { UInt64($0) } },
            decode: { (params, _) throws(Failure) in
                guard let subject = Self.subject(params) else {
                    throw .invalidParams(at: "/subject", reason: "missing")
                }
                return Call(subject: subject, value: params["value"]?.int64.map { Int($0) } ?? 0)
            },
            alike: AlikeParams(member: "subject") { model, text in
                Int(String(decoding: text, as: UTF8.self)).map {
                    (Call(subject: $0, value: model.value), subject: UInt64($0))
                }
            },
            call: { group in
                expectRules(for: group, callsInGroup: callsInGroup)
                var outcomes: [Outcome<[Int]>] = []
                for call in group {
                    await ledger.dawdle()
                    outcomes.append(await serve(call, ledger))
                }
                return outcomes
            },
            failure: { (failure: Failure) in failure },
            write: { result, writer in
                writer.array { list in
                    for number in result { list.number(number) }
                }
            })
    }

    /// The subject, a number or a string of digits.
    private static func subject(_ params: Value) -> Int? {
        guard let subject = params["subject"] else { return nil }
        return subject.string.map { Int($0) } ?? subject.int64.map { Int($0) }
    }

    private func expectRules(for group: [Call], callsInGroup: Int) {
        if group.count > callsInGroup { Issue.record("a group of \(group.count) calls") }
        if footprint.writes != 0, !repeatsSubject, Set(group.map(\.subject)).count < group.count {
            Issue.record("\(name) has a subject twice in a group")
        }
    }

    private func serve(_ call: Call, _ ledger: Ledger) async -> Outcome<[Int]> {
        // A value that is divisible by 13 is refused, and must leave no trace.
        if call.value > 0, call.value % 13 == 0 { return .failure(Failure(.notFound)) }
        for base in [1, 2] as [UInt8] where footprint.writes & base != 0 {
            let list = await ledger.read(base, of: call.subject)
            await ledger.dawdle()
            await ledger.write(list + [call.value], base: base, of: call.subject)
        }
        return .success(await ledger.read(footprint.reads, of: call.subject))
    }
}

extension MethodTable {
    /// The methods of a ledger, and `echo`.
    init(ledger: Ledger, callsInGroup: Int) throws {
        let schema = try anySchema()
        let methods = LedgerMethod.all.map { $0.method(ledger, callsInGroup: callsInGroup) } + [.echo]
        self.init(methods.map { .init($0, schema: schema) })
    }
}
