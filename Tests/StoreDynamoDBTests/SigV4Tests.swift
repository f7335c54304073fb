import Encodings
import Testing

@testable import StoreDynamoDB

@Suite("AWS Signature Version 4")
struct SigV4Tests {
    private static let example = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    private static let date = "20150830T123600Z"
    private static let exampleToken = """
        AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8\
        YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6\
        fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQ\
        wj2ICCR/oLxBA==
        """

    /// The `POST /` requests of Amazon's aws-sig-v4-test-suite, with a signature each.
    @Test(
        "agrees with the official test suite",
        arguments: [
            (
                "post-vanilla", [:], "",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
            ),
            (
                "post-header-key-sort", ["My-Header1": "value1"], "",
                "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"
            ),
            (
                "post-header-value-case", ["My-Header1": "VALUE1"], "",
                "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"
            ),
            (
                "post-sts-header-before", ["X-Amz-Security-Token": exampleToken], "",
                "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
            ),
            (
                "post-x-www-form-urlencoded", ["Content-Type": "application/x-www-form-urlencoded"], "Param1=value1",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
            ),
            (
                "post-x-www-form-urlencoded-parameters",
                ["Content-Type": "application/x-www-form-urlencoded; charset=utf8"], "Param1=value1",
                "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"
            ),
        ] as [(String, [String: String], String, String)])
    func official(name: String, extra: [String: String], body: String, signature: String) {
        var signer = SigV4(region: "us-east-1", service: "service")
        let headers = [("Host", "example.amazonaws.com"), ("X-Amz-Date", Self.date)] + extra.map { ($0, $1) }
        let names = headers.map { $0.0.lowercased() }.sorted().joined(separator: ";")
        #expect(
            signer.authorization(Self.example, headers: headers, date: Self.date, body: Array(body.utf8))
                == """
                AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                SignedHeaders=\(names), Signature=\(signature)
                """)
    }

    /// The example of "Deriving the signing key" in the AWS General Reference.
    @Test("derives the signing key of the documentation's example")
    func derivedKey() {
        let key = SigV4(region: "us-east-1", service: "iam")
            .signingKey(secret: Self.example.secretAccessKey, day: "20150830")
        #expect(
            key.map { Hexadecimal.text(of: $0) } == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")
    }

    /// The expected signature was made by botocore 1.43 for the same request.
    @Test("agrees with the AWS SDK on a request to DynamoDB")
    func dynamoDB() {
        var signer = SigV4(region: "sa-east-1", service: "dynamodb")
        let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "SECRET", sessionToken: "TOKEN")
        let headers = [
            ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "DynamoDB_20120810.GetItem"),
            ("X-Amz-Security-Token", "TOKEN"), ("X-Amz-Date", "20200229T235959Z"),
            ("Host", "dynamodb.sa-east-1.amazonaws.com"),
        ]
        let authorization = signer.authorization(
            credentials, headers: headers, date: "20200229T235959Z", body: Array(#"{"TableName":"t"}"#.utf8))
        #expect(
            authorization == """
                AWS4-HMAC-SHA256 Credential=AKID/20200229/sa-east-1/dynamodb/aws4_request, \
                SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
                Signature=a0e799e659884e9a700a5d7d5a71bb6c72fd85aa1312be59850b61f30dd403c2
                """)
    }

    @Test("a signer that has signed for other days and secrets signs as a new one does")
    func cachedKey() {
        var used = SigV4(region: "us-east-1", service: "service")
        for (secret, date) in [("a", "20260101T000000Z"), ("b", "20260101T000000Z"), ("b", "20260102T000000Z")] {
            let credentials = AWSCredentials(accessKeyID: "K", secretAccessKey: secret)
            for body in [[], [UInt8](repeating: 0x20, count: 900_000)] {
                var new = SigV4(region: "us-east-1", service: "service")
                let headers = [("Host", "h"), ("X-Amz-Date", date)]
                let expected = new.authorization(credentials, headers: headers, date: date, body: body)
                #expect(expected != nil)
                #expect(used.authorization(credentials, headers: headers, date: date, body: body) == expected)
            }
        }
    }

    @Test("printing a signer shows neither secret nor key")
    func hidden() throws {
        var signer = SigV4(region: "us-east-1", service: "service")
        _ = signer.authorization(Self.example, headers: [("Host", "h")], date: Self.date, body: [])
        var dumped = ""
        dump(signer, to: &dumped)
        for text in ["\(signer)", String(reflecting: signer), dumped] {
            #expect(!text.contains(Self.example.secretAccessKey) && !text.contains("key"))
        }
    }
}
