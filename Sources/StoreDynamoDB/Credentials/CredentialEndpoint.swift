/// An HTTP endpoint that gives out credentials with an expiry.
enum CredentialEndpoint: Hashable, Sendable {
    /// The endpoint of a container, asked once. The token is read anew from its file each time, because it changes.
    case container(url: String, authorization: String?, authorizationFile: String?)
    /// The instance metadata service, version 2, at `url`.
    case instance(url: String)

    private static let containerHost = "http://169.254.170.2"
    private static let instanceHost = "http://169.254.169.254"
    private static let instanceHostIPv6 = "http://[fd00:ec2::254]"

    /// The endpoint of this process's container; nil outside of one. An address where anybody could listen is an error.
    static func container(_ environment: [String: String]) throws(CredentialFailure) -> CredentialEndpoint? {
        let authorization = environment.setting("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        let file = environment.setting("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        if let path = environment.setting("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            return .container(url: containerHost + path, authorization: authorization, authorizationFile: file)
        }
        guard let url = environment.setting("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
        guard isSafe(url) else {
            throw CredentialFailure(
                reason: "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https: nor on this machine or its link")
        }
        return .container(url: url, authorization: authorization, authorizationFile: file)
    }

    /// The metadata service; nil when it is disabled.
    static func instance(_ environment: [String: String]) -> CredentialEndpoint? {
        if environment.setting("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" { return nil }
        let isIPv6 = environment.setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
        let given = environment.setting("AWS_EC2_METADATA_SERVICE_ENDPOINT")
        let url = given ?? (isIPv6 ? instanceHostIPv6 : instanceHost)
        return .instance(url: url.hasSuffix("/") ? String(url.dropLast()) : url)
    }

    /// Whether secrets may be sent to `url`: over TLS, or to this machine and the container services, as the AWS SDKs
    /// allow.
    private static func isSafe(_ url: String) -> Bool {
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
