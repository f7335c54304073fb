import Bureau
import JSON
import Repositories

/// One request of the DynamoDB API.
struct APIRequest: Sendable {
    let operation: Operation
    /// The JSON of the request.
    let body: [UInt8]
}

extension APIRequest {
    /// Makes a request of the members that `write` appends.
    init(_ operation: Operation, reserving capacity: Int, _ write: (inout Writer) -> Void) {
        var writer = Writer(reserving: capacity)
        writer.object(write)
        self.init(operation: operation, body: writer.take())
    }
}

/// An operation of the DynamoDB API, version 2012-08-10.
enum Operation: String, Sendable {
    case getItem = "GetItem"
    case updateItem = "UpdateItem"
    case putItem = "PutItem"
    case deleteItem = "DeleteItem"
    case batchGetItem = "BatchGetItem"
    case batchWriteItem = "BatchWriteItem"
    case query = "Query"
    case createTable = "CreateTable"
    case describeTable = "DescribeTable"
    case deleteTable = "DeleteTable"

    /// The value of the header `X-Amz-Target`.
    var target: String { "DynamoDB_20120810.\(rawValue)" }

    /// Whether the operation changes nothing.
    var isRead: Bool {
        switch self {
        case .getItem, .batchGetItem, .query, .describeTable: true
        case .updateItem, .putItem, .deleteItem, .batchWriteItem, .createTable, .deleteTable: false
        }
    }

    /// Whether a repetition changes nothing. Batches write only items whose content never changes.
    var isIdempotent: Bool { isRead || self == .batchWriteItem }
}

/// The outcome of one request after its retries.
enum APIOutcome: Sendable {
    case answered([UInt8])
    /// The condition of a write did not hold; the JSON of the error may have the present item.
    case conditionFailed([UInt8])
    case failed(APIFailure)

    /// The reason why a request without a condition was not answered.
    var failure: APIFailure {
        if case .failed(let failure) = self { failure } else { APIFailure(fault: .unreadable) }
    }
}

/// Why a request has no answer.
struct APIFailure: Error, Hashable, Sendable {
    let fault: DynamoDBFault
    /// The server may have done the write without saying so.
    var mayHaveHappened = false
    var retryAfter: Duration = .seconds(1)

    /// The error of a call.
    ///
    /// - Parameter afterWriting: whether other requests of the same call have written.
    func storeError(afterWriting: Bool = false) -> StoreError {
        if mayHaveHappened || afterWriting { return .outcomeUnknown(.b, reason) }
        return switch fault {
        case .requestRefused, .unreadable, .itemTooLarge: .corrupt(.b)
        case .unreachable, .untrusted, .unanswered, .credentialsMissing, .credentialsRefused, .clockSkewed,
            .accessDenied, .tableMissing, .tableExists, .throttled, .serverFailed:
            .unavailable(.b, reason, retryAfterMilliseconds: retryAfter.wholeMilliseconds)
        }
    }

    private var reason: StoreReason {
        StoreReason(fault == .throttled ? .throttled : .unreachable, fault.description)
    }
}
