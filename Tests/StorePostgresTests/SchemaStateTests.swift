import Repositories
import Testing

@testable import StorePostgres

@Suite("The schema's state")
struct SchemaStateTests {
    private static let known = ["0001_a", "0002_b", "0003_c"].map {
        MigrationStep(name: $0, up: "", down: "", checksum: "sum of \($0)")
    }

    private static func row(_ name: String, _ checksum: String? = nil) -> SchemaState.Applied {
        SchemaState.Applied(name: name, checksum: checksum ?? "sum of \(name)")
    }

    @Test(
        "is good when each step is applied from its file, and says what is wrong otherwise",
        arguments: [
            ([row("0001_a"), row("0002_b"), row("0003_c")], nil),
            ([], .schemaBehind(step: "0001_a")),
            ([row("0001_a")], .schemaBehind(step: "0002_b")),
            ([row("0001_a"), row("0003_c")], .schemaBehind(step: "0002_b")),
            ([row("0001_a"), row("0002_b", "other")], .schemaDrifted(step: "0002_b")),
            ([row("0001_a"), row("0002_b"), row("0003_c"), row("0004_d")], .schemaNewer(step: "0004_d")),
        ] as [([SchemaState.Applied], PostgresOpenError?)])
    func check(applied: [SchemaState.Applied], error: PostgresOpenError?) {
        var thrown: PostgresOpenError?
        do throws(PostgresOpenError) {
            try SchemaState(known: Self.known, applied: applied).check()
        } catch {
            thrown = error
        }
        #expect(thrown == error)
    }

    @Test("lists the steps in their order, those of a newer program last")
    func order() {
        let state = SchemaState(known: Self.known, applied: [Self.row("0009_z"), Self.row("0001_a")])
        #expect(state.steps.map(\.name) == ["0001_a", "0002_b", "0003_c", "0009_z"])
        #expect(state.missing.map(\.name) == ["0002_b", "0003_c"])
        #expect(state.appliedCount == 1)
    }
}
