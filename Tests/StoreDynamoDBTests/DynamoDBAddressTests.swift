import Bureau
import Repositories
import Testing

@testable import StoreDynamoDB

@Suite("A table's address")
struct DynamoDBAddressTests {
    @Test("takes its parts from the URL before the environment and the profile")
    func order() throws {
        let environment = [
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-west-1", "AWS_ENDPOINT_URL": "http://all",
            "AWS_ENDPOINT_URL_DYNAMODB": "https://one",
        ]
        let full = try Self.address(
            "dynamodb://t-1?endpoint=http://h:1/&region=sa-east-1&connections=4&timeout=9", environment)
        #expect(full.table == "t-1" && full.region == "sa-east-1" && full.connections == 4 && full.timeoutSeconds == 9)
        #expect(full.endpoint == "http://h:1" && full.authority == "h:1" && !full.isEncrypted)
        let bare = try Self.address("dynamodb://t-1", environment)
        #expect(bare.region == "us-east-1" && bare.endpoint == "https://one" && bare.isEncrypted)
        #expect(try Self.address("dynamodb://t-1", ["AWS_DEFAULT_REGION": "eu-west-1"]).region == "eu-west-1")
        let profile = try Self.address("dynamodb://t-1", [:], config: "[default]\nregion=cn-north-1")
        #expect(profile.endpoint == "https://dynamodb.cn-north-1.amazonaws.com.cn")
        #expect(profile.connections == nil)
    }

    @Test(
        "takes the endpoint of the config file last, the service's own before the general one",
        arguments: [
            ("endpoint_url=http://all", [:], "http://all"),
            ("endpoint_url=http://all\nservices=s", [:], "http://one"),
            ("services=s", ["AWS_ENDPOINT_URL": "http://env"], "http://env"),
            ("services=s", ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": "http://env"], nil),
            ("services=s\nignore_configured_endpoint_urls=TRUE", [:], nil),
            ("ignore_configured_endpoint_urls=false\nendpoint_url=http://all", [:], "http://all"),
        ] as [(String, [String: String], String?)])
    func configuredEndpoint(profile: String, environment: [String: String], endpoint: String?) throws {
        let config =
            "[default]\nregion=a\n\(profile)\n[services s]\nsts =\n  endpoint_url = http://sts\n"
            + "dynamodb =\n  endpoint_url = http://one\n"
        let address = try Self.address("dynamodb://tab", environment, config: config)
        #expect(address.endpoint == endpoint ?? "https://dynamodb.a.amazonaws.com")
        #expect(address.isOfAWS == (endpoint == nil))
    }

    @Test("is refused when the config file names a services section that is not there")
    func noServices() {
        #expect {
            try Self.address("dynamodb://tab", [:], config: "[default]\nregion=a\nservices=s")
        } throws: { error in
            "\(error)".contains("services section s")
        }
    }

    @Test("decodes percent escapes in its options")
    func escapes() throws {
        let address = try Self.address("dynamodb://tab?endpoint=http%3A%2F%2Fh%3a1&region=sa%2Deast-1", [:])
        #expect(address.endpoint == "http://h:1" && address.region == "sa-east-1")
    }

    @Test(
        "is refused when a part is not valid",
        arguments: [
            "", "dynamodb:", "dynamodb://", "dynamodb://ab", "sqlite:tab", "dynamodb://tab/x", "dynamodb://t b c",
            "dynamodb://tab?region", "dynamodb://tab?region=", "dynamodb://tab?region=a&region=b",
            "dynamodb://tab?unknown=1", "dynamodb://tab?region=a.example/", "dynamodb://tab?region=%zz",
            "dynamodb://tab?region=%2", "dynamodb://tab?region=%ff", "dynamodb://tab?endpoint=h:1&region=a",
            "dynamodb://tab?endpoint=ftp://h&region=a", "dynamodb://tab?endpoint=http://&region=a",
            "dynamodb://tab?endpoint=http://u:p@h&region=a", "dynamodb://tab?endpoint=http://h/path&region=a",
            "dynamodb://tab?endpoint=http://h%0d%0aX:y&region=a", "dynamodb://tab?endpoint=http://h%23&region=a",
            "dynamodb://tab?connections=0&region=a", "dynamodb://tab?connections=257&region=a",
            "dynamodb://tab?connections=x&region=a", "dynamodb://tab?timeout=0&region=a",
            "dynamodb://" + String(repeating: "t", count: 256) + "?region=a",
        ])
    func invalid(url: String) {
        let error = StoreOpenError(
            .b, .configuration, "the URL must be dynamodb://TABLE?endpoint=URL&region=NAME, and its parts valid")
        #expect(throws: error) { try Self.address(url, [:]) }
    }

    @Test("without a region is refused for its missing region")
    func noRegion() {
        let error = StoreOpenError(
            .b, .configuration, "no AWS region is given; add region=NAME to the URL or set AWS_REGION")
        #expect(throws: error) { try Self.address("dynamodb://tab", ["AWS_REGION": ""]) }
    }

    private static func address(
        _ url: String, _ environment: [String: String], config: String = ""
    ) throws -> DynamoDBAddress {
        let files = try SharedConfigFiles(environment: ["HOME": "/h"]) { path in
            path.hasSuffix("config") ? .text(config) : .missing
        }
        return try DynamoDBAddress(url: url, environment: environment, files: files)
    }
}
