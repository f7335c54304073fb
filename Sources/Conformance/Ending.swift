/// How a process ended.
package enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// It was still there after the longest time that is allowed, and was killed.
    case overdue

    /// `status` is what waitpid(2) gives.
    package init(status: Int32) {
        self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }
}

extension Ending: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let status): "exit \(status)"
        case .signalled(let number): "the end by signal \(number)"
        case .overdue: "no end within the time allowed"
        }
    }
}
