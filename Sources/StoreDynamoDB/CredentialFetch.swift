import Bureau
import JSON

/// The steps of fetching credentials from an endpoint, without the sending.
struct CredentialFetch {
    enum Step: Equatable {
        case ask(MetadataRequest)
        case done(Credentials)
        case failed
    }

    private enum Stage {
        case container
        case session
        case role(session: String)
        case credentials
    }

    private static let path = "/latest/meta-data/iam/security-credentials/"
    private let endpoint: CredentialEndpoint
    private var stage: Stage

    init(_ endpoint: CredentialEndpoint) {
        self.endpoint = endpoint
        stage =
            switch endpoint {
            case .container: .container
            case .instance: .session
            }
    }

    /// The first request. `readFile` gives a file's text, nil when it cannot be read.
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

    /// Takes the answer to the last request and says what comes next.
    mutating func take(status: Int, body: [UInt8]) -> Step {
        guard status == 200, !body.isEmpty else { return .failed }
        switch stage {
        case .container, .credentials:
            return Self.credentials(body).map(Step.done) ?? .failed
        case .session:
            let session = String(decoding: body, as: UTF8.self).firstLine
            stage = .role(session: session)
            return ask(Self.path, session)
        case .role(let session):
            let role = String(decoding: body, as: UTF8.self).firstLine
            stage = .credentials
            return ask(Self.path + role, session)
        }
    }

    private func ask(_ path: String, _ session: String) -> Step {
        guard case .instance(let url) = endpoint else { return .failed }
        return .ask(
            MetadataRequest(method: "GET", url: url + path, headers: ["X-aws-ec2-metadata-token: \(session)"]))
    }

    private static func credentials(_ body: [UInt8]) -> Credentials? {
        var parser = Parser()
        return body.withUnsafeBufferPointer { text in
            guard let object = try? parser.parse(text),
                let key = object["AccessKeyId"]?.string, !key.isEmpty,
                let secret = object["SecretAccessKey"]?.string, !secret.isEmpty
            else { return nil }
            return Credentials(
                accessKeyID: key, secretAccessKey: secret, sessionToken: object["Token"]?.string,
                expiresAt: object["Expiration"]?.string.flatMap { Instant($0) })
        }
    }
}

/// A request to a metadata service. It is not signed.
struct MetadataRequest: Hashable {
    let method: String
    let url: String
    let headers: [String]
}

extension String {
    /// Without what could end an HTTP header.
    fileprivate var firstLine: String {
        String(prefix { !$0.isNewline })
    }
}
