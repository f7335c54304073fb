import JSON

/// The calls of one group with their params as values: nothing of the lines.
///
/// Unchecked: it is handed from the reader to one task by being submitted, and never shared but for `calls`.
final class TypedCallGroup<M: Method>: CallGroup, @unchecked Sendable {
    let id: GroupID
    let lane: Int
    let calls: PendingCalls
    var follows: Set<GroupID> = []
    var isUrgent: Bool { method.isUrgent }
    private let method: M
    private var params: [M.Params] = []

    init(id: GroupID, lane: Int, method: M, calls: PendingCalls) {
        self.id = id
        self.lane = lane
        self.method = method
        self.calls = calls
    }

    func append(_ params: Value) throws(Failure) {
        self.params.append(try method.decode(params))
    }

    func run() async {
        let left = calls.begin()
        let params = left.map { left in left.map { self.params[$0] } } ?? self.params
        self.params = []
        if params.isEmpty { return }
        let outcomes = await method.call(params)
        precondition(outcomes.count == params.count, "a method answers each call of its group")
        // Most answers are shorter than they can get; the buffer seldom has to grow.
        var sheet = calls.settle(reserving: params.count * method.answerBytes / 2)
        for place in outcomes.indices {
            let index = left?[place] ?? place
            switch outcomes[place] {
            case .success(let result): sheet.result(of: index) { method.write(result, to: &$0) }
            case .failure(let failure): sheet.error(of: index, failure)
            }
        }
        sheet.send()
    }
}
