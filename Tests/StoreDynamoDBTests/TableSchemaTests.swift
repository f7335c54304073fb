import Bureau
import JSON
import Repositories
import Testing

@testable import StoreDynamoDB

@Suite("The table's schema")
struct TableSchemaTests {
    private static let steps = ["0001_table", "0002_more"].map {
        MigrationStep(name: $0, up: "{}", down: "", checksum: "sum of \($0)")
    }
    private static let applied = steps.map { AppliedStep(name: $0.name, checksum: $0.checksum, appliedAt: .first) }

    @Test("is current, behind or unknown by what the table has seen")
    func states() {
        let schema = TableSchema(steps: Self.steps)
        #expect(schema.state([]) == .behind)
        #expect(schema.state(Array(Self.applied.prefix(1))) == .behind)
        #expect(schema.state(Self.applied) == .current)
        let newer = AppliedStep(name: "0003_newer", checksum: "x", appliedAt: .first)
        #expect(schema.state(Self.applied + [newer]) == .unknown)
        let changed = AppliedStep(name: "0001_table", checksum: "other", appliedAt: .first)
        #expect(schema.state([changed]) == .unknown)
        #expect(schema.countApplied([changed]) == 0)
    }

    @Test("is remembered in an item and read from it")
    func item() throws {
        var writer = Writer()
        writer.object { writer in
            writer.key("Item")
            writer.object { TableSchema.write(Self.applied, to: &$0) }
        }
        #expect(try TableSchema.appliedSteps(writer.bytes) == Self.applied)
        #expect(try TableSchema.appliedSteps(Array("{}".utf8)).isEmpty)
    }

    @Test(
        "an item of another shape is unreadable",
        arguments: ["", "[]", #"{"Item":{}}"#, #"{"Item":{"steps":{"L":7}}}"#])
    func malformed(text: String) {
        #expect(throws: DynamoDBFault.unreadable) { try TableSchema.appliedSteps(Array(text.utf8)) }
    }
}
