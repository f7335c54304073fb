import Testing

@testable import StoreDynamoDB

@Suite("A signature for another time")
struct ShiftedSignatureTests {
    private static let headers = [
        "Content-Type: application/x-amz-json-1.0", "X-Amz-Target: DynamoDB_20120810.GetItem",
        "X-Amz-Security-Token: TOKEN", "X-Amz-Date: 20200229T235959Z",
    ]

    /// The expected signature was made by botocore 1.43 of the same request.
    @Test("is the one that the AWS SDK makes, of the endpoint's own name")
    func known() throws {
        let settings = try DriverSettings(
            url: "dynamodb://tab?region=sa-east-1", environment: ["AWS_EC2_METADATA_DISABLED": "true"])
        let line = ShiftedSignature.authorization(
            settings, Credentials(accessKeyID: "AKID", secretAccessKey: "SECRET", sessionToken: "TOKEN"),
            headers: Self.headers, body: Array(#"{"TableName":"t"}"#.utf8))
        #expect(
            line == """
                Authorization: AWS4-HMAC-SHA256 Credential=AKID/20200229/sa-east-1/dynamodb/aws4_request, \
                SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
                Signature=a0e799e659884e9a700a5d7d5a71bb6c72fd85aa1312be59850b61f30dd403c2
                """)
    }

    @Test("is made of large bodies too")
    func large() throws {
        let settings = try DriverSettings(
            url: "dynamodb://tab?region=sa-east-1&endpoint=http://h.example:8000",
            environment: ["AWS_EC2_METADATA_DISABLED": "true"])
        let credentials = Credentials(accessKeyID: "AKID", secretAccessKey: "SECRET")
        let lines = [16, 900_000].map { count in
            ShiftedSignature.authorization(
                settings, credentials, headers: Self.headers, body: Array(repeating: 0x20, count: count))
        }
        #expect(lines.allSatisfy { $0?.hasPrefix("Authorization: AWS4-HMAC-SHA256 ") == true })
        #expect(lines[0] != lines[1])
    }
}
