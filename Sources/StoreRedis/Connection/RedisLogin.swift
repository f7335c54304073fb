import Bureau
import Glibc
import Platform
import Repositories

/// The user that a connection authenticates as, from variables of the environment.
struct RedisLogin: Hashable, Sendable {
    /// Where a password comes from.
    enum Password: Hashable, Sendable {
        case text(String)
        /// A file that is read for each new connection, so that a changed password needs no restart.
        case file(String)
    }

    /// Nil for the default user, which is the only user before Redis 6.
    var username: String?
    /// Nil for a server without authentication.
    var password: Password?

    /// Reads the variables `PREFIX_USERNAME`, `PREFIX_PASSWORD` and `PREFIX_PASSWORD_FILE`. An empty variable counts as
    /// absent.
    static func from(_ environment: [String: String], prefix: String = "CREDITD_REDIS") throws(StoreOpenError) -> Self {
        func value(_ name: String) -> String? { environment["\(prefix)_\(name)"].flatMap { $0.isEmpty ? nil : $0 } }
        func refuse(_ reason: String) -> StoreOpenError { StoreOpenError(.c, .configuration, reason) }
        var login = RedisLogin(username: value("USERNAME"))
        switch (value("PASSWORD"), value("PASSWORD_FILE")) {
        case (_?, _?): throw refuse("\(prefix)_PASSWORD and \(prefix)_PASSWORD_FILE exclude each other")
        case (let text?, nil): login.password = .text(text)
        case (nil, let path?): login.password = .file(path)
        case (nil, nil):
            guard login.username == nil else { throw refuse("\(prefix)_USERNAME needs \(prefix)_PASSWORD") }
        }
        return login
    }

    /// The commands that log in; none without a password.
    func greeting() throws(RedisFault) -> [[String]] {
        switch password {
        case nil: []
        case .text(let text): [["AUTH"] + [username, text].compactMap(\.self)]
        case .file(let path): [["AUTH"] + [username, try Self.read(path)].compactMap(\.self)]
        }
    }

    /// Reads a password: the file's first line.
    private static func read(_ path: String) throws(RedisFault) -> String {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .noPassword(reason: String(cString: strerror(errno))) }
        defer { close(number) }
        guard let bytes = FileDescriptor(number).readAll(maximumBytes: RedisLimits.passwordBytes) else {
            throw .noPassword(reason: String(cString: strerror(errno)))
        }
        let line = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first
        guard let line else { throw .noPassword(reason: "it is empty") }
        return String(line)
    }
}
