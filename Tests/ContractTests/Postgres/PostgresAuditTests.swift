import Bureau
import Repositories
import Services
import Synchronization
import Testing
import Vault

@testable import StorePostgres

@Suite("PostgreSQL: the upkeep of the audit log", .enabled(if: PostgresSchema.isTested))
struct PostgresAuditTests {
    private let schema: PostgresSchema

    init() throws {
        schema = try PostgresSchema()
        try schema.migrate()
    }

    @Test("the records that wait are looked up by their positions, whatever the server knows of the tables")
    func edgePlan() throws {
        let connection = try connect(schema.daemonURL)
        try connection.run("SET enable_nestloop = off; SET plan_cache_mode = 'force_generic_plan'")
        try connection.run("PREPARE edge (bigint[]) AS \(Statement.auditEdge.sql)")
        let rows = try connection.rows("EXPLAIN EXECUTE edge ('{2048}')")
        let plan: [String] = try (0..<rows.rowCount).map { try rows[$0].value(0) }
        #expect(plan.contains { $0.contains("Index Cond: (\"position\" = waiting.\"position\")") }, "\(plan)")
    }

    @Test("positions that wait and have no records are told and refused, and keep no record out of the tree")
    func positionsAlone() async throws {
        let store = try schema.open()
        let keys = try BaseVault(ring: KeyRing.loadOrCreate(at: try TemporaryFolder().path("ring"), base: .a)).audit
        let notices = Mutex<[AuditNotice]>([])
        let log = AuditLog(repository: store, keys: keys, journal: Journal(), witness: Witness()) { notice in
            notices.withLock { $0.append(notice) }
        }
        try schema.run("INSERT INTO audit_queue VALUES (-2), (-1)")
        try await store.append(keys.lines(of: (1...3).map { Sample.record($0, $0) }))
        try await log.growTree()
        #expect(notices.withLock(\.self) == [.forgedRecords(count: 2)])
        #expect(try await log.verify() == AuditVerdict(size: 3, records: 3, heads: 1, findings: []))
        #expect(try await store.auditEdge(backlog: 9).backlog.isEmpty)
    }
}
