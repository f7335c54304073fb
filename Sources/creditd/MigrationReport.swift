import Bureau
import Glibc
import Repositories

/// What `creditd migrate` tells people.
enum MigrationReport {
    /// One line of `status`, on stdout.
    static func write(_ state: MigrationState, of base: Base) throws {
        let applied = state.appliedAt.map { "applied \($0)" } ?? "pending"
        let flaw =
            state.hasDrifted
            ? ", DRIFTED: its file has changed" : state.isKnown ? "" : ", UNKNOWN to this program"
        try line("\(base.rawValue)  \(state.name)  \(applied)\(flaw)")
    }

    static func write(_ verb: String, _ step: String, of base: Base) throws {
        try line("\(base.rawValue)  \(verb) \(step)")
    }

    /// A step's progress: on a terminal both its beginning and its end, otherwise its end alone.
    static func show(_ progress: MigrationProgress, of base: Base, verb: String) {
        switch progress {
        case .begins(let step): if isatty(1) == 1 { try? line("\(base.rawValue)  \(step) …") }
        case .ended(let step): try? write(verb, step, of: base)
        }
    }

    private static func line(_ text: String) throws {
        try Descriptor(1).write(Array("\(text)\n".utf8))
    }
}
