import JSON

/// The typed part of a grouped method.
struct TypedCalls<Params: Sendable, Result: Sendable>: Sendable {
    let decode: @Sendable (Value) throws(Failure) -> Params
    let call: @Sendable ([Params]) async -> [Outcome<Result>]
    let write: @Sendable (Result, inout Writer) -> Void
}

/// The calls of one group with their params as values: nothing of the lines.
///
/// Unchecked: it is handed from the reader to one task by being submitted, and never shared but for `calls`.
final class TypedCallGroup<Params: Sendable, Result: Sendable>: CallGroup, @unchecked Sendable {
    let id: GroupID
    let lane: Int
    let calls: PendingCalls
    var follows: Set<GroupID> = []
    var isUrgent: Bool { method.isUrgent }
    private let method: Method
    private let typed: TypedCalls<Params, Result>
    private var params: [Params] = []

    init(method: Method, id: GroupID, lane: Int, typed: TypedCalls<Params, Result>, calls: PendingCalls) {
        self.method = method
        self.id = id
        self.lane = lane
        self.typed = typed
        self.calls = calls
    }

    func append(_ params: Value) throws(Failure) {
        self.params.append(try typed.decode(params))
    }

    func run() async {
        let left = calls.begin()
        let params = left.map { left in left.map { self.params[$0] } } ?? self.params
        self.params = []
        if params.isEmpty { return }
        let outcomes = await typed.call(params)
        precondition(outcomes.count == params.count, "a method answers each call of its group")
        // Most answers are shorter than they can get; the buffer seldom has to grow.
        var sheet = calls.settle(reserving: params.count * method.answerBytes / 2)
        for place in outcomes.indices {
            let index = left?[place] ?? place
            switch outcomes[place] {
            case .success(let result): sheet.result(of: index) { typed.write(result, &$0) }
            case .failure(let failure): sheet.error(of: index, failure)
            }
        }
        sheet.send()
    }
}
