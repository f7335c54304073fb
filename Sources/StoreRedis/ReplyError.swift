/// Why a reply cannot be read.
enum ReplyError: Error, Hashable {
    /// The rest of it has not arrived yet.
    case incomplete
    /// It is no RESP, not the reply that the command has, or beyond the limits: the connection cannot be used further.
    case malformed
}
