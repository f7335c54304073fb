import Testing

@testable import StoreDynamoDB

@Suite("Where credentials come from")
struct CredentialSourceTests {
    private static let variables = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s"]
    private static let home = ["HOME": "/home/x"]
    private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/id"]
    private static let files = [
        "/home/x/.aws/credentials": "[default]\naws_access_key_id=C\naws_secret_access_key=s\naws_session_token=t",
        "/home/x/.aws/config": """
        [default]
        aws_access_key_id=D
        aws_secret_access_key=s
        region=sa-east-1
        [profile p]
        aws_access_key_id=P
        aws_secret_access_key=s
        """,
        "/other": "[default]\naws_access_key_id=O\naws_secret_access_key=s",
    ]

    @Test("the environment comes first, then the credentials file, the config file, the container, the instance")
    func order() {
        let all = Self.home.merging(Self.container) { $1 }
        #expect(Self.keyID(all.merging(Self.variables) { $1 }) == "E")
        #expect(Self.keyID(all) == "C")
        #expect(Self.keyID(all, without: ["/home/x/.aws/credentials"]) == "D")
        let container = CredentialEndpoint.container(
            url: "http://169.254.170.2/v2/id", authorization: nil, authorizationFile: nil)
        #expect(CredentialSource(environment: all) { _ in nil } == .endpoint(container))
        #expect(
            CredentialSource(environment: [:]) { _ in nil } == .endpoint(.instance(url: "http://169.254.169.254")))
        #expect(CredentialSource(environment: ["AWS_EC2_METADATA_DISABLED": "TRUE"]) { _ in nil } == .none)
    }

    @Test("a key without its secret, or with an empty one, is ignored")
    func half() {
        #expect(Self.keyID(Self.home.merging(["AWS_ACCESS_KEY_ID": "E"]) { $1 }) == "C")
        #expect(
            Self.keyID(Self.home.merging(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": ""]) { $1 }) == "C")
    }

    @Test("a profile and other files can be named")
    func named() {
        #expect(Self.keyID(Self.home.merging(["AWS_PROFILE": "p"]) { $1 }) == "P")
        #expect(Self.keyID(Self.home.merging(["AWS_SHARED_CREDENTIALS_FILE": "/other"]) { $1 }) == "O")
        #expect(Self.keyID(["AWS_CONFIG_FILE": "/other"]) == "O")
    }

    @Test("a session token goes with its key")
    func session() {
        #expect(Self.credentials(Self.home)?.sessionToken == "t")
        #expect(Self.credentials(Self.home.merging(Self.variables) { $1 })?.sessionToken == nil)
        let variables = Self.variables.merging(["AWS_SESSION_TOKEN": "u"]) { $1 }
        #expect(Self.credentials(variables)?.sessionToken == "u")
    }

    @Test(
        "a full address of a container is taken when secrets are safe there",
        arguments: [
            "https://credentials.example/x", "http://127.0.0.1:8080/x", "http://127.9.8.7/x", "http://localhost/x",
            "http://[::1]:80/x", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/x",
        ])
    func safe(url: String) {
        let endpoint = CredentialEndpoint(environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        #expect(endpoint == .container(url: url, authorization: nil, authorizationFile: nil))
    }

    @Test(
        "a full address of a container is refused when anybody could listen",
        arguments: [
            "http://credentials.example/x", "http://127.0.0.1.example/x", "http://127.0.0.1@example/x",
            "http://10.0.0.1/x", "ftp://localhost/x", "http://localhost.example/", "http://127.0.0.256/x", "localhost",
        ])
    func unsafe(url: String) {
        #expect(CredentialEndpoint(environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]) == nil)
    }

    @Test("printing credentials in any way shows none of them")
    func hidden() {
        let credentials = AWSCredentials(accessKeyID: "KEY-ID", secretAccessKey: "SECRET", sessionToken: "TOKEN")
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(CredentialSource.fixed(credentials), to: &dumped)
        for text in [
            "\(credentials)", String(reflecting: credentials), "\(CredentialSource.fixed(credentials))", dumped,
        ] {
            #expect(!text.contains("KEY-ID") && !text.contains("SECRET") && !text.contains("TOKEN"))
        }
    }

    private static func credentials(_ environment: [String: String], without: Set<String> = []) -> AWSCredentials? {
        let source = CredentialSource(environment: environment) { without.contains($0) ? nil : files[$0] }
        guard case .fixed(let credentials) = source else { return nil }
        return credentials
    }

    private static func keyID(_ environment: [String: String], without: Set<String> = []) -> String? {
        credentials(environment, without: without)?.accessKeyID
    }
}

@Suite("Shared credentials and config files")
struct ProfileFileTests {
    @Test(
        "a setting is read as the AWS command line reads it",
        arguments: [
            ("[default]\nregion = sa-east-1", "default", "sa-east-1"),
            ("[default]\r\nregion=sa-east-1\r\n", "default", "sa-east-1"),
            ("[profile dev]\nregion = a", "dev", "a"),
            ("[ profile   dev ] # mine\nregion = a", "dev", "a"),
            ("[dev]\nregion = a", "dev", "a"),
            ("# [dev]\n; x = y\n[dev]\n\nregion = a # note", "dev", "a"),
            ("[dev]\nregion = a;b#c", "dev", "a;b#c"),
            ("[dev]\nregion = a=b==", "dev", "a=b=="),
            ("[dev]\nREGION = a", "dev", "a"),
            ("[dev]\nregion = a\nregion = b", "dev", "b"),
            ("[dev]\nregion = a\n[x]\nregion = c\n[dev]\nother = 1", "dev", "a"),
            ("[dev]\ns3 =\n  region = nested\nregion = a", "dev", "a"),
        ])
    func read(text: String, profile: String, value: String) {
        #expect(ProfileFile(text).value("region", ofProfile: profile) == value)
    }

    @Test(
        "a text without the setting in the profile has no value for it",
        arguments: [
            "", "region = a", "[other]\nregion = a", "[dev\nregion = a", "[dev]\nregion", "[dev]\nregion =",
            "[dev]\n= a", "[dev]\n  region = a", "[sso-session dev]\nregion = a", "[profile]\nregion = a",
            "[dev]\n[x y z]\nregion = a", "[]\nregion = a", "[dev]\nregion = # nothing",
        ])
    func absent(text: String) {
        #expect(ProfileFile(text).value("region", ofProfile: "dev") == nil)
    }
}
