import Bureau
import Repositories
import Testing

@testable import StorePostgres

@Suite("PostgreSQL: base A's third step", .enabled(if: PostgresSchema.isTested))
struct PostgresPersonSchemaTests {
    private let schema: PostgresSchema
    private let migrator: PostgresMigrator

    init() throws {
        schema = try PostgresSchema()
        migrator = try PostgresMigrator(url: schema.ownerURL, steps: PostgresSchema.migrations)
    }

    @Test("rows of the former schema stay, and it comes back when nothing is lost")
    func upAndDown() async throws {
        try migrator.up(2) { _ in }
        let token = Sample.token(1).bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try schema.run(
            """
            INSERT INTO person VALUES ('\\x\(token)', '\\x01', '\\x02', NULL, 5, now(), now());
            INSERT INTO debt VALUES ('\\x\(token)', gen_random_uuid(), 0, '\\x03', 2, now(), now())
            """)
        try schema.migrate()
        let person = try await schema.open().person(1, audit: 1)
        #expect(person?.version == 5 && person?.debts.map(\.version) == [2])
        try forgetAudit()
        try migrator.down(PostgresSchema.migrations.countBack(to: "0003")) { _ in }
        #expect(throws: (any Error).self) { try schema.run("SELECT layout FROM debt") }
        #expect(throws: (any Error).self) { try schema.run("SELECT FROM payment") }
        try migrator.up(nil) { _ in }
        #expect(try await schema.open().person(1, audit: 2) == person)
    }

    /// Empties the audit log, which no way down would.
    private func forgetAudit() throws {
        try schema.tamper(["DELETE FROM audit_queue", "DELETE FROM audit_record"])
    }

    @Test("what the former schema cannot hold is named with its number, and stays")
    func loss() async throws {
        try schema.migrate()
        let store = try schema.open()
        var debt = Sample.newDebt(1)
        debt.layout = 2
        _ = try await store.create((1...3).map { Sample.creation($0, debts: [debt]) })
        let payment = PaymentKey(token: Sample.token(1), debtID: Sample.id(1), key: Sample.id(2))
        _ = try await store.write([
            PaymentChange(
                payment: payment, dataKey: Sample.dataKey(), action: .add(position: 0), details: Sample.sealed(1),
                at: Sample.instant(1))
        ])
        _ = try await store.delete([Sample.personDeletion(3)])
        try forgetAudit()
        let error = #expect(throws: MigrationError.self) {
            try migrator.down(PostgresSchema.migrations.countBack(to: "0003")) { _ in }
        }
        try migrator.up(nil) { _ in }
        guard case .failed(.a, _, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(
            reason.contains(
                "this would be lost: payments of debts: 1, debts with members that the former program cannot read: 2, "
                    + "versions of deleted persons: 1"))
        #expect(try await schema.open().person(1, audit: 2)?.debts.count == 1)
    }

    @Test("the audit log is not taken down while it has records")
    func auditLog() async throws {
        try schema.migrate()
        _ = try await schema.open().person(1, audit: 1)
        let error = #expect(throws: MigrationError.self) {
            try migrator.down(PostgresSchema.migrations.countBack(to: "0004")) { _ in }
        }
        guard case .failed(.a, "0004_audit_tree", let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("this would be lost: records of the audit log: 1"))
    }
}
