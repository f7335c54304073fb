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
    case scan = "Scan"
    case createTable = "CreateTable"
    case describeTable = "DescribeTable"
    case deleteTable = "DeleteTable"
    case updateTimeToLive = "UpdateTimeToLive"

    /// The value of the header `X-Amz-Target`.
    var target: String { "DynamoDB_20120810.\(rawValue)" }

    /// Whether the operation changes nothing.
    var isRead: Bool {
        switch self {
        case .getItem, .batchGetItem, .query, .scan, .describeTable: true
        case .updateItem, .putItem, .deleteItem, .batchWriteItem, .createTable, .deleteTable, .updateTimeToLive:
            false
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
    /// The server may have done the write without saying so. Never true of a read.
    var mayHaveHappened = false
    var retryAfter: Duration = .seconds(1)
    /// The error code of the API or curl's name for what went wrong.
    var code: String?
    /// A sentence that tells more than the fault's own.
    var detail: String?

    /// Why the store cannot serve, for an operator.
    var reason: StoreReason { StoreReason(fault.cause, code: code, detail ?? fault.description) }

    /// The error of a call, or of one item.
    ///
    /// - Parameter afterWriting: whether other requests of the same call have written.
    func storeError(afterWriting: Bool = false) -> StoreError {
        if mayHaveHappened || afterWriting { return .outcomeUnknown(.b, reason) }
        if fault.concernsItem { return .corrupt(.b) }
        return .unavailable(.b, reason, retryAfterMilliseconds: retryAfter.wholeMilliseconds)
    }

    /// The error for a store that this failure keeps from opening.
    var openError: StoreOpenError {
        StoreOpenError(.b, fault.openCause, reason.detail, code: code, remedy: fault.remedy)
    }

    /// The same with a name of the credentials that were used.
    func openError(ofCredentials name: String) -> StoreOpenError {
        StoreOpenError(.b, fault.openCause, "\(reason.detail) (\(name))", code: code, remedy: fault.remedy)
    }
}
