/// Which calls of a group wait for their answer still. A pure state, changed under the group's lock.
struct OpenCalls {
    /// How far the group is.
    enum Stage {
        case waiting
        case running
        /// Every answer is given out or about to be.
        case answered
    }

    private(set) var stage = Stage.waiting
    /// The calls that were answered ahead of their group: cancelled, or out of time.
    private(set) var closed: Set<Int> = []

    /// Closes a call ahead of its group; false when it is answered already.
    mutating func close(_ index: Int) -> Bool {
        stage != .answered && closed.insert(index).inserted
    }

    /// Whether the call still waits for its answer.
    func isOpen(_ index: Int) -> Bool {
        stage != .answered && !closed.contains(index)
    }

    /// The group runs from now on; what is closed by now never does. Returns what is open, nil for all of `count`.
    mutating func begin(_ count: Int) -> [Int]? {
        stage = .running
        return closed.isEmpty ? nil : (0..<count).filter { !closed.contains($0) }
    }

    /// The answers are there: from now on nothing can be closed.
    mutating func settle() {
        stage = .answered
    }

    /// Whether nobody waits for the group, which runs.
    func isAbandoned(of count: Int) -> Bool {
        stage == .running && closed.count == count
    }
}
