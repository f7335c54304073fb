import Glibc
import Platform

/// Why credentials, or the settings that lead to them, cannot be used: a sentence that names the profile, the key or
/// the file, and a code such as `AccessDenied` when a service gave one. It never has a secret.
struct CredentialFailure: Error, Hashable, Sendable {
    var reason: String
    var code: String?
}

/// The shared credentials file and the config file, with the profile that `AWS_PROFILE` names.
struct SharedConfigFiles: Sendable {
    /// A text file.
    enum Content: Hashable, Sendable {
        case text(String)
        case missing
        /// The file is there; `reason` says why it cannot be read.
        case unreadable(reason: String)
    }

    let profileName: String
    /// How error texts name the config file.
    let configPath: String
    private let credentialsFile: ProfileFile
    private let configFile: ProfileFile

    /// - Parameter readFile: returns the content at a path.
    init(environment: [String: String], readFile: (String) -> Content) throws(CredentialFailure) {
        let given = environment.setting("AWS_PROFILE") ?? environment.setting("AWS_DEFAULT_PROFILE")
        let folder = environment.setting("HOME").map { $0 + "/.aws/" }
        func file(_ variable: String, _ name: String) throws(CredentialFailure) -> (path: String, ProfileFile) {
            let named = environment.setting(variable)
            guard let path = named ?? folder.map({ $0 + name }) else { return (name, try Self.parsed("", name)) }
            switch readFile(path) {
            case .text(let text): return (path, try Self.parsed(text, path))
            case .missing where named == nil: return (path, try Self.parsed("", path))
            case .missing: throw CredentialFailure(reason: "\(variable) names \(path), which is not there")
            case .unreadable(let reason): throw CredentialFailure(reason: "\(path) cannot be read: \(reason)")
            }
        }
        profileName = given ?? "default"
        credentialsFile = try file("AWS_SHARED_CREDENTIALS_FILE", "credentials").1
        (configPath, configFile) = try file("AWS_CONFIG_FILE", "config")
        guard given == nil || profile(profileName) != nil else {
            throw CredentialFailure(reason: "AWS_PROFILE names the profile \(profileName), which no AWS file has")
        }
    }

    /// The settings of a profile in both files; those of the credentials file win. Nil when neither has the profile.
    func profile(_ name: String) -> [String: String]? {
        let (credentials, config) = (credentialsFile.settings(name), configFile.settings(name))
        return credentials == nil && config == nil ? nil : (config ?? [:]).merging(credentials ?? [:]) { $1 }
    }

    /// The settings of a profile in each file, the credentials file first.
    func settingsByFile(ofProfile name: String) -> (credentials: [String: String], config: [String: String]) {
        (credentialsFile.settings(name) ?? [:], configFile.settings(name) ?? [:])
    }

    /// The names of a profile's settings in both files, also of those without a value.
    func keys(ofProfile name: String) -> Set<String> {
        credentialsFile.keys(ofProfile: name).union(configFile.keys(ofProfile: name))
    }

    func session(_ name: String) -> [String: String]? { configFile.settings(name, .session) }

    /// A setting of the profile in use.
    func value(_ key: String) -> String? { profile(profileName)?[key] }

    /// The URL for a service, such as `dynamodb`, from the environment or the profile; nil when none is configured.
    func endpoint(of service: String, environment: [String: String]) throws(CredentialFailure) -> String? {
        let ignores =
            environment.setting("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ?? value("ignore_configured_endpoint_urls")
        if ignores?.lowercased() == "true" { return nil }
        if let url = environment.setting("AWS_ENDPOINT_URL_\(service.uppercased())")
            ?? environment.setting("AWS_ENDPOINT_URL")
        {
            return url
        }
        if let name = value("services") {
            guard let services = configFile.settings(name, .services) else {
                throw CredentialFailure(
                    reason: "the profile \(profileName) names the services section \(name), which \(configPath) lacks")
            }
            if let url = services["\(service).endpoint_url"] { return url }
        }
        return value("endpoint_url")
    }

    private static func parsed(_ text: String, _ path: String) throws(CredentialFailure) -> ProfileFile {
        do throws(ProfileFileError) {
            return try ProfileFile(text)
        } catch {
            throw CredentialFailure(reason: "\(path), line \(error.line): \(error.reason)")
        }
    }

    /// Reads a small text file, of 1 MiB at most. A link that leads nowhere is not a missing file.
    static func read(_ path: String) -> Content {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                return .unreadable(reason: String(cString: strerror(errno)))
            }
            var link = stat()
            return lstat(path, &link) == 0 ? .unreadable(reason: "it is a link that leads nowhere") : .missing
        }
        defer { close(number) }
        guard let bytes = FileDescriptor(number).readAll(maximumBytes: 1 << 20) else {
            return .unreadable(reason: String(cString: strerror(errno)))
        }
        return .text(String(decoding: bytes, as: UTF8.self))
    }
}
