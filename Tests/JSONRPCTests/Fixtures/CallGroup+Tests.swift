import JSON

@testable import JSONRPC

extension CallGroup {
    /// Returns a group of so many notifications, which take `bytes` together.
    static func of(
        _ id: GroupID, lane: Int = 0, calls: Int = 1, bytes: Int = 1, isUrgent: Bool = false,
        after predecessors: Set<GroupID> = [],
        output: OutputQueue = OutputQueue(descriptor: -1, limitBytes: 1)
    ) -> CallGroup {
        let group = CallGroup(
            Context(
                id: id, method: isUrgent ? .gated(Gate(), isUrgent: true) : .immediate("some") { _, _ in }, lane: lane,
                stage: 0, output: output,
                counters: ConnectionCounters()),
            params: CallParams<Void>(), call: { _, _ in { _ in false } })
        group.predecessors = predecessors
        for call in 0..<calls { group.append(nil, target: .discarded, bytes: call == 0 ? bytes : 0) }
        return group
    }

    /// Adds a call without params.
    func append(_ id: Value?, target: ResponseTarget = .output, bytes: Int = 1, token: Value? = nil) {
        append(IncomingCall(id: id?.rawText, target: target, bytes: bytes, workDoneToken: token))
    }
}
