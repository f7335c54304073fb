import JSON

/// The calls of one group as they came: their ids, where their answers go, and what their clients asked for beside.
struct CallRoll: Sendable {
    private struct Progress {
        var index: Int
        var token: [UInt8]
    }

    private var idBytes: [UInt8] = []
    private var idEnds: [Int32] = []
    /// Empty as long as every answer goes to the stream.
    private var targets: [ReplyTarget] = []
    /// Empty as long as no call has a deadline.
    private var deadlines: [CallDeadline?] = []
    private var progress: [Progress] = []

    var count: Int { idEnds.count }

    /// Every answer goes to the stream.
    var isPlain: Bool { targets.isEmpty }

    /// The calls of which the clients want to know how far they are.
    var followed: [Int] { progress.map(\.index) }

    mutating func append(id: Value?, target: ReplyTarget, deadline: CallDeadline?, token: Value?) {
        let index = count
        if let id { idBytes.append(contentsOf: id.rawText) }
        idEnds.append(Int32(idBytes.count))
        if case .stream = target, targets.isEmpty {
        } else {
            while targets.count < index { targets.append(.stream) }
            targets.append(target)
        }
        if deadline != nil || !deadlines.isEmpty {
            while deadlines.count < index { deadlines.append(nil) }
            deadlines.append(deadline)
        }
        if let token, id != nil { progress.append(Progress(index: index, token: Array(token.rawText))) }
    }

    /// Calls `body` with a call's id as it was written; with no bytes for a notification.
    func withID<R>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let start = index == 0 ? 0 : Int(idEnds[index - 1])
        let end = Int(idEnds[index])
        return idBytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<end])) }
    }

    func target(of index: Int) -> ReplyTarget {
        targets.isEmpty ? .stream : targets[index]
    }

    func token(of index: Int) -> [UInt8]? {
        progress.isEmpty ? nil : progress.first { $0.index == index }?.token
    }

    /// The calls with a deadline.
    var deadlined: [(index: Int, deadline: CallDeadline)] {
        deadlines.indices.compactMap { index in deadlines[index].map { (index, $0) } }
    }
}
