/// Why base C's Redis cannot be used as it is configured. None of these passes by itself: an operator has to look.
///
/// A server that is not there yet is no such error: the store opens and answers `unavailable` until it comes.
package enum RedisOpenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The part of the URL that is named is not understood, out of its range, or does not go with the scheme.
    case badURL(part: String)
    /// A user or password is in the URL, where everybody on the machine could read it.
    case secretInURL
    /// `CREDITD_REDIS_USERNAME` is set and `CREDITD_REDIS_PASSWORD` is not.
    case usernameWithoutPassword
    /// The authorities to trust cannot be read.
    case badAuthorities
    /// The process has no descriptors or threads left.
    case noResources
    /// The server answered and will not do.
    case refused(RedisFault)

    package var description: String {
        switch self {
        case .badURL(let part): "base C: the Redis URL has a bad \(part)"
        case .secretInURL:
            "base C: the Redis URL may not hold a user or password; set CREDITD_REDIS_USERNAME and "
                + "CREDITD_REDIS_PASSWORD instead"
        case .usernameWithoutPassword: "base C: CREDITD_REDIS_USERNAME needs CREDITD_REDIS_PASSWORD"
        case .badAuthorities: "base C: the certificate authorities cannot be read (cacert, or the system's)"
        case .noResources: "base C: no descriptors or threads are left"
        case .refused(let fault): "base C: \(fault)"
        }
    }
}
