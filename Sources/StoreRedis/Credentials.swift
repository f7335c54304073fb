/// The user that a connection authenticates as.
struct Credentials: Hashable, Sendable {
    /// The default user when nil, as before the ACLs of Redis 6.
    var username: String?
    var password: String

    /// Takes `CREDITD_REDIS_USERNAME` and `CREDITD_REDIS_PASSWORD`; nil without either. Empty means absent.
    static func from(_ environment: [String: String]) throws(RedisOpenError) -> Credentials? {
        let username = environment["CREDITD_REDIS_USERNAME"].flatMap { $0.isEmpty ? nil : $0 }
        guard let password = environment["CREDITD_REDIS_PASSWORD"], !password.isEmpty else {
            if username != nil { throw .usernameWithoutPassword }
            return nil
        }
        return Credentials(username: username, password: password)
    }
}
