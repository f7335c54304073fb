import CLibpq
import Repositories

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

    /// A value of the batch, or a stored row that it touches, is at fault: another batch may succeed.
    var isOneItemsFault: Bool {
        switch errorClass {
        case "22", "23": true
        case "XX": description != "XX000"
        default: false
        }
    }

    /// Rights are missing, or the login is not allowed.
    var isMissingRight: Bool { errorClass == "28" || self == Self("42501") }

    /// What kind of thing keeps the server from its work.
    var cause: StoreReason.Cause {
        switch description {
        case "53100", "53200", "53400": .full
        case "53300": .throttled
        case "25006": .readOnly
        case "42501": .refused
        case "55P03", "40001", "40P01", "40002": .locked
        case "57014": .locked
        case "3D000", "3F000": .refused
        default:
            switch errorClass {
            case "08": .unreachable
            case "25": .readOnly
            case "28": .refused
            case "53": .full
            case "57": .notReady
            default: .failed
            }
        }
    }

    /// The reason as a sentence of this program's: the server's own may quote values.
    var reason: StoreReason {
        StoreReason(cause, code: description, sentence)
    }

    private var sentence: String {
        switch description {
        case "53100": "PostgreSQL's disk is full"
        case "53200": "PostgreSQL is out of memory"
        case "53300": "PostgreSQL has no connection left for this role"
        case "25006": "PostgreSQL is read-only here: a standby, or default_transaction_read_only is on"
        case "42501": "the role lacks rights that it needs"
        case "55P03": "PostgreSQL could not get a lock in time"
        case "40001", "40P01": "other transactions kept writing the same rows"
        case "57014": "PostgreSQL took longer than the time limit, or waited for a lock for that long"
        case "57P01", "57P02": "PostgreSQL ended the session: it is stopping, or an administrator did"
        case "57P03": "PostgreSQL is starting, stopping or recovering"
        case "57P05": "PostgreSQL ended a session that was idle for too long"
        case "42P01", "42703", "42883", "3F000":
            "the schema lacks what this program needs; see `creditd migrate status`"
        case "58030": "PostgreSQL met an input or output error"
        default:
            switch errorClass {
            case "08": "the connection to PostgreSQL failed"
            case "22", "23": "PostgreSQL refused a value of a row"
            case "28": "PostgreSQL refused the login"
            case "53": "PostgreSQL is out of a resource"
            case "57": "PostgreSQL is not ready"
            default: "PostgreSQL refused the statement"
            }
        }
    }
}

/// A server's refusal of a statement, without its text, which may quote values.
struct ServerRefusal: Error, Hashable, Sendable {
    let state: SQLState
    /// The session ends with this refusal.
    let isFatal: Bool
    /// A pooler has lost the server in the middle of its work, and with it the replies to what may be committed.
    let reportsLoss: Bool

    init(state: SQLState, isFatal: Bool, reportsLoss: Bool = false) {
        self.state = state
        self.isFatal = isFatal
        self.reportsLoss = reportsLoss
    }

    /// Tells what ends a session by the message, of which nothing is kept. Class 08 is a pooler's: PgBouncer gives it
    /// to whatever it reports, and these are its words when a transaction has not got a server.
    init(state: SQLState, isFatal: Bool, message: String) {
        let wordsBeforeAnyWork = [
            "query_wait_timeout", "server login has been failing", "server_login_retry", "no such database",
            "no more connections allowed", "cannot connect", "connect failed", "database",
        ]
        let hasBegun = !wordsBeforeAnyWork.contains { message.hasPrefix($0) }
        self.init(state: state, isFatal: isFatal, reportsLoss: isFatal && state.errorClass == "08" && hasBegun)
    }
}
