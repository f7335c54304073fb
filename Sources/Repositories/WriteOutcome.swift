/// What became of one item of a batch of writes.
package enum WriteOutcome: Hashable, Sendable {
    /// Durable. `version` counts the writes of the record, this one included.
    case written(version: Int64)
    case alreadyExists
    case notFound
    /// The version that the caller expected does not hold; nothing was written for this item.
    case versionConflict(current: Int64)
}
