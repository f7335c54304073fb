/// Why the DynamoDB API did not do what it was asked for. No case holds a value, a name or a secret.
package enum DynamoDBFault: Error, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The host is unknown or takes no connection.
    case unreachable
    /// The TLS certificate does not hold for this host, or is signed by nobody who is trusted.
    case untrusted
    /// The connection broke or the time was up before the answer.
    case unanswered
    /// None of the standard places has credentials, or they could not be fetched.
    case credentialsMissing
    /// The access key is unknown, has expired, or the secret does not belong to it.
    case credentialsRefused
    /// This machine's clock is wrong, and correcting the signature by the server's date did not help.
    case clockSkewed
    /// The credentials are good and do not allow this operation.
    case accessDenied
    case tableMissing
    /// The table is there already, or is being changed.
    case tableExists
    /// More requests than the table or the account may have.
    case throttled
    /// An item above DynamoDB's limit of 400 KB.
    case itemTooLarge
    /// The server says that the request makes no sense: it is not the server that this program knows.
    case requestRefused
    /// The server failed.
    case serverFailed
    /// The answer is not one of the DynamoDB API.
    case unreadable

    package var description: String {
        switch self {
        case .unreachable: "the endpoint cannot be reached"
        case .untrusted: "the endpoint's TLS certificate is not trusted"
        case .unanswered: "the endpoint did not answer in time"
        case .credentialsMissing: "there are no AWS credentials"
        case .credentialsRefused: "the AWS credentials are refused: unknown key, wrong secret or expired token"
        case .clockSkewed: "the signature is refused because of this machine's clock"
        case .accessDenied: "the AWS credentials do not allow this operation"
        case .tableMissing: "the table does not exist"
        case .tableExists: "the table is there already, or is being changed"
        case .throttled: "the table or the account is throttled"
        case .itemTooLarge: "an item is above 400 KB"
        case .requestRefused: "the server refuses the form of the request"
        case .serverFailed: "the server failed"
        case .unreadable: "the answer is not one of the DynamoDB API"
        }
    }
}
