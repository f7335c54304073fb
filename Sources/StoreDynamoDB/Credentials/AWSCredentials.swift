import Bureau

/// A key pair that requests are signed with. Printing a pair shows nothing of it.
struct AWSCredentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let accessKeyID: String
    let secretAccessKey: String
    var sessionToken: String?
    /// Nil for credentials without an expiry.
    var expiresAt: Instant?

    var description: String { "AWSCredentials(hidden)" }

    var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The first place that has credentials: the environment, the shared files, a container's endpoint, or the metadata
/// service of an instance.
enum CredentialSource: Hashable, Sendable {
    case fixed(AWSCredentials)
    case endpoint(CredentialEndpoint)
    case none

    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - readFile: returns the text of a file, nil when it cannot be read.
    init(environment: [String: String], readFile: (String) -> String?) {
        let shared = SharedConfigFiles(environment: environment, readFile: readFile)
        if let credentials = Self.credentials(environment) ?? shared.credentials {
            self = .fixed(credentials)
        } else if let endpoint = CredentialEndpoint(environment: environment) {
            self = .endpoint(endpoint)
        } else {
            self = .none
        }
    }

    private static func credentials(_ environment: [String: String]) -> AWSCredentials? {
        guard let key = environment.setting("AWS_ACCESS_KEY_ID"),
            let secret = environment.setting("AWS_SECRET_ACCESS_KEY")
        else { return nil }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: environment.setting("AWS_SESSION_TOKEN"))
    }
}

extension [String: String] {
    /// The value of a variable; nil when it is not set or empty.
    func setting(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }
}
