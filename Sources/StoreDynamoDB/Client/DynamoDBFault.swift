import Bureau
import JSON
import Repositories

/// Why the DynamoDB API did not do a request, in words for an operator. No case holds a value, a name or a secret.
package enum DynamoDBFault: String, Error, CaseIterable, CustomStringConvertible {
    /// The host is unknown or accepts no connection.
    case unreachable = "the endpoint cannot be reached"
    /// The TLS certificate is for another host, or nobody trusted has signed it.
    case untrusted = "the endpoint's TLS certificate is not trusted"
    /// The connection broke, or the time limit passed before the answer.
    case unanswered = "the endpoint did not answer in time"
    /// No standard place has credentials, or they could not be fetched.
    case credentialsMissing = "there are no AWS credentials"
    /// The access key is unknown or has expired, or the secret belongs to another key.
    case credentialsRefused = "the AWS credentials are refused: unknown key, wrong secret or expired token"
    /// This machine's clock is wrong, and a signature by the server's date did not help.
    case clockSkewed = "the signature is refused because of this machine's clock"
    case accessDenied = "the AWS credentials do not allow this operation"
    case tableMissing = "the table does not exist"
    case tableExists = "the table is there already, or is being changed"
    case throttled = "the table or the account is throttled"
    case itemTooLarge = "an item is above 400 KB"
    /// The server calls the request invalid: it is not the server that this program knows.
    case requestRefused = "the server refuses the form of the request"
    case serverFailed = "the server failed"
    case unreadable = "the answer is not one of the DynamoDB API"

    package var description: String { rawValue }

    /// The error for a store that this fault keeps from opening.
    var openError: StoreOpenError {
        let cause: StoreOpenError.Cause =
            switch self {
            case .unreachable, .unanswered, .throttled, .serverFailed: .unreachable
            case .credentialsMissing: .configuration
            case .tableMissing: .schemaBehind
            case .untrusted, .credentialsRefused, .clockSkewed, .accessDenied, .tableExists, .itemTooLarge,
                .requestRefused, .unreadable:
                .refused
            }
        return StoreOpenError(.b, cause, description)
    }
}

/// The meaning of a response with an HTTP status other than 200.
enum ErrorResponse: Hashable, Sendable {
    case conditionFailed
    /// The server has too many requests and did nothing.
    case throttled
    /// The server failed; `isRefusal` when it says that it did nothing.
    case serverFailed(isRefusal: Bool)
    case credentialsExpired
    case clockSkewed
    case fault(DynamoDBFault)

    init(status: Int, body: [UInt8]) {
        let (type, message) = Self.typeAndMessage(body)
        self = Self.meaning(of: type, message) ?? Self.meaning(of: status)
    }

    /// The name of the error and its message in lower case; empty when there are none. Some servers refuse a signature
    /// in XML, as other services of AWS do.
    private static func typeAndMessage(_ body: [UInt8]) -> (type: String, message: String) {
        let parsed = try? withObject(in: body) { (object) throws(MalformedItem) in
            guard let type = object["__type"]?.string else { throw MalformedItem() }
            let message = (object["message"] ?? object["Message"])?.string ?? ""
            return (String(type.split(separator: "#").last ?? ""), message.lowercased())
        }
        if let parsed { return parsed }
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        guard let (_, rest) = text.cut(at: "<Code>"), let (code, _) = rest.cut(at: "</Code>") else { return ("", "") }
        return (String(code), text.lowercased())
    }

    private static func meaning(of type: String, _ message: String) -> ErrorResponse? {
        switch type {
        case "ConditionalCheckFailedException": .conditionFailed
        case "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
            "LimitExceededException", "TooManyRequestsException":
            .throttled
        case "InternalServerError", "InternalFailure", "InternalServerErrorException": .serverFailed(isRefusal: false)
        case "ServiceUnavailable", "ServiceUnavailableException": .serverFailed(isRefusal: true)
        case "ExpiredTokenException", "ExpiredToken": .credentialsExpired
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture": .clockSkewed
        case "InvalidSignatureException", "SignatureDoesNotMatch":
            message.contains("signature expired") || message.contains("signature not yet current")
                ? .clockSkewed : .fault(.credentialsRefused)
        case "UnrecognizedClientException", "IncompleteSignature", "IncompleteSignatureException",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidClientTokenId",
            "InvalidAccessKeyId", "AuthFailure":
            .fault(.credentialsRefused)
        case "AccessDeniedException", "AccessDenied", "UnauthorizedOperation": .fault(.accessDenied)
        case "ResourceNotFoundException": .fault(.tableMissing)
        case "ResourceInUseException", "TableAlreadyExistsException": .fault(.tableExists)
        case "ItemCollectionSizeLimitExceededException": .fault(.itemTooLarge)
        case "ValidationException": .fault(message.contains("item size") ? .itemTooLarge : .requestRefused)
        default: nil
        }
    }

    private static func meaning(of status: Int) -> ErrorResponse {
        switch status {
        case 429: .throttled
        case 503: .serverFailed(isRefusal: true)
        case 500...599: .serverFailed(isRefusal: false)
        case 401, 403: .fault(.accessDenied)
        case 413: .fault(.itemTooLarge)
        case 400...499: .fault(.requestRefused)
        default: .fault(.unreadable)
        }
    }
}

extension StringProtocol {
    /// The parts before and after the first `separator`.
    fileprivate func cut(at separator: String) -> (Substring, Substring)? {
        let parts = split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return (Substring(parts[0]), Substring(parts[1]))
    }
}
