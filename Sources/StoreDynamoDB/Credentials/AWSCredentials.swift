import Bureau
import Glibc

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

extension AWSCredentials {
    /// The pair of the environment; nil without both. One without the other is an error.
    init?(environment: [String: String]) throws(CredentialFailure) {
        guard let key = environment.setting("AWS_ACCESS_KEY_ID") else {
            guard environment.setting("AWS_SECRET_ACCESS_KEY") == nil else {
                throw CredentialFailure(reason: "AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not")
            }
            return nil
        }
        guard let secret = environment.setting("AWS_SECRET_ACCESS_KEY") else {
            throw CredentialFailure(reason: "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
        }
        self.init(
            accessKeyID: key, secretAccessKey: secret,
            sessionToken: environment.setting("AWS_SESSION_TOKEN") ?? environment.setting("AWS_SECURITY_TOKEN"))
    }

    /// The pair of a profile in one file; nil without an access key. A key without its secret is an error.
    init?(settings: [String: String], ofProfile profile: String) throws(CredentialFailure) {
        guard let key = settings["aws_access_key_id"] else { return nil }
        guard let secret = settings["aws_secret_access_key"] else {
            throw CredentialFailure(
                reason: "the profile \(profile) has aws_access_key_id without aws_secret_access_key")
        }
        self.init(
            accessKeyID: key, secretAccessKey: secret,
            sessionToken: settings["aws_session_token"] ?? settings["aws_security_token"])
    }
}

extension Instant {
    /// Reads the expiry of credentials, with a fraction of any length, and with `UTC` as an old AWS command line
    /// wrote it.
    init?(expiry text: String) {
        let isOld = text.hasSuffix("UTC")
        let zoned = isOld ? text.dropLast(3) + "Z" : text[...]
        guard let dot = zoned.firstIndex(of: ".") else {
            self.init(String(zoned))
            return
        }
        self.init(String(zoned[..<dot] + zoned[dot...].drop { $0 == "." || $0.isNumber }))
    }
}

extension [String: String] {
    /// The variables with `HOME`: without the variable, the user's folder in the password database, as botocore takes
    /// it. A folder that the user may not enter, such as one that systemd hides, is none.
    func withHome() -> [String: String] {
        guard setting("HOME") == nil else { return self }
        guard let folder = Self.homeInDatabase(), access(folder, X_OK) == 0 else { return self }
        return merging(["HOME": folder]) { $1 }
    }

    private static func homeInDatabase() -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = buffer.baseAddress,
                getpwuid_r(getuid(), &entry, start, buffer.count, &found) == 0, found != nil, let folder = entry.pw_dir
            else { return nil }
            return String(cString: folder)
        }
    }

    /// The value of a variable; nil when it is not set or empty.
    func setting(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }
}
