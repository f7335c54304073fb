import JSON
import JSONRPC

/// Holds calls until the test opens it.
actor Gate {
    private var isOpen = false
    private var inside: [CheckedContinuation<Void, Never>] = []
    private var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var cancellationObservers: [CheckedContinuation<Void, Never>] = []
    /// The subjects of the calls that came to the gate, group by group.
    private(set) var groups: [[Int]] = []
    /// The same, call by call.
    var entered: [Int] { groups.flatMap(\.self) }

    /// How many were cancelled while they waited.
    private(set) var cancellations = 0

    /// Waits for the gate to be open.
    func pass(_ subjects: [Int]) async {
        groups.append(subjects)
        for observer in observers where entered.count >= observer.count { observer.continuation.resume() }
        observers.removeAll { entered.count >= $0.count }
        if isOpen { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { inside.append($0) }
        } onCancel: {
            Task { await self.cancelled() }
        }
    }

    private func cancelled() {
        cancellations += 1
        for observer in cancellationObservers { observer.resume() }
        cancellationObservers = []
    }

    /// Waits until somebody who waits at the gate is cancelled.
    func waitUntilCancelled() async {
        if cancellations > 0 { return }
        await withCheckedContinuation { cancellationObservers.append($0) }
    }

    /// Waits until `count` calls have come to the gate.
    func waitUntilInside(_ count: Int) async {
        if entered.count >= count { return }
        await withCheckedContinuation { observers.append((count, $0)) }
    }

    /// Lets everybody pass, now and later.
    func open() {
        isOpen = true
        for continuation in inside { continuation.resume() }
        inside = []
    }
}

/// A method whose calls wait at a gate, those aside that ask not to; it answers with the subject.
struct GatedMethod: GroupedTestMethod {
    static let name = "gated"
    let gate: Gate
    var footprint = Footprint(writes: 1)
    var isUrgent = false
    var answerBytes = 1024

    static func subject(of params: Value) -> UInt64? {
        params["subject"]?.int64.map { UInt64($0) }
    }

    func decode(_ params: Value) throws(Failure) -> (subject: Int, waits: Bool) {
        (Int(params["subject"]?.int64 ?? 0), params["waits"]?.bool ?? true)
    }

    func authorise(_ params: (subject: Int, waits: Bool)) throws(Failure) {
        if params.subject == 403 { throw Failure(.forbidden) }
    }

    func call(_ group: [(subject: Int, waits: Bool)]) async -> [Outcome<Int>] {
        if group.contains(where: \.waits) { await gate.pass(group.map(\.subject)) }
        return group.map { .success($0.subject) }
    }

    func write(_ result: Int, to writer: inout Writer) {
        writer.number(result)
    }
}

/// A request to the gated method.
func gated(_ id: Int, subject: Int, waits: Bool = true, meta: String? = nil) -> String {
    let meta = meta.map { #","meta":\#($0)"# } ?? ""
    return #"{"jsonrpc":"2.0","id":\#(id),"method":"gated","params":{"subject":\#(subject),"waits":\#(waits)}\#(meta)}"#
}

extension MethodTable {
    init(gate: Gate, isUrgent: Bool = false) throws {
        let schema = try anySchema()
        self.init(
            [
                .init(GatedMethod(gate: gate, isUrgent: isUrgent), schema: schema, summary: "Nothing."),
                .init(Echo(), schema: schema, summary: "Nothing."),
            ], resources: ["first", "second"])
    }
}
