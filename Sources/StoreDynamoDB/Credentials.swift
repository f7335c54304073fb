import Bureau

/// What a request is signed with. Printing it shows nothing.
struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?
    /// Nil for credentials that do not expire by themselves.
    let expiresAt: Instant?

    init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: Instant? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
    }

    var description: String { "Credentials(hidden)" }

    var customMirror: Mirror { Mirror(self, children: [:]) }
}
