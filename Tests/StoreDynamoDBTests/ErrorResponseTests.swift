import Testing

@testable import StoreDynamoDB

@Suite("The meaning of an error response")
struct ErrorResponseTests {
    @Test(
        "follows from the error's name, whatever its prefix",
        arguments: [
            ("ConditionalCheckFailedException", ErrorResponse.conditionFailed),
            ("ProvisionedThroughputExceededException", .throttled), ("ThrottlingException", .throttled),
            ("RequestLimitExceeded", .throttled), ("InternalServerError", .serverFailed(isRefusal: false)),
            ("ServiceUnavailable", .serverFailed(isRefusal: true)), ("ExpiredTokenException", .credentialsExpired),
            ("RequestTimeTooSkewed", .clockSkewed), ("UnrecognizedClientException", .fault(.credentialsRefused)),
            ("IncompleteSignature", .fault(.credentialsRefused)),
            ("InvalidSignatureException", .fault(.credentialsRefused)),
            ("AccessDeniedException", .fault(.accessDenied)), ("ResourceNotFoundException", .fault(.tableMissing)),
            ("ResourceInUseException", .fault(.tableExists)), ("ValidationException", .fault(.requestRefused)),
            ("TransactionConflictException", .conflict), ("KMSThrottlingException", .throttled),
            ("KMSDisabledException", .fault(.keyDenied)),
            ("InaccessibleEncryptionCredentials", .fault(.keyDenied)),
            ("InaccessibleEncryptionCredentialsException", .fault(.keyDenied)),
            ("ItemCollectionSizeLimitExceededException", .fault(.collectionFull)),
        ])
    func names(name: String, meaning: ErrorResponse) {
        for prefix in ["com.amazonaws.dynamodb.v20120810#", "com.amazon.coral.service#", ""] {
            #expect(Self.response(400, #"{"__type":"\#(prefix)\#(name)","message":"x"}"#) == meaning)
        }
    }

    @Test("is a wrong clock for a signature that is too old or too new")
    func clock() {
        for message in ["Signature expired: 1 is now earlier than 2", "Signature not yet current: 1 is still later"] {
            let body = #"{"__type":"InvalidSignatureException","Message":"\#(message)"}"#
            #expect(Self.response(400, body) == .clockSkewed)
        }
    }

    @Test("is a denied encryption key for missing rights on one")
    func encryptionKey() {
        let body = #"{"__type":"AccessDeniedException","message":"not allowed: KMS key access denied"}"#
        #expect(Self.response(400, body) == .fault(.keyDenied))
    }

    @Test("differs for an item that is too large and another invalid request")
    func size() {
        let message = "Item size has exceeded the maximum allowed size"
        for (name, fault) in [
            (message, DynamoDBFault.itemTooLarge), ("One or more parameters", .requestRefused),
            ("The provided key element does not match the schema", .keyMismatch),
        ] {
            let body = #"{"__type":"ValidationException","message":"\#(name)"}"#
            #expect(Self.response(400, body) == .fault(fault))
        }
    }

    @Test("is read from XML too")
    func xml() {
        let body = "<?xml version=\"1.0\"?><E><Code>SignatureDoesNotMatch</Code><Message>no</Message></E>"
        #expect(Self.response(403, body) == .fault(.credentialsRefused))
    }

    @Test(
        "follows from the status when the name is not known",
        arguments: [
            (500, ErrorResponse.serverFailed(isRefusal: false)), (502, .serverFailed(isRefusal: false)),
            (503, .serverFailed(isRefusal: true)), (429, .throttled), (403, .fault(.accessDenied)),
            (413, .fault(.itemTooLarge)), (400, .fault(.requestRefused)), (404, .fault(.requestRefused)),
            (302, .fault(.unreadable)), (0, .fault(.unreadable)),
        ])
    func statuses(status: Int, meaning: ErrorResponse) {
        let bodies = [
            "", "{", "[]", "null", #"{"__type":7}"#, #"{"__type":"Unheard"}"#, "<html>", "<Code>", "\u{0}\u{FF}",
        ]
        for body in bodies { #expect(Self.response(status, body) == meaning) }
    }

    private static func response(_ status: Int, _ body: String) -> ErrorResponse {
        ErrorResponse(status: status, body: Array(body.utf8))
    }
}
