import Bureau
import Foundation
import GRDB
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: base A's third step")
struct SQLitePersonSchemaTests {
    private let folder: TemporaryFolder
    private let migrator: SQLiteMigrator

    init() throws {
        folder = try TemporaryFolder()
        migrator = SQLiteMigrator(.a, path: folder.path("a.db"), steps: MigrationStep.embedded(.a))
    }

    private func open() throws -> SQLitePersonStore {
        try SQLitePersonStore(path: folder.path("a.db"), migrations: MigrationStep.embedded(.a))
    }

    /// SQLite's own table of the numbers that were given stays once it is there.
    private func sql() throws -> [String] {
        try DatabaseQueue(path: folder.path("a.db")).read {
            try String.fetchAll(
                $0,
                sql: """
                    SELECT coalesce(sql, name) FROM sqlite_schema WHERE name <> 'sqlite_sequence' ORDER BY name
                    """)
        }
    }

    @Test("rows of the former schema stay, and it comes back when nothing is lost")
    func upAndDown() async throws {
        try migrator.up(2) { _ in }
        let former = try sql()
        try await DatabaseQueue(path: folder.path("a.db")).write { db in
            try db.execute(
                sql: "INSERT INTO person VALUES (1, ?, x'01', x'02', NULL, 5, 7, 8)",
                arguments: [Data(Sample.token(1).bytes)])
            try db.execute(sql: "INSERT INTO debt VALUES (1, zeroblob(16), 0, x'03', 2, 7, 8)")
        }
        let person = try await open().person(1, audit: 1)
        #expect(person?.version == 5 && person?.debts.map(\.version) == [2])
        try forgetAudit()
        try migrator.down(MigrationStep.embedded(.a).countBack(to: "0003")) { _ in }
        #expect(try sql() == former)
        try migrator.up(nil) { _ in }
        #expect(try await open().person(1, audit: 2) == person)
    }

    /// Empties the audit log, which no way down would.
    private func forgetAudit() throws {
        try AuditRows.tamper(folder.path("a.db"), ["DELETE FROM audit_record"])
    }

    @Test("what the former schema cannot hold is named with its number, and stays")
    func loss() async throws {
        let store = try open()
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
            try migrator.down(MigrationStep.embedded(.a).countBack(to: "0003")) { _ in }
        }
        guard case .failed(.a, _, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(
            reason == "this would be lost: payments of debts: 1, "
                + "debts with members that the former program cannot read: 2, versions of deleted persons: 1")
        let query = PaymentQuery(token: payment.token, debtID: payment.debtID, before: nil, limit: 9)
        #expect(try await open().payments([query])[0].count == 1)
    }
}
