import Glibc
import Platform

/// The settings of the profile that `AWS_PROFILE` names, from the shared credentials file and the config file.
struct SharedConfigFiles: Sendable {
    private let credentialsFile: ProfileFile?
    private let configFile: ProfileFile?
    private let profile: String

    init(environment: [String: String], readFile: (String) -> String?) {
        profile = environment.setting("AWS_PROFILE") ?? environment.setting("AWS_DEFAULT_PROFILE") ?? "default"
        let folder = environment.setting("HOME").map { $0 + "/.aws/" }
        let credentialsPath =
            environment.setting("AWS_SHARED_CREDENTIALS_FILE") ?? folder.map { $0 + "credentials" }
        let configPath = environment.setting("AWS_CONFIG_FILE") ?? folder.map { $0 + "config" }
        credentialsFile = credentialsPath.flatMap(readFile).map(ProfileFile.init)
        configFile = configPath.flatMap(readFile).map(ProfileFile.init)
    }

    /// The credentials of the first file that has both key and secret; the credentials file comes first.
    var credentials: AWSCredentials? {
        for file in [credentialsFile, configFile].compactMap(\.self) {
            guard let key = file.value("aws_access_key_id", ofProfile: profile),
                let secret = file.value("aws_secret_access_key", ofProfile: profile)
            else { continue }
            return AWSCredentials(
                accessKeyID: key, secretAccessKey: secret,
                sessionToken: file.value("aws_session_token", ofProfile: profile))
        }
        return nil
    }

    var region: String? { configFile?.value("region", ofProfile: profile) }

    /// Reads a small text file; nil when it cannot be read or has more than 1 MiB.
    static func read(_ path: String) -> String? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        defer { close(number) }
        return FileDescriptor(number).readAll(maximumBytes: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// The sections of a shared credentials or config file, read as the AWS command line reads them.
///
/// A section is `[name]` or `[profile name]`, a setting `key = value`. A comment begins with `#` or `;`, at the start
/// of a line or after a space. Indented lines belong to a nested setting and are ignored.
struct ProfileFile: Sendable {
    private var sections: [String: [String: String]] = [:]

    init(_ text: String) {
        var section: String?
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
            guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else { continue }
            if first == "[" {
                section = Self.name(ofSection: line)
            } else if let section, let (key, value) = Self.setting(line) {
                // The last setting wins, also over sections of the same name.
                sections[section, default: [:]][key] = value
            }
        }
    }

    /// The value of a setting; nil when the profile or the setting is missing or empty.
    func value(_ key: String, ofProfile profile: String) -> String? {
        guard let value = sections[profile]?[key], !value.isEmpty else { return nil }
        return value
    }

    private static func name(ofSection line: Substring) -> String? {
        guard let end = line.firstIndex(of: "]") else { return nil }
        let words = line[line.index(after: line.startIndex)..<end].split(whereSeparator: \.isWhitespace)
        switch words.count {
        case 1: return String(words[0])
        case 2 where words[0] == "profile": return String(words[1])
        default: return nil
        }
    }

    private static func setting(_ line: Substring) -> (key: String, value: String)? {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        let key = trimmed(line[..<equals]).lowercased()
        let value = withoutComment(line[line.index(after: equals)...])
        return key.isEmpty ? nil : (key, String(trimmed(value)))
    }

    private static func withoutComment(_ value: Substring) -> Substring {
        var previous: Character = "="
        for index in value.indices {
            if value[index] == "#" || value[index] == ";", previous.isWhitespace { return value[..<index] }
            previous = value[index]
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> Substring {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return text[first...last]
    }
}
