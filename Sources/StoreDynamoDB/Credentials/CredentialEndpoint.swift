import Bureau
import JSON

/// An HTTP endpoint that gives out credentials with an expiry.
enum CredentialEndpoint: Hashable, Sendable {
    /// The endpoint of a container, asked once. The token is read anew from its file each time, because it changes.
    case container(url: String, authorization: String?, authorizationFile: String?)
    /// The instance metadata service, version 2, at `url`.
    case instance(url: String)

    private static let containerHost = "http://169.254.170.2"
    private static let instanceHost = "http://169.254.169.254"

    /// Nil when the container's address is not safe for secrets, or the metadata service is disabled.
    init?(environment: [String: String]) {
        let authorization = environment.setting("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        let file = environment.setting("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        let relative = environment.setting("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map { Self.containerHost + $0 }
        if let url = relative ?? environment.setting("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard relative != nil || Self.isSafe(url) else { return nil }
            self = .container(url: url, authorization: authorization, authorizationFile: file)
        } else if environment.setting("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" {
            let given = environment.setting("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? Self.instanceHost
            self = .instance(url: given.hasSuffix("/") ? String(given.dropLast()) : given)
        } else {
            return nil
        }
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

/// An unsigned request to a metadata service.
struct MetadataRequest: Hashable {
    let method: String
    let url: String
    let headers: [String]
}

/// The sequence of requests that fetches credentials from an endpoint; somebody else sends them.
struct CredentialFetch {
    enum Step: Equatable {
        case ask(MetadataRequest)
        case done(AWSCredentials)
        case failed
    }

    /// The request that was sent last.
    private enum Stage {
        case session
        case role(session: String)
        case credentials
    }

    private static let path = "/latest/meta-data/iam/security-credentials/"
    private let endpoint: CredentialEndpoint
    private var stage: Stage

    init(_ endpoint: CredentialEndpoint) {
        self.endpoint = endpoint
        stage = if case .instance = endpoint { .session } else { .credentials }
    }

    /// Returns the first request. `readFile` returns the text of a file, nil when it cannot be read.
    func start(readFile: (String) -> String?) -> MetadataRequest {
        switch endpoint {
        case .container(let url, let authorization, let file):
            let token = file.flatMap(readFile).map { $0.firstLine } ?? authorization
            return MetadataRequest(method: "GET", url: url, headers: token.map { ["Authorization: \($0)"] } ?? [])
        case .instance(let url):
            return MetadataRequest(
                method: "PUT", url: url + "/latest/api/token",
                headers: ["X-aws-ec2-metadata-token-ttl-seconds: 21600"])
        }
    }

    /// Takes the response to the last request and returns the next step.
    mutating func take(status: Int, body: [UInt8]) -> Step {
        guard status == 200, !body.isEmpty else { return .failed }
        let line = { String(decoding: body, as: UTF8.self).firstLine }
        switch stage {
        case .session:
            let session = line()
            stage = .role(session: session)
            return ask(Self.path, session)
        case .role(let session):
            stage = .credentials
            return ask(Self.path + line(), session)
        case .credentials:
            return Self.credentials(body).map(Step.done) ?? .failed
        }
    }

    private func ask(_ path: String, _ session: String) -> Step {
        guard case .instance(let url) = endpoint else { return .failed }
        return .ask(MetadataRequest(method: "GET", url: url + path, headers: ["X-aws-ec2-metadata-token: \(session)"]))
    }

    private static func credentials(_ body: [UInt8]) -> AWSCredentials? {
        try? withObject(in: body) { (object) throws(MalformedItem) in
            guard let key = object["AccessKeyId"]?.string, !key.isEmpty,
                let secret = object["SecretAccessKey"]?.string, !secret.isEmpty
            else { throw MalformedItem() }
            return AWSCredentials(
                accessKeyID: key, secretAccessKey: secret, sessionToken: object["Token"]?.string,
                expiresAt: object["Expiration"]?.string.flatMap { Instant($0) })
        }
    }
}

extension String {
    /// The text up to its first line end, because a line end would end an HTTP header.
    fileprivate var firstLine: String {
        String(prefix { !$0.isNewline })
    }
}
