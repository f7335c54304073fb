import Bureau
import JSON
import Repositories

/// What the program knows of the table's schema, and what the table itself remembers, in an item of its own.
struct TableSchema: Sendable {
    enum State {
        case current
        case behind
        /// The table has seen steps that are not these.
        case unknown
    }

    /// No token has 18 bytes.
    static let key = ItemKey(partition: Array("creditd-migrations".utf8), sort: "state")

    let steps: [MigrationStep]

    func state(_ applied: [AppliedStep]) -> State {
        let known = countApplied(applied)
        if known < applied.count { return .unknown }
        return known == steps.count ? .current : .behind
    }

    /// The number of applied steps up to the first that is not the one in the files.
    func countApplied(_ applied: [AppliedStep]) -> Int {
        zip(steps, applied).prefix { $0.name == $1.name && $0.checksum == $1.checksum }.count
    }

    /// The steps that an answer to a `GetItem` of ``key`` tells of, none when the item is not there.
    static func appliedSteps(_ body: [UInt8]) throws(DynamoDBFault) -> [AppliedStep] {
        do {
            return try withObject(in: body) { (answer) throws(MalformedItem) in
                guard let item = answer["Item"] else { return [] }
                return try ItemReader(members: item).maps("steps") { (step) throws(MalformedItem) in
                    AppliedStep(
                        name: try step.text("name"), checksum: try step.text("checksum"),
                        appliedAt: try step.instant("appliedAt"))
                }
            }
        } catch {
            throw .unreadable
        }
    }

    /// The item that remembers `applied`.
    static func write(_ applied: [AppliedStep], to writer: inout Writer) {
        key.write(to: &writer)
        writer.key("steps")
        writer.maps(applied) { writer, step in
            writer.key("name")
            writer.text(step.name)
            writer.key("checksum")
            writer.text(step.checksum)
            writer.key("appliedAt")
            writer.decimal(step.appliedAt.microsecondsSinceEpoch)
        }
    }
}

/// A step that the table has seen.
struct AppliedStep: Hashable, Sendable {
    let name: String
    let checksum: String
    let appliedAt: Instant
}
