import COpenSSL
import Encodings

/// Where credentials come from, with all that is needed to get them.
indirect enum CredentialSource: Hashable, Sendable {
    case fixed(AWSCredentials)
    /// `AssumeRoleWithWebIdentity` with the token that a file has, as in Kubernetes.
    case webIdentity(AssumedRole, tokenFile: String)
    /// `AssumeRole` with the credentials of another source.
    case role(AssumedRole, CredentialSource)
    /// A role that IAM Identity Center gives to somebody who has logged in.
    case session(SessionRole)
    /// The output of a program, of `profile`.
    case process([String], profile: String)
    case endpoint(CredentialEndpoint)

    var fixedCredentials: AWSCredentials? { if case .fixed(let credentials) = self { credentials } else { nil } }
}

/// A role to assume, and how.
struct AssumedRole: Hashable, Sendable {
    /// What has configured the role: `the profile p`, `the environment`.
    let origin: String
    let arn: String
    var sessionName: String?
    var externalID: String?
    var durationSeconds: Int?
}

/// A role of IAM Identity Center.
struct SessionRole: Hashable, Sendable {
    let profile: String
    let account: String
    let role: String
    let region: String
    /// The file of the token that `aws sso login` writes.
    let tokenFile: String

    /// SHA-1 (FIPS 180-4) in hexadecimal digits, by which the AWS command line names the file; nil when OpenSSL has
    /// none.
    static func hash(of text: String) -> String? {
        let bytes = Array(text.utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil) == 1 else { return nil }
        return Hexadecimal.text(of: digest)
    }
}
