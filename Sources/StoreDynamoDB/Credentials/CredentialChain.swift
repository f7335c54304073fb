/// Finds the source that the environment and the shared files configure, in botocore's order.
///
/// What is configured and cannot be used is an error, never a reason to try the next place.
struct CredentialChain {
    let environment: [String: String]
    let files: SharedConfigFiles

    func source() throws(CredentialFailure) -> CredentialSource {
        let pair = try AWSCredentials(environment: environment)
        if let pair { return .fixed(pair) }
        if let source = try role(ofProfile: files.profileName, [files.profileName]) { return source }
        if let source = try profile(files.profileName, seesEnvironment: true) { return source }
        try refuseLeftover()
        if let source = try container() { return source }
        return try instance()
    }

    /// The settings of a profile that are there for credentials.
    private static let keysOfCredentials: Set = [
        "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "role_arn",
        "source_profile", "credential_source", "web_identity_token_file", "credential_process", "login_session",
        "sso_session", "sso_start_url", "sso_account_id", "sso_role_name",
    ]

    /// Throws when the environment or the profile has a setting for credentials that has led to none: somebody wants
    /// other credentials than those of the container or the node.
    private func refuseLeftover() throws(CredentialFailure) {
        if environment.setting("AWS_ROLE_ARN") != nil {
            throw CredentialFailure(reason: "AWS_ROLE_ARN is set, and AWS_WEB_IDENTITY_TOKEN_FILE is not")
        }
        let name = files.profileName
        guard let key = files.keys(ofProfile: name).intersection(Self.keysOfCredentials).min() else { return }
        throw CredentialFailure(
            reason: "the profile \(name) has \(key), which gives no credentials as it is; complete it or take it out")
    }

    /// The role that a profile assumes; nil when the profile assumes none.
    ///
    /// - Parameter visited: the profiles on the way, this one last.
    private func role(
        ofProfile name: String, _ visited: [String]
    ) throws(CredentialFailure) -> CredentialSource? {
        guard let settings = files.profile(name), Self.assumesRole(settings), let arn = settings["role_arn"] else {
            return nil
        }
        if settings["mfa_serial"] != nil {
            throw CredentialFailure(
                reason: "the profile \(name) has mfa_serial, and a daemon can ask nobody for a code")
        }
        let role = AssumedRole(
            origin: "the profile \(name)", arn: arn, sessionName: settings["role_session_name"],
            externalID: settings["external_id"], durationSeconds: try Self.duration(settings, name))
        switch (settings["source_profile"], settings["credential_source"]) {
        case (_?, _?):
            throw CredentialFailure(reason: "the profile \(name) has both source_profile and credential_source")
        case (nil, nil):
            throw CredentialFailure(
                reason: "the profile \(name) has role_arn without source_profile or credential_source")
        case (let source?, nil): return .role(role, try self.source(ofProfile: source, for: name, visited))
        case (nil, let source?): return .role(role, try named(source, name))
        }
    }

    /// The source of a profile that another one names as its `source_profile`.
    private func source(
        ofProfile name: String, for parent: String, _ visited: [String]
    ) throws(CredentialFailure) -> CredentialSource {
        guard let settings = files.profile(name) else {
            throw CredentialFailure(
                reason: "the profile \(parent) has the source_profile \(name), which no AWS file has")
        }
        let hasKeys = settings["aws_access_key_id"] != nil || settings["aws_secret_access_key"] != nil
        // A profile may name itself to assume a role by its own keys.
        if visited.contains(name), name != parent || !hasKeys {
            throw CredentialFailure(
                reason: "the profiles \(visited.joined(separator: ", ")) name each other as source_profile in a circle")
        }
        if !hasKeys, let source = try role(ofProfile: name, visited + [name]) { return source }
        guard let source = try profile(name, seesEnvironment: false) else {
            throw CredentialFailure(reason: "the source_profile \(name) of the profile \(parent) has no credentials")
        }
        return source
    }

    private func named(_ source: String, _ profile: String) throws(CredentialFailure) -> CredentialSource {
        let found: CredentialSource? =
            switch source {
            case "Environment": try AWSCredentials(environment: environment).map { .fixed($0) }
            case "Ec2InstanceMetadata": try instance()
            case "EcsContainer": try container()
            default:
                throw CredentialFailure(reason: "the profile \(profile) has the unknown credential_source \(source)")
            }
        guard let found else {
            throw CredentialFailure(
                reason: "the profile \(profile) has credential_source \(source), and there are no credentials")
        }
        return found
    }

    /// What a profile has beside a role: a web identity, a session, keys, a process.
    private func profile(_ name: String, seesEnvironment: Bool) throws(CredentialFailure) -> CredentialSource? {
        let settings = files.profile(name) ?? [:]
        if let source = try webIdentity(settings, name, seesEnvironment ? environment : [:]) { return source }
        if let source = try session(settings, name) { return source }
        let byFile = files.settingsByFile(ofProfile: name)
        let pair = try AWSCredentials(settings: byFile.credentials, ofProfile: name)
        if let pair { return .fixed(pair) }
        if let command = settings["credential_process"] {
            guard let words = ShellWords.split(command), !words.isEmpty else {
                throw CredentialFailure(reason: "the credential_process of the profile \(name) has an open quote")
            }
            return .process(words, profile: name)
        }
        let configured = try AWSCredentials(settings: byFile.config, ofProfile: name)
        return configured.map { .fixed($0) }
    }

    private func webIdentity(
        _ settings: [String: String], _ name: String, _ environment: [String: String]
    ) throws(CredentialFailure) -> CredentialSource? {
        let variable = environment.setting("AWS_WEB_IDENTITY_TOKEN_FILE")
        guard let file = variable ?? settings["web_identity_token_file"] else { return nil }
        let origin = variable == nil ? "the profile \(name)" : "AWS_WEB_IDENTITY_TOKEN_FILE"
        guard let arn = environment.setting("AWS_ROLE_ARN") ?? settings["role_arn"] else {
            throw CredentialFailure(reason: "\(origin) has a web identity without a role: AWS_ROLE_ARN is not set")
        }
        let session = environment.setting("AWS_ROLE_SESSION_NAME") ?? settings["role_session_name"]
        let role = AssumedRole(
            origin: origin, arn: arn, sessionName: session, durationSeconds: try Self.duration(settings, name))
        return .webIdentity(role, tokenFile: file)
    }

    private func session(_ profile: [String: String], _ name: String) throws(CredentialFailure) -> CredentialSource? {
        guard profile["sso_role_name"] != nil || profile["sso_account_id"] != nil else { return nil }
        var settings = profile
        let session = profile["sso_session"]
        if let session {
            guard let section = files.session(session) else {
                throw CredentialFailure(
                    reason: "the profile \(name) names the sso-session \(session), which \(files.configPath) lacks")
            }
            for (key, value) in section where settings.updateValue(value, forKey: key).map({ $0 != value }) ?? false {
                throw CredentialFailure(reason: "\(key) differs in the profile \(name) and its sso-session \(session)")
            }
        }
        func required(_ key: String) throws(CredentialFailure) -> String {
            guard let value = settings[key] else {
                throw CredentialFailure(reason: "the profile \(name) lacks \(key)")
            }
            return value
        }
        let startURL = try required("sso_start_url")
        guard let home = environment.setting("HOME"), let hash = SessionRole.hash(of: session ?? startURL)
        else { throw CredentialFailure(reason: "HOME is not set, and the token of \(name) lies there") }
        return .session(
            SessionRole(
                profile: name, account: try required("sso_account_id"), role: try required("sso_role_name"),
                region: try required("sso_region"), tokenFile: "\(home)/.aws/sso/cache/\(hash).json"))
    }

    private func container() throws(CredentialFailure) -> CredentialSource? {
        try CredentialEndpoint.container(environment).map { .endpoint($0) }
    }

    private func instance() throws(CredentialFailure) -> CredentialSource {
        guard let endpoint = CredentialEndpoint.instance(environment) else {
            throw CredentialFailure(
                reason: "there are no AWS credentials in the environment and the files, and "
                    + "AWS_EC2_METADATA_DISABLED keeps from asking the instance")
        }
        return .endpoint(endpoint)
    }

    private static func assumesRole(_ settings: [String: String]) -> Bool {
        settings["role_arn"] != nil && settings["web_identity_token_file"] == nil
    }

    private static func duration(_ settings: [String: String], _ name: String) throws(CredentialFailure) -> Int? {
        guard let text = settings["duration_seconds"] else { return nil }
        guard let seconds = Int(text), (900...43_200).contains(seconds) else {
            throw CredentialFailure(reason: "duration_seconds of the profile \(name) is no number from 900 to 43200")
        }
        return seconds
    }
}
