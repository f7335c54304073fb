import Bureau
import Repositories

/// Why a base's file cannot be served. None of these passes by itself: an operator has to look.
package enum StoreOpenError: Error, Hashable, Sendable {
    /// The file cannot be created, opened or written.
    case inaccessible(Base)
    /// There is something else in the file than a database of this program, or it is damaged.
    case notADatabase(Base)
    /// Somebody held the file for longer than the busy timeout.
    case busy(Base)
    /// A step that was applied is not the one that the program has under its name.
    case drifted(Base, step: String)
    /// The file has seen a step that this program does not have: it belongs to a newer program or another base.
    case unknownStep(Base, step: String)
    /// A step could not be applied and was undone; `reason` is SQLite's own sentence, which holds no values.
    case stepFailed(Base, step: String, reason: String)
}

extension StoreOpenError: CustomStringConvertible {
    /// The base and the reason.
    package var description: String { "base \(base.rawValue): \(reason)" }

    /// The reason in words.
    var reason: String {
        switch self {
        case .inaccessible: "the file cannot be created, opened or written"
        case .notADatabase: "the file is not an SQLite database of this program or is damaged"
        case .busy: "another process holds the file"
        case .drifted(_, let step): "the file has another version of migration \(step) than this program"
        case .unknownStep(_, let step):
            "the file has migration \(step), which this program has not: it is a newer program's or another base's"
        case .stepFailed(_, let step, let reason): "migration \(step) failed and was undone: \(reason)"
        }
    }

    private var base: Base {
        switch self {
        case .inaccessible(let base), .notADatabase(let base), .busy(let base), .drifted(let base, _),
            .unknownStep(let base, _), .stepFailed(let base, _, _):
            base
        }
    }
}
