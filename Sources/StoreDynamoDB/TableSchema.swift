import Bureau
import JSON
import Repositories

/// The schema of the table: the program's steps, and the item in which the table remembers those that are applied.
struct TableSchema: Sendable {
    /// The key of the item. No token has its 18 bytes.
    static let key = ItemKey(partition: Array("creditd-migrations".utf8), sort: "state")

    let steps: [MigrationStep]

    func plan(_ applied: [AppliedStep]) -> MigrationPlan {
        MigrationPlan(steps: steps, applied: applied)
    }

    /// Reads the applied steps from the outcome of a `GetItem` of ``key``; none when there is no item.
    static func appliedSteps(_ outcome: APIOutcome) throws(APIFailure) -> [AppliedStep] {
        guard case .answered(let body) = outcome else { throw outcome.failure }
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
            throw APIFailure(fault: .unreadable)
        }
    }

    /// Writes the item that remembers `applied`.
    static func write(_ applied: [AppliedStep], to writer: inout Writer) {
        key.write(to: &writer)
        writer.maps("steps", applied) { writer, step in
            writer.text("name", step.name)
            writer.text("checksum", step.checksum)
            writer.decimal("appliedAt", step.appliedAt.microsecondsSinceEpoch)
        }
    }
}
