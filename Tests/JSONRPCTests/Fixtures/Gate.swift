/// Holds calls until the test opens it.
actor Gate {
    private var isOpen = false
    private var inside: [CheckedContinuation<Void, Never>] = []
    private var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var cancellationObservers: [CheckedContinuation<Void, Never>] = []
    /// The subjects of the calls that reached the gate, by group.
    private(set) var groups: [[Int]] = []
    /// The subjects of the calls that reached the gate.
    var entered: [Int] { groups.flatMap(\.self) }

    /// How many groups were cancelled while they waited.
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

    /// Waits until a waiting group is cancelled.
    func waitUntilCancelled() async {
        if cancellations > 0 { return }
        await withCheckedContinuation { cancellationObservers.append($0) }
    }

    /// Waits until `count` calls have reached the gate.
    func waitUntilInside(_ count: Int) async {
        if entered.count >= count { return }
        await withCheckedContinuation { observers.append((count, $0)) }
    }

    /// Lets all calls pass, now and later.
    func open() {
        isOpen = true
        for continuation in inside { continuation.resume() }
        inside = []
    }
}
