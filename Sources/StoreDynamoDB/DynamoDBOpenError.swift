/// Why a DynamoDB table cannot be served. Each description is a sentence for an operator and holds no secret.
package enum DynamoDBOpenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The URL is not `dynamodb://TABLE?endpoint=…&region=…`, or the environment's region or endpoint is none.
    case invalidURL
    /// No region: neither in the URL nor in `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile.
    case regionMissing
    /// The table is missing or lacks steps of its schema.
    case schemaBehind
    /// The table's schema is not the one that the files tell of: newer, or changed.
    case schemaUnknown
    /// The DynamoDB API did not answer as it should.
    case fault(DynamoDBFault)
    /// The system gives no thread or no memory.
    case system

    package var description: String {
        switch self {
        case .invalidURL:
            "base B: the URL must be dynamodb://TABLE?endpoint=URL&region=NAME, and its parts valid"
        case .regionMissing:
            "base B: no AWS region is given; add region=NAME to the URL or set AWS_REGION"
        case .schemaBehind:
            "base B: the table is missing or its schema is behind; run: creditd migrate up"
        case .schemaUnknown:
            "base B: the table has a schema of a newer program, or a step of it was changed"
        case .fault(let fault):
            "base B: \(fault)"
        case .system:
            "base B: the system gives no thread or no memory"
        }
    }
}
