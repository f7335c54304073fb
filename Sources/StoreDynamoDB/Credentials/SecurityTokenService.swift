import Bureau
import Encodings

/// AWS's service for credentials that expire, STS (version 2011-06-15): three calls, which block.
struct SecurityTokenService {
    let region: String
    /// `https://` with a host and perhaps a port.
    let endpoint: String
    let exchange: @Sendable (HTTPRequest) -> HTTPResult
    let now: @Sendable () -> Instant

    func assume(_ role: AssumedRole, by credentials: AWSCredentials) throws(CredentialFailure) -> AWSCredentials {
        var parameters = Self.parameters(role)
        if let id = role.externalID { parameters.append(("ExternalId", id)) }
        return try self.credentials("AssumeRole", parameters, role, by: credentials)
    }

    func assume(_ role: AssumedRole, token: String) throws(CredentialFailure) -> AWSCredentials {
        try credentials(
            "AssumeRoleWithWebIdentity", Self.parameters(role) + [("WebIdentityToken", token)], role, by: nil)
    }

    /// The ARN of whom the credentials belong to.
    func callerIdentity(_ credentials: AWSCredentials) throws(CredentialFailure) -> String {
        let answer = try call("GetCallerIdentity", [], by: credentials, "STS GetCallerIdentity")
        guard let arn = answer.element("Arn") else { throw CredentialFailure(reason: "STS names no ARN") }
        return arn
    }

    private static func parameters(_ role: AssumedRole) -> [(String, String)] {
        var parameters = [("RoleArn", role.arn), ("RoleSessionName", role.sessionName ?? "creditd")]
        if let seconds = role.durationSeconds { parameters.append(("DurationSeconds", String(seconds))) }
        return parameters
    }

    private func credentials(
        _ action: String, _ parameters: [(String, String)], _ role: AssumedRole, by credentials: AWSCredentials?
    ) throws(CredentialFailure) -> AWSCredentials {
        let name = "STS \(action) of \(role.arn) for \(role.origin)"
        let answer = try call(action, parameters, by: credentials, name)
        guard let key = answer.element("AccessKeyId"), let secret = answer.element("SecretAccessKey"),
            let token = answer.element("SessionToken"),
            let expiry = answer.element("Expiration").flatMap(Instant.init(expiry:))
        else { throw CredentialFailure(reason: "\(name) gives no credentials in the form that is known") }
        return AWSCredentials(accessKeyID: key, secretAccessKey: secret, sessionToken: token, expiresAt: expiry)
    }

    /// Sends a form, signed when there are credentials, and returns the XML of the answer.
    private func call(
        _ action: String, _ parameters: [(String, String)], by credentials: AWSCredentials?, _ name: String
    ) throws(CredentialFailure) -> String {
        let form = ([("Action", action), ("Version", "2011-06-15")] + parameters)
            .map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let body = Array(form.utf8)
        let date = now().basicText
        let authority = String(endpoint.split(separator: "/", omittingEmptySubsequences: true).last ?? "")
        var headers: [(name: String, value: String)] = [
            ("Host", authority), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("X-Amz-Date", date),
        ]
        if let credentials {
            if let token = credentials.sessionToken { headers.append(("X-Amz-Security-Token", token)) }
            var signer = SigV4(region: region, service: "sts")
            let signature = signer.authorization(credentials, headers: headers, date: date, body: body)
            guard let signature else { throw CredentialFailure(reason: "OpenSSL cannot sign") }
            headers.append(("Authorization", signature))
        }
        let request = HTTPRequest(
            method: "POST", url: endpoint + "/", headers: headers.map { "\($0.name): \($0.value)" }, body: body)
        switch exchange(request) {
        case .response(200, let body): return String(decoding: body, as: UTF8.self)
        case .response(let status, let body):
            let code = String(decoding: body, as: UTF8.self).element("Code")
            throw CredentialFailure(
                reason: "\(name) is refused: \(code ?? "HTTP status \(status)")", code: code ?? "\(status)")
        case .failed(let code, let text): throw CredentialFailure(reason: "\(name) fails: \(text)", code: code)
        }
    }
}

extension String {
    /// The content of the first XML element of a name; nil without one.
    fileprivate func element(_ name: String) -> String? {
        let after = split(separator: "<\(name)>", maxSplits: 1, omittingEmptySubsequences: false)
        guard after.count == 2 else { return nil }
        let parts = after[1].split(separator: "</\(name)>", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : nil
    }
}

extension Instant {
    var secondsSinceEpoch: Int64 { microsecondsSinceEpoch / 1_000_000 }

    /// The basic format of ISO 8601 to the second, `20261120T000000Z`.
    var basicText: String {
        Instant(secondsSinceEpoch: secondsSinceEpoch).text.filter { $0 != "-" && $0 != ":" }
    }
}
