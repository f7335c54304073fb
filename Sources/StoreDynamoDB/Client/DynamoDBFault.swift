import Repositories

/// Why the DynamoDB API did not do a request, in words for an operator. No case holds a value, a name or a secret.
public enum DynamoDBFault: String, Error, CaseIterable, CustomStringConvertible {
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
    case keyDenied = "the encryption key of the table cannot be used"
    case tableMissing = "the table does not exist"
    case keyMismatch = "the table's key is not pk (binary) with sk (text): it is not creditd's"
    case tableExists = "the table is there already, or is being changed"
    case throttled = "the table or the account is throttled"
    /// Another request is changing the same item.
    case conflict = "another request holds the item"
    case collectionFull = "the items of one subject are above 10 GB"
    case itemTooLarge = "an item is above 400 KB"
    /// The server calls the request invalid: it is not the server that this program knows.
    case requestRefused = "the server refuses the form of the request"
    case serverFailed = "the server failed"
    case unreadable = "the answer is not one of the DynamoDB API"
    /// The answer is one of the API, and its item has another shape than this program writes.
    case itemDamaged = "an item has another shape than this program writes"

    public var description: String { rawValue }

    /// Whether the fault is of one item, and the store serves others.
    var concernsItem: Bool { self == .itemTooLarge || self == .requestRefused || self == .itemDamaged }

    /// Whether other credentials, or other rights of theirs, would end the fault.
    var concernsCredentials: Bool { self == .credentialsRefused || self == .accessDenied || self == .keyDenied }

    var cause: StoreReason.Cause {
        switch self {
        case .unreachable, .untrusted, .unanswered: .unreachable
        case .credentialsMissing, .credentialsRefused, .clockSkewed, .accessDenied, .keyDenied, .keyMismatch,
            .requestRefused:
            .refused
        case .tableMissing, .tableExists: .notReady
        case .throttled: .throttled
        case .conflict: .locked
        case .collectionFull, .itemTooLarge: .full
        case .serverFailed, .unreadable, .itemDamaged: .failed
        }
    }

    var openCause: StoreOpenError.Cause {
        switch self {
        case .unreachable, .unanswered, .throttled, .conflict, .serverFailed: .unreachable
        case .credentialsMissing: .configuration
        case .tableMissing: .schemaBehind
        case .untrusted, .credentialsRefused, .clockSkewed, .accessDenied, .keyDenied, .keyMismatch, .tableExists,
            .collectionFull, .itemTooLarge, .requestRefused, .unreadable, .itemDamaged:
            .refused
        }
    }

    /// What an operator does about it.
    var remedy: String {
        switch self {
        case .unreachable, .unanswered: "Look at the endpoint, the network and the proxy variables."
        case .untrusted: "Name the file of the certificates in AWS_CA_BUNDLE or ca_bundle."
        case .credentialsMissing: "Give AWS credentials by the environment, a profile, a container or an instance role."
        case .credentialsRefused: "Renew the AWS credentials, or look at whose they are."
        case .clockSkewed: "Set this machine's clock."
        case .accessDenied: "Allow the operation on the table in the policy of the role or user."
        case .keyDenied: "Allow kms:Decrypt and kms:GenerateDataKey on the table's key, and enable the key."
        case .tableMissing: "Run: creditd migrate up."
        case .keyMismatch: "Name a table that creditd migrate up has made."
        case .tableExists: "Wait until the table is ACTIVE."
        case .throttled: "Raise the capacity of the table or the limits of the account."
        case .conflict: "Try again."
        case .collectionFull, .itemTooLarge: "Delete scores of the subject."
        case .serverFailed: "Look at the state of the service."
        case .requestRefused, .unreadable, .itemDamaged:
            "Look at whether the endpoint is the DynamoDB API, and whether the table is creditd's."
        }
    }
}
