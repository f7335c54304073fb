import Bureau
import Repositories
import Testing

@testable import StorePostgres

@Suite("PostgreSQL behind PgBouncer", .enabled(if: PostgresSchema.isTested))
struct PostgresPoolerTests {
    private let database: PostgresDatabase

    init() throws {
        database = try PostgresDatabase()
        try database.migrate()
    }

    @Test("in transaction mode is refused unless the URL says so, and the refusal names the parameter")
    func refused() async throws {
        let url = try database.pooledURL()
        let error = #expect(throws: StoreOpenError.self) { try database.open(url) }
        #expect(error?.cause == .refused)
        #expect(error?.reason.contains("pooler=transaction") == true)
        #expect(error?.remedy?.contains("pooler=transaction") == true)
        let migrator = try PostgresMigrator(url: url, steps: PostgresSchema.migrations)
        #expect(throws: MigrationError.self) { try migrator.up(nil) { _ in } }
    }

    @Test("in session mode needs no parameter")
    func sessions() throws {
        let url = try PostgresURL(database.pooledURL().replacing(/contract_[0-9a-f_]+\?/, with: "postgres?"))
        let connection = try PostgresConnection(url, limits: PostgresLimits())
        #expect(try !PoolerDetection.isPooledByTransaction(connection, url, PostgresLimits()))
    }

    @Test("of writes under one key from two daemons, one takes effect")
    func repeats() async throws {
        let url = try database.pooledURL() + "&pooler=transaction&connections=4"
        let stores = [try database.open(url), try database.open(url)]
        _ = try await stores[0].create((1...10).map { Sample.creation($0) })
        let outcomes = try await withThrowingTaskGroup(of: [WriteOutcome].self) { group in
            for writer in 0..<6 {
                group.addTask {
                    let changes = (1...10).map { subject in
                        var change = Sample.change(
                            subject, .add(Sample.newDebt(100 * writer + subject), expectedPersonVersion: nil))
                        change.receipt = NewReceipt(
                            key: RepeatKey(token: Sample.token(subject), key: Sample.id(1)),
                            receipt: Receipt(digest: Sample.id(2), at: Sample.instant(3)))
                        return change
                    }
                    return try await stores[writer % 2].write(changes)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes.count { $0 == .written(version: 1) } == 10)
        #expect(outcomes.count { $0 == .repeated } == 50)
    }

    @Test("serves two daemons, and leaves no setting and no statement to the pooler's other clients")
    func shared() async throws {
        let url = try database.pooledURL() + "&pooler=transaction&connections=4"
        let stores = [try database.open(url), try database.open(url)]
        let other = try connect(database.pooledURL())
        let settings = """
            SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN
                ('statement_timeout', 'enable_seqscan', 'jit', 'plan_cache_mode', 'idle_in_transaction_session_timeout')
            """
        let before: String = try other.rows(settings)[0].value(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<6 {
                group.addTask {
                    let store = stores[writer % 2]
                    for round in 0..<20 {
                        let subject = writer * 1000 + round
                        let created = try await store.create([Sample.creation(subject)])
                        #expect(created == [.written(version: 1)])
                        let updated = try await store.update([Sample.update(subject, expecting: 1)])
                        #expect(updated == [.written(version: 2)])
                        let person = try await store.person(subject, audit: 10_000 + subject)
                        #expect(person?.version == 2)
                    }
                }
            }
            for _ in 0..<50 {
                let now: String = try other.rows(settings)[0].value(0)
                #expect(now == before)
                let prepared: Int64 = try other.rows("SELECT count(*) FROM pg_prepared_statements")[0].value(0)
                #expect(prepared == 0)
            }
            try await group.waitForAll()
        }
        for store in stores { #expect(await store.health().isReady) }
    }

    @Test("lets the schema be migrated, its rights be granted and the store be checked")
    func migrations() async throws {
        let empty = try PostgresDatabase()
        let url = try empty.pooledURL("postgres") + "&pooler=transaction"
        try empty.migrate(url)
        let migrator = try PostgresMigrator(url: url, steps: PostgresSchema.migrations)
        #expect(try migrator.grant())
        #expect(try migrator.status().allSatisfy { $0.appliedAt != nil })
        let store = try empty.open(empty.pooledURL() + "&pooler=transaction")
        #expect(await store.check().filter { !$0.hasPassed } == [])
        try await store.fill(Sample.token(1))
        try await store.rename([Sample.rename(1), Sample.rename(2)])
        #expect(try await store.tokens(ofKeysBelow: 2) == [Sample.token(1, key: 1)])
    }

    @Test("a timeout of the URL ends a statement that waits for a lock, and the next is served")
    func timeout() async throws {
        let store = try database.open(database.pooledURL() + "&pooler=transaction&timeout=1")
        _ = try await store.create([Sample.creation(1)])
        let holder = try connect(database.ownerURL)
        try holder.run("BEGIN; SELECT FROM person FOR UPDATE")
        let error = await #expect(throws: StoreError.self) { try await store.update([Sample.update(1, expecting: 1)]) }
        #expect(error?.cause == .locked)
        try holder.run("ROLLBACK")
        #expect(try await store.update([Sample.update(1, expecting: 1)]) == [.written(version: 2)])
    }
}
