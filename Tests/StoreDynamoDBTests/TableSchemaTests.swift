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

    @Test("is current, behind, newer or drifted by what the table has seen")
    func states() {
        let schema = TableSchema(steps: Self.steps)
        #expect(schema.plan([]).verdict == .behind(step: "0001_table"))
        #expect(schema.plan(Array(Self.applied.prefix(1))).verdict == .behind(step: "0002_more"))
        #expect(schema.plan(Self.applied).verdict == .current)
        let newer = AppliedStep(name: "0003_newer", checksum: "x", appliedAt: .first)
        #expect(schema.plan(Self.applied + [newer]).verdict == .newer(step: "0003_newer"))
        let changed = AppliedStep(name: "0001_table", checksum: "other", appliedAt: .first)
        #expect(schema.plan([changed]).verdict == .drifted(step: "0001_table"))
        #expect(schema.plan([changed]).appliedCount == 0)
    }

    @Test("is remembered in an item and read from it")
    func item() throws {
        var writer = Writer()
        writer.object { writer in
            writer.key("Item")
            writer.object { TableSchema.write(Self.applied, to: &$0) }
        }
        #expect(try TableSchema.appliedSteps(.answered(writer.bytes)) == Self.applied)
        #expect(try TableSchema.appliedSteps(.answered(Array("{}".utf8))).isEmpty)
    }

    @Test(
        "an item of another shape is unreadable",
        arguments: ["", "[]", #"{"Item":{}}"#, #"{"Item":{"steps":{"L":7}}}"#])
    func malformed(text: String) {
        #expect(throws: APIFailure(fault: .unreadable)) { try TableSchema.appliedSteps(.answered(Array(text.utf8))) }
    }
}
