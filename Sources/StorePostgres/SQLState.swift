/// The five characters by which PostgreSQL names what went wrong (its documentation, appendix A).
struct SQLState: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ text: String) {
        description = text
    }

    /// The first two characters, which most decisions need.
    var errorClass: Substring { description.prefix(2) }

    /// The server undid the transaction for another's sake: the same batch may well succeed the next time.
    var isWorthRepeating: Bool {
        self == Self("40001") || self == Self("40P01")
    }

    /// The server gave a statement up: for a cancel request, or at `statement_timeout`.
    var isCancelling: Bool { self == Self("57014") }

    /// The session is of no more use: the server is going away, has become a standby, or has forgotten or outdated the
    /// prepared statements.
    var condemnsConnection: Bool {
        errorClass == "08" || description.hasPrefix("57P") || errorClass == "25" || errorClass == "26"
            || errorClass == "0A"
    }

    /// What a refused statement means to the caller. The transaction was undone, so nothing was written.
    ///
    /// Only what no later try could change is `corrupt`; a store that is overloaded, closing, out of disk, read-only,
    /// or slower than `statement_timeout` is `unavailable`.
    var meaning: Meaning {
        switch errorClass {
        case "22", "23", "42": .mismatch
        case "XX": description == "XX000" ? .unavailable : .mismatch
        default: .unavailable
        }
    }

    enum Meaning {
        case unavailable
        /// The schema, the rights or the rows are not what this program expects.
        case mismatch
    }
}
