/// The profile that `AWS_PROFILE` names, in the shared credentials file and in the config file.
struct SharedFiles: Sendable {
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

    /// The credentials file wins over the config file; a file counts when it has both key and secret.
    var credentials: Credentials? {
        for file in [credentialsFile, configFile].compactMap(\.self) {
            guard let key = file.value("aws_access_key_id", ofProfile: profile),
                let secret = file.value("aws_secret_access_key", ofProfile: profile)
            else { continue }
            return Credentials(
                accessKeyID: key, secretAccessKey: secret,
                sessionToken: file.value("aws_session_token", ofProfile: profile))
        }
        return nil
    }

    var region: String? { configFile?.value("region", ofProfile: profile) }
}
