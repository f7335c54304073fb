/// An HTTP endpoint that gives out credentials which expire.
enum CredentialEndpoint: Hashable, Sendable {
    /// A container's: one request. The authorization is read anew from the file each time, for it changes.
    case container(url: String, authorization: String?, authorizationFile: String?)
    /// The instance metadata service, version 2, at `url`.
    case instance(url: String)

    static let containerHost = "http://169.254.170.2"
    static let instanceHost = "http://169.254.169.254"

    /// Nil when the container's address is not one that secrets may be sent to, or the metadata service is disabled.
    init?(environment: [String: String]) {
        let authorization = environment.setting("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        let file = environment.setting("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        if let path = environment.setting("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            self = .container(
                url: Self.containerHost + path, authorization: authorization, authorizationFile: file)
        } else if let url = environment.setting("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard Self.maySend(to: url) else { return nil }
            self = .container(url: url, authorization: authorization, authorizationFile: file)
        } else if environment.setting("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" {
            let given = environment.setting("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? Self.instanceHost
            self = .instance(url: given.hasSuffix("/") ? String(given.dropLast()) : given)
        } else {
            return nil
        }
    }

    /// Without TLS only this machine and the two addresses of the container services, as the AWS SDKs have it.
    private static func maySend(to url: String) -> Bool {
        if url.hasPrefix("https://") { return true }
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { return false }
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        let isLoopback = host == "localhost" || host == "[::1]" || isLoopbackAddress(host)
        return isLoopback || ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].contains(String(host))
    }

    private static func isLoopbackAddress(_ host: Substring) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
