import CLibpq

/// PostgreSQL's code for an error, five characters (PostgreSQL documentation, appendix A).
struct SQLState: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ text: String) {
        description = text
    }

    /// The code that a server gave; nil for what libpq itself reports, such as a lost connection.
    init?(of result: OpaquePointer) {
        guard let text = PQresultErrorField(result, Int32(UInt8(ascii: "C"))) else { return nil }
        self.init(String(cString: text))
    }

    /// The first two characters, which most decisions need.
    var errorClass: Substring { description.prefix(2) }

    /// The server undid the transaction for the sake of another: the same batch may well succeed the next time.
    var isWorthRepeating: Bool {
        self == Self("40001") || self == Self("40P01")
    }

    /// The server cancelled a statement: on a cancel request, or at `statement_timeout`.
    var isCancelling: Bool { self == Self("57014") }

    /// The session must be closed: the server is going away or has become a standby, or the prepared statements are
    /// gone or out of date.
    var condemnsConnection: Bool {
        errorClass == "08" || description.hasPrefix("57P") || errorClass == "25" || errorClass == "26"
            || errorClass == "0A"
    }

    /// The schema, the rights or the rows are not what this program expects: no later attempt can succeed.
    ///
    /// Any other refused statement is `unavailable`: the server is overloaded, closing, out of disk, read-only, or
    /// slower than `statement_timeout`. In either case the transaction was undone.
    var isMismatch: Bool {
        switch errorClass {
        case "22", "23", "42": true
        case "XX": description != "XX000"
        default: false
        }
    }
}

/// A server's refusal of a statement, without its text, which may quote values.
struct ServerRefusal: Error, Hashable, Sendable {
    let state: SQLState
    /// The session ends with this refusal.
    let isFatal: Bool
}
