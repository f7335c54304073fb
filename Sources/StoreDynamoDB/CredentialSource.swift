/// Where credentials come from, the first place that has any: the environment, the shared files, the container's
/// endpoint, the instance's metadata.
enum CredentialSource: Hashable, Sendable {
    case fixed(Credentials)
    case endpoint(CredentialEndpoint)
    case none

    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - readFile: the text of a file, nil when it cannot be read.
    init(environment: [String: String], readFile: (String) -> String?) {
        let shared = SharedFiles(environment: environment, readFile: readFile)
        if let credentials = Self.credentials(environment) ?? shared.credentials {
            self = .fixed(credentials)
        } else if let endpoint = CredentialEndpoint(environment: environment) {
            self = .endpoint(endpoint)
        } else {
            self = .none
        }
    }

    private static func credentials(_ environment: [String: String]) -> Credentials? {
        guard let key = environment.setting("AWS_ACCESS_KEY_ID"),
            let secret = environment.setting("AWS_SECRET_ACCESS_KEY")
        else { return nil }
        return Credentials(
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
