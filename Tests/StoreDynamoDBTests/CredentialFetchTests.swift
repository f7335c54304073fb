import Bureau
import Foundation
import Seeds
import Testing

@testable import StoreDynamoDB

/// A small fake of AWS's endpoints, on one port: STS, the portal of IAM Identity Center, an instance and a container.
private func makeFake() throws -> FakeEndpoint {
    try FakeEndpoint { request in
        func pair(_ key: String) -> String {
            FakeEndpoint.response(
                "200 OK",
                #"{"AccessKeyId":"\#(key)","SecretAccessKey":"s","Token":"t","Expiration":"2040-01-01T00:00:00Z"}"#)
        }
        switch (request.method, request.path) {
        case ("PUT", "/latest/api/token"): return FakeEndpoint.response("200 OK", "SESSION")
        case ("GET", "/latest/meta-data/iam/security-credentials/"):
            return FakeEndpoint.response("200 OK", "node\nother")
        case ("GET", "/latest/meta-data/iam/security-credentials/node"):
            return request.headers["x-aws-ec2-metadata-token"] == "SESSION"
                ? pair("NODE") : FakeEndpoint.response("401 Unauthorized", "")
        case ("GET", "/container"):
            return request.headers["authorization"] == "letters"
                ? pair("TASK") : FakeEndpoint.response("401 Unauthorized", "")
        case ("GET", "/federation/credentials?role_name=r%2Fx&account_id=1"):
            return request.headers["x-amz-sso_bearer_token"] == "TOKEN"
                ? FakeEndpoint.response(
                    "200 OK",
                    #"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","#
                        + #""expiration":2208988800000}}"#)
                : FakeEndpoint.response("401 Unauthorized", "{}")
        case ("POST", "/"): return answerOfSTS(request)
        default: return FakeEndpoint.response("404 Not Found", "")
        }
    }
}

private func answerOfSTS(_ request: FakeEndpoint.Request) -> String {
    let pairs = request.body.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    let form = Dictionary(pairs.map { ($0[0], $0.count == 2 ? $0[1] : "") }) { $1 }
    let by = request.headers["authorization"]?.split(separator: "Credential=").last?.split(separator: "/").first
    let scope = request.headers["authorization"]?.contains("/sa-east-1/sts/aws4_request") ?? false
    func answer(_ key: String) -> String {
        FakeEndpoint.response(
            "200 OK",
            "<R><Credentials><AccessKeyId>\(key)</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                + "<SessionToken>t</SessionToken><Expiration>2040-01-01T00:00:00Z</Expiration></Credentials></R>")
    }
    switch form["Action"] {
    case "AssumeRole" where scope: return answer("\(by ?? "")>\(form["RoleArn"] ?? "")/\(form["ExternalId"] ?? "")")
    case "AssumeRoleWithWebIdentity" where form["WebIdentityToken"] == "WEB%2F1" && by == nil:
        return answer("WEB")
    case "GetCallerIdentity" where scope:
        return FakeEndpoint.response("200 OK", "<R><Arn>arn:aws:sts::1:\(by ?? "")</Arn></R>")
    default: return FakeEndpoint.response("403 Forbidden", "<E><Error><Code>AccessDenied</Code></Error></E>")
    }
}

@Suite("Credentials are fetched")
struct CredentialFetchTests {
    private static let now = Instant(secondsSinceEpoch: 1_800_000_000)
    private static let keys = "aws_access_key_id=K\naws_secret_access_key=s\n"
    private static let token = "/h/.aws/sso/cache/\(SessionRole.hash(of: "s") ?? "").json"
    private static let session = """
        sso_session=s
        sso_account_id=1
        sso_role_name=r/x
        [sso-session s]
        sso_region=sa-east-1
        sso_start_url=https://x
        """

    @Test(
        "from each source that the files name",
        arguments: [
            (Self.keys, "K"), ("role_arn=arn1\nexternal_id=e\nsource_profile=p\n", "P>arn1/e"),
            ("role_arn=arn1\nsource_profile=q\n", "P>arn2>arn1/"),
            ("role_arn=arn1\ncredential_source=Ec2InstanceMetadata\n", "NODE>arn1/"),
            ("role_arn=arn1\ncredential_source=EcsContainer\n", "TASK>arn1/"),
            ("role_arn=arn1\nweb_identity_token_file=/web\n", "WEB"), (Self.session, "SSO"),
            (#"credential_process=/bin/echo '{"Version":1,"AccessKeyId":"PROC","SecretAccessKey":"s"}'"#, "PROC"),
            ("region=x", "TASK"),
        ])
    func fetched(profile: String, key: String) throws {
        let fake = try makeFake()
        defer { fake.stop() }
        let credentials = try Self.fetcher(fake, profile).credentials()
        // The fake writes who has asked into the key, percent-encoded as it came.
        #expect(credentials.accessKeyID == key)
    }

    @Test("from the node, when nothing else is configured, and their owner is told by STS")
    func node() throws {
        let fake = try makeFake()
        defer { fake.stop() }
        let fetcher = Self.fetcher(fake, "region=x", container: false)
        let credentials = try fetcher.credentials()
        #expect(credentials.accessKeyID == "NODE" && credentials.expiresAt != nil)
        #expect(try fetcher.identity(of: credentials) == "arn:aws:sts::1:NODE")
    }

    @Test(
        "in vain, with a sentence that names what is wrong, and no other source instead",
        arguments: [
            ("role_arn=arn1\nweb_identity_token_file=/gone\n", "/gone"),
            ("role_arn=arn1\nweb_identity_token_file=/empty\n", "/empty"),
            ("role_arn=arn1\nweb_identity_token_file=/other\n", "AccessDenied"),
            ("credential_process=/bin/false", "exit code 1"), ("credential_process=/gone", "/gone"),
            ("credential_process=/bin/echo {}", "credential_process of the profile default"),
            ("credential_process=/bin/sh -c 'sleep 60 & sleep 60'", "did not end"),
            (
                Self.session.replacing("sso_session=s", with: "sso_session=t").replacing(
                    "-session s", with: "-session t"),
                "aws sso login --profile default"
            ),
        ])
    func failing(profile: String, part: String) throws {
        let fake = try makeFake()
        defer { fake.stop() }
        #expect {
            try Self.fetcher(fake, profile).credentials()
        } throws: { error in
            (error as? CredentialFailure)?.reason.contains(part) == true
        }
    }

    @Test("in vain when the token of a session has expired: the sentence says how to log in")
    func expiredSession() throws {
        let fake = try makeFake()
        defer { fake.stop() }
        for (text, part) in [
            (#"{"accessToken":"TOKEN","expiresAt":"2020-01-01T00:00:00UTC"}"#, "has expired; run: aws sso login"),
            (#"{"accessToken":"OTHER","expiresAt":"2040-01-01T00:00:00Z"}"#, "refuses the token; run: aws sso login"),
        ] {
            #expect {
                try Self.fetcher(fake, Self.session, files: [Self.token: text]).credentials()
            } throws: { error in
                (error as? CredentialFailure)?.reason.contains(part) == true
            }
        }
    }

    @Test("in vain when nobody answers: curl's code is kept")
    func silent() throws {
        let fake = try makeFake()
        fake.stop()
        let failure = #expect(throws: CredentialFailure.self) {
            try Self.fetcher(fake, "region=x", container: false).credentials()
        }
        #expect(failure?.code?.hasPrefix("CURLE_") == true)
    }

    @Test(
        "with an expiry of any form that is written",
        arguments: [
            "2027-01-15T08:00:00Z", "2027-01-15T08:00:00UTC", "2027-01-15T05:00:00-03:00",
            "2027-01-15T08:00:00.123456789Z",
        ])
    func expiry(text: String) {
        #expect(Instant(expiry: text) == Self.now)
    }

    private static func fetcher(
        _ fake: FakeEndpoint, _ profile: String, container: Bool = true, files: [String: String] = [:]
    ) -> CredentialFetcher {
        var environment = [
            "HOME": "/h", "AWS_ENDPOINT_URL_STS": fake.url, "AWS_ENDPOINT_URL_SSO": fake.url + "/",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": fake.url,
        ]
        if container {
            environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = fake.url + "/container"
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/letters"
        }
        let sources =
            "[profile p]\naws_access_key_id=P\naws_secret_access_key=s\n"
            + "[profile q]\nrole_arn=arn2\nsource_profile=p\n"
        let known = [
            "/h/.aws/config": sources + "[default]\n" + profile, "/web": "WEB/1\n", "/empty": "", "/other": "OTHER",
            "/letters": "letters\nX: y", token: #"{"accessToken":"TOKEN","expiresAt":"2040-01-01T00:00:00Z"}"#,
        ].merging(files) { $1 }
        return CredentialFetcher(
            environment: environment, region: "sa-east-1",
            readFile: { known[$0].map { .text($0) } ?? .missing },
            exchange: { HTTPExchange(caBundle: nil)($0) }, now: { now }, processTimeout: .seconds(2))
    }
}
