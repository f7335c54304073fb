import Foundation
import Synchronization
import Testing

@testable import StoreDynamoDB

@Suite("Where credentials come from")
struct CredentialChainTests {
    private static let keys = "aws_access_key_id=K\naws_secret_access_key=s\n"
    private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/id"]
    private static let web = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:web"]

    /// What botocore 1.43 resolves, place by place: each row has one place more in front than the next.
    @Test(
        "the first place of botocore's order wins",
        arguments: [
            (["env", "role", "web", "sso", "file", "process", "config", "container"], "fixed E"),
            (["role", "web", "sso", "file", "process", "config", "container"], "role of fixed S"),
            (["web", "sso", "file", "process", "config", "container"], "web /token"),
            (["sso", "file", "process", "config", "container"], "session 1"),
            (["file", "process", "config", "container"], "fixed F"),
            (["process", "config", "container"], "process"), (["config", "container"], "fixed C"),
            (["container"], "container"), ([], "instance"),
        ])
    func order(places: [String], winner: String) throws {
        var environment = places.contains("env") ? ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s"] : [:]
        if places.contains("web") { environment.merge(Self.web) { $1 } }
        if places.contains("container") { environment.merge(Self.container) { $1 } }
        var config = "[default]\n"
        if places.contains("role") { config += "role_arn=arn:role\nsource_profile=source\n" }
        if places.contains("sso") { config += "sso_account_id=1\nsso_role_name=r\nsso_region=x\nsso_start_url=u\n" }
        if places.contains("process") { config += "credential_process=run me\n" }
        if places.contains("config") { config += "aws_access_key_id=C\naws_secret_access_key=s\n" }
        let file = places.contains("file") ? "[default]\naws_access_key_id=F\naws_secret_access_key=s\n" : ""
        let source = "[source]\naws_access_key_id=S\naws_secret_access_key=s\n"
        #expect(try Self.name(Self.source(environment, config: config, credentials: file + source)) == winner)
    }

    @Test("a profile and other files can be named, and a session token goes with its key")
    func named() throws {
        let config =
            "[default]\n\(Self.keys)[profile p]\naws_access_key_id=P\naws_secret_access_key=s\n"
            + "aws_session_token=t"
        let named = try Self.source(["AWS_PROFILE": "p"], config: config).fixedCredentials
        #expect(named?.accessKeyID == "P" && named?.sessionToken == "t")
        #expect(try Self.source([:], config: config).fixedCredentials?.sessionToken == nil)
        let files = try SharedConfigFiles(environment: ["AWS_SHARED_CREDENTIALS_FILE": "/other"]) { path in
            path == "/other" ? .text("[default]\n\(Self.keys)") : .missing
        }
        #expect(try CredentialChain(environment: [:], files: files).source().fixedCredentials?.accessKeyID == "K")
    }

    @Test("a role is assumed by the profiles that lead to it, or by a named source")
    func roles() throws {
        let chain =
            "[default]\nrole_arn=a1\nsource_profile=x\nexternal_id=e\nduration_seconds=900\n"
            + "role_session_name=n\n[profile x]\nrole_arn=a2\nsource_profile=y\n[profile y]\n\(Self.keys)"
        guard case .role(let role, .role(let inner, .fixed)) = try Self.source([:], config: chain) else {
            Issue.record("it is no chain of two roles")
            return
        }
        #expect(role.arn == "a1" && role.externalID == "e" && role.durationSeconds == 900 && role.sessionName == "n")
        #expect(inner.arn == "a2")
        let own = "[default]\nrole_arn=a\nsource_profile=default\n\(Self.keys)"
        #expect(try Self.name(Self.source([:], config: own)) == "role of fixed K")
        let named: (String) -> String = { "[default]\nrole_arn=a\ncredential_source=\($0)" }
        #expect(try Self.name(Self.source([:], config: named("Ec2InstanceMetadata"))) == "role of instance")
        #expect(try Self.name(Self.source(Self.container, config: named("EcsContainer"))) == "role of container")
        let web = "[default]\nrole_arn=a\nweb_identity_token_file=/t\nsource_profile=x\n"
        #expect(try Self.name(Self.source([:], config: web)) == "web /t")
    }

    @Test(
        "what is configured and cannot be used is an error that names it",
        arguments: [
            (["AWS_ACCESS_KEY_ID": "E"], "", "AWS_SECRET_ACCESS_KEY is not"),
            (["AWS_PROFILE": "p"], "", "profile p"), ([:], "aws_access_key_id=C", "aws_secret_access_key"),
            ([:], "role_arn=a", "source_profile or credential_source"),
            ([:], "role_arn=a\nsource_profile=x\ncredential_source=Environment", "both"),
            ([:], "role_arn=a\nsource_profile=x", "source_profile x"),
            ([:], "role_arn=a\nsource_profile=default", "circle"),
            ([:], "role_arn=a\nsource_profile=x\n[profile x]\nrole_arn=b\nsource_profile=default", "circle"),
            ([:], "role_arn=a\nsource_profile=x\n[profile x]\nregion=r", "source_profile x"),
            ([:], "role_arn=a\ncredential_source=Environment", "credential_source Environment"),
            ([:], "role_arn=a\ncredential_source=Else", "unknown credential_source Else"),
            ([:], "role_arn=a\nsource_profile=x\nmfa_serial=m", "mfa_serial"),
            ([:], "role_arn=a\nsource_profile=x\nduration_seconds=5", "duration_seconds"),
            ([:], "web_identity_token_file=/t", "AWS_ROLE_ARN"),
            ([:], "sso_account_id=1", "sso_start_url"), ([:], "sso_account_id=1\nsso_session=s", "sso-session s"),
            ([:], "sso_role_name=r\nsso_session=s\nsso_region=a\n[sso-session s]\nsso_region=b", "sso_region"),
            ([:], "credential_process='run", "credential_process"),
            (["AWS_EC2_METADATA_DISABLED": "TRUE"], "", "AWS_EC2_METADATA_DISABLED"),
            (["AWS_SECRET_ACCESS_KEY": "s"], "", "AWS_ACCESS_KEY_ID is not"),
            (["AWS_ROLE_ARN": "arn:role"], "", "AWS_WEB_IDENTITY_TOKEN_FILE is not"),
            ([:], "aws_secret_access_key=s", "aws_secret_access_key"),
            ([:], "aws_access_key_id=\naws_secret_access_key=", "aws_access_key_id"),
            ([:], "role_arn=\ncredential_source=Ec2InstanceMetadata", "credential_source"),
            ([:], "credential_process=", "credential_process"), ([:], "login_session=arn:x", "login_session"),
            ([:], "source_profile=x", "source_profile"), ([:], "sso_session=s", "sso_session"),
            ([:], "sso_start_url=u", "sso_start_url"), ([:], "[broken", "/h/.aws/config, line 2"),
        ] as [([String: String], String, String)])
    func unusable(environment: [String: String], profile: String, part: String) {
        #expect {
            try Self.source(environment, config: "[default]\n\(profile)")
        } throws: { error in
            (error as? CredentialFailure)?.reason.contains(part) == true
        }
    }

    @Test("a named file that is missing, and one that cannot be read, are errors that name it")
    func files() {
        #expect(throws: CredentialFailure(reason: "AWS_CONFIG_FILE names /gone, which is not there")) {
            try SharedConfigFiles(environment: ["AWS_CONFIG_FILE": "/gone"]) { _ in .missing }
        }
        #expect(throws: CredentialFailure(reason: "/h/.aws/credentials cannot be read: denied")) {
            try SharedConfigFiles(environment: ["HOME": "/h"]) { _ in .unreadable(reason: "denied") }
        }
    }

    @Test("a link that leads nowhere is no missing file, and a folder that is not there has none")
    func danglingLink() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "link-\(UUID())").path()
        #expect(SharedConfigFiles.read(path) == .missing && SharedConfigFiles.read(path + "/x/y") == .missing)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + "-gone")
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(SharedConfigFiles.read(path) == .unreadable(reason: "it is a link that leads nowhere"))
    }

    @Test("without HOME the user's folder of the password database is looked into")
    func homeOfDatabase() throws {
        let looked = Mutex<[String]>([])
        let settings = try DriverSettings(url: "dynamodb://tab?region=sa-east-1", environment: ["HOME": ""]) { path in
            looked.withLock { $0.append(path) }
            return path.hasSuffix("/.aws/credentials") ? .text("[default]\n\(Self.keys)") : .missing
        }
        #expect(settings.initialCredentials?.accessKeyID == "K")
        let home = try #require(getpwuid(getuid())).pointee.pw_dir.map { String(cString: $0) } ?? ""
        #expect(looked.withLock { $0 }.contains("\(home)/.aws/config"))
    }

    @Test(
        "a full address of a container is taken when secrets are safe there",
        arguments: [
            "https://credentials.example/x", "http://127.0.0.1:8080/x", "http://127.9.8.7/x", "http://localhost/x",
            "http://[::1]:80/x", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/x",
        ])
    func safe(url: String) throws {
        let endpoint = try CredentialEndpoint.container(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        #expect(endpoint == .container(url: url, authorization: nil, authorizationFile: nil))
    }

    @Test(
        "a full address of a container is refused when anybody could listen",
        arguments: [
            "http://credentials.example/x", "http://127.0.0.1.example/x", "http://127.0.0.1@example/x",
            "http://10.0.0.1/x", "ftp://localhost/x", "http://localhost.example/", "http://127.0.0.256/x", "localhost",
        ])
    func unsafe(url: String) {
        #expect(throws: CredentialFailure.self) {
            try CredentialEndpoint.container(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        }
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

    private static func source(
        _ environment: [String: String], config: String, credentials: String = ""
    ) throws -> CredentialSource {
        let environment = environment.merging(["HOME": "/h"]) { $1 }
        let files = try SharedConfigFiles(environment: environment) { path in
            switch path {
            case "/h/.aws/config": .text(config)
            case "/h/.aws/credentials": .text(credentials)
            default: .missing
            }
        }
        return try CredentialChain(environment: environment, files: files).source()
    }

    private static func name(_ source: CredentialSource) -> String {
        switch source {
        case .fixed(let credentials): "fixed \(credentials.accessKeyID)"
        case .webIdentity(_, let file): "web \(file)"
        case .role(_, let other): "role of \(name(other))"
        case .session(let role): "session \(role.account)"
        case .process: "process"
        case .endpoint(.container): "container"
        case .endpoint(.instance): "instance"
        }
    }
}
