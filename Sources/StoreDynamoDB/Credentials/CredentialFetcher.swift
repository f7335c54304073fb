import Bureau
import Encodings
import JSON

/// Gets credentials from their source. Every function blocks the calling thread, for seconds at most.
struct CredentialFetcher: Sendable {
    let environment: [String: String]
    let region: String
    let readFile: @Sendable (String) -> SharedConfigFiles.Content
    let exchange: @Sendable (HTTPRequest) -> HTTPResult
    let now: @Sendable () -> Instant
    var processTimeout: Duration = .seconds(30)

    /// Finds the source that is configured now: the files are read anew each time.
    func source() throws(CredentialFailure) -> CredentialSource {
        try CredentialChain(environment: environment, files: try files()).source()
    }

    func credentials() throws(CredentialFailure) -> AWSCredentials {
        try credentials(of: try source())
    }

    /// Who the credentials belong to, as STS says (`GetCallerIdentity`, for which everybody has the right).
    func identity(of credentials: AWSCredentials) throws(CredentialFailure) -> String {
        try tokenService().callerIdentity(credentials)
    }

    private func credentials(of source: CredentialSource) throws(CredentialFailure) -> AWSCredentials {
        switch source {
        case .fixed(let credentials): return credentials
        case .role(let role, let other): return try tokenService().assume(role, by: try credentials(of: other))
        case .webIdentity(let role, let file):
            let token = try text(of: file, "the web identity token of \(role.origin)")
            return try tokenService().assume(role, token: token.trimmingSpace)
        case .session(let role): return try credentials(of: role)
        case .process(let words, let profile):
            let name = "the credential_process of the profile \(profile)"
            let output: [UInt8]
            do throws(CredentialProcessError) {
                output = try CredentialProcess(words: words, timeout: processTimeout).output()
            } catch {
                throw CredentialFailure(reason: "\(name) \(error.reason)")
            }
            return try read(output, name) { (answer) throws(MalformedItem) in
                guard answer["Version"]?.int64 == 1 else { throw MalformedItem() }
                return try Self.pair(answer, token: "SessionToken")
            }
        case .endpoint(.container(let url, let authorization, let file)):
            let token = try file.map { (path) throws(CredentialFailure) in
                try text(of: path, "the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").firstLine
            }
            let headers = (token ?? authorization).map { ["Authorization: \($0)"] } ?? []
            return try metadata(
                HTTPRequest(method: "GET", url: url, headers: headers, isLocal: true), "the container's endpoint")
        case .endpoint(.instance(let url)): return try instance(url)
        }
    }

    /// Asks the instance metadata service, version 2: for a session, the role and its credentials.
    private func instance(_ url: String) throws(CredentialFailure) -> AWSCredentials {
        let name = "the instance metadata service, the last place to look for AWS credentials,"
        let lifetime = "X-aws-ec2-metadata-token-ttl-seconds: 21600"
        let path = url + "/latest/meta-data/iam/security-credentials/"
        let session = String(
            decoding: try body(
                HTTPRequest(method: "PUT", url: url + "/latest/api/token", headers: [lifetime], isLocal: true), name),
            as: UTF8.self
        ).firstLine
        let headers = ["X-aws-ec2-metadata-token: \(session)"]
        let roles = try body(HTTPRequest(method: "GET", url: path, headers: headers, isLocal: true), name)
        let role = String(decoding: roles, as: UTF8.self).firstLine
        guard !role.isEmpty else { throw CredentialFailure(reason: "\(name) has no role") }
        return try metadata(HTTPRequest(method: "GET", url: path + role, headers: headers, isLocal: true), name)
    }

    private func metadata(_ request: HTTPRequest, _ name: String) throws(CredentialFailure) -> AWSCredentials {
        try read(try body(request, name), name) { (answer) throws(MalformedItem) in
            try Self.pair(answer, token: "Token")
        }
    }

    private func body(_ request: HTTPRequest, _ name: String) throws(CredentialFailure) -> [UInt8] {
        switch exchange(request) {
        case .response(200, let body): return body
        case .response(let status, _): throw CredentialFailure(reason: "\(name) answers with HTTP status \(status)")
        case .failed(let code, let text): throw CredentialFailure(reason: "\(name) is not reached: \(text)", code: code)
        }
    }

    /// Exchanges the cached token of a session for the credentials of its role.
    private func credentials(of role: SessionRole) throws(CredentialFailure) -> AWSCredentials {
        let remedy = "run: aws sso login --profile \(role.profile)"
        let file = "the token of the profile \(role.profile), \(role.tokenFile),"
        guard case .text(let text) = readFile(role.tokenFile) else {
            throw CredentialFailure(reason: "\(file) is not there; \(remedy)")
        }
        let (token, expiry) = try read(Array(text.utf8), file) { (cached) throws(MalformedItem) in
            guard let token = cached["accessToken"]?.string,
                let expiry = cached["expiresAt"]?.string.flatMap(Instant.init(expiry:))
            else { throw MalformedItem() }
            return (token, expiry)
        }
        guard expiry > now() else { throw CredentialFailure(reason: "\(file) has expired; \(remedy)") }
        let portal = try endpoint("sso") ?? "https://portal.sso.\(role.region).\(Self.domain(of: role.region))"
        let query =
            "role_name=\(PercentEncoding.encode(role.role))&account_id=\(PercentEncoding.encode(role.account))"
        let request = HTTPRequest(
            method: "GET", url: "\(portal)/federation/credentials?\(query)",
            headers: ["x-amz-sso_bearer_token: \(token.firstLine)"])
        let name = "IAM Identity Center, for the profile \(role.profile),"
        if case .response(401, _) = exchange(request) {
            throw CredentialFailure(reason: "\(name) refuses the token; \(remedy)", code: "UnauthorizedException")
        }
        return try read(try body(request, name), name) { (answer) throws(MalformedItem) in
            guard let pair = answer["roleCredentials"], let key = pair["accessKeyId"]?.string,
                let secret = pair["secretAccessKey"]?.string, let token = pair["sessionToken"]?.string,
                let expiry = pair["expiration"]?.int64
            else { throw MalformedItem() }
            return AWSCredentials(
                accessKeyID: key, secretAccessKey: secret, sessionToken: token,
                expiresAt: Instant(secondsSinceEpoch: expiry / 1000))
        }
    }

    private func tokenService() throws(CredentialFailure) -> SecurityTokenService {
        SecurityTokenService(
            region: region, endpoint: try endpoint("sts") ?? "https://sts.\(region).\(Self.domain(of: region))",
            exchange: exchange, now: now)
    }

    /// Whether a service other than AWS's own is configured for STS; then it may be asked who we are.
    func hasTokenServiceOfItsOwn() -> Bool { ((try? endpoint("sts")) ?? nil) != nil }

    private func endpoint(_ service: String) throws(CredentialFailure) -> String? {
        let url = try files().endpoint(of: service, environment: environment)
        return url.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    private func files() throws(CredentialFailure) -> SharedConfigFiles {
        try SharedConfigFiles(environment: environment, readFile: readFile)
    }

    /// The domain of AWS that a region belongs to.
    static func domain(of region: String) -> String {
        region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    }

    private func text(of path: String, _ name: String) throws(CredentialFailure) -> String {
        switch readFile(path) {
        case .text(let text) where !text.isEmpty: return text
        case .text: throw CredentialFailure(reason: "\(name) is empty: \(path)")
        case .missing: throw CredentialFailure(reason: "\(name) is not there: \(path)")
        case .unreadable(let reason): throw CredentialFailure(reason: "\(name) cannot be read: \(path): \(reason)")
        }
    }

    private func read<R>(
        _ body: [UInt8], _ name: String, _ read: (Value) throws(MalformedItem) -> R
    ) throws(CredentialFailure) -> R {
        do throws(MalformedItem) {
            return try withObject(in: body, read)
        } catch {
            throw CredentialFailure(reason: "\(name) gives no credentials in the form that is known")
        }
    }

    /// The pair that a container, an instance or a process gives.
    private static func pair(_ object: Value, token: StaticString) throws(MalformedItem) -> AWSCredentials {
        guard let key = object["AccessKeyId"]?.string, !key.isEmpty,
            let secret = object["SecretAccessKey"]?.string, !secret.isEmpty
        else { throw MalformedItem() }
        let expiry = object["Expiration"]?.string
        let expiresAt = expiry.flatMap(Instant.init(expiry:))
        // What cannot be read must not count as credentials that last forever.
        if expiry != nil, expiresAt == nil { throw MalformedItem() }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: object[token]?.string, expiresAt: expiresAt)
    }
}

extension String {
    /// The text up to its first line end, because a line end would end an HTTP header.
    fileprivate var firstLine: String { String(prefix { !$0.isNewline }) }

    fileprivate var trimmingSpace: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
