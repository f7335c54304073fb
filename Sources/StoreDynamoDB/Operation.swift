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

    /// Whether doing it twice is as good as once. The items that this program writes in batches are never overwritten
    /// with something else.
    var isIdempotent: Bool {
        switch self {
        case .getItem, .batchGetItem, .batchWriteItem, .query, .describeTable: true
        case .updateItem, .putItem, .deleteItem, .createTable, .deleteTable: false
        }
    }
}

extension Operation {
    /// Whether it leaves everything as it was.
    var isRead: Bool {
        switch self {
        case .getItem, .batchGetItem, .query, .describeTable: true
        case .updateItem, .putItem, .deleteItem, .batchWriteItem, .createTable, .deleteTable: false
        }
    }
}

/// One request of the DynamoDB API.
struct APIRequest: Sendable {
    let operation: Operation
    /// The JSON of the request.
    let body: [UInt8]
}

/// What became of one request, retries included.
enum APIOutcome: Sendable {
    case answered([UInt8])
    /// The condition of a write did not hold; the JSON of the error may have the item as it is.
    case conditionFailed([UInt8])
    case failed(APIFailure)
}

/// Why a request has no answer.
struct APIFailure: Error, Hashable, Sendable {
    let fault: DynamoDBFault
    /// The server may have done what it was asked for, though it did not say so.
    var mayHaveHappened = false
    /// When it may be worth another try.
    var retryAfterMilliseconds = 1000
}
