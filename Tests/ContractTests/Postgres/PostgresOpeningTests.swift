import Bureau
import Repositories
import StorePostgres
import Testing

@Suite("PostgreSQL: opening", .enabled(if: PostgresSchema.isTested))
struct PostgresOpeningTests {
    private let schema: PostgresSchema

    init() throws {
        schema = try PostgresSchema()
    }

    private func refusal(
        _ url: String? = nil, _ steps: [MigrationStep] = PostgresSchema.migrations
    ) -> StoreOpenError? {
        do throws(StoreOpenError) {
            _ = try PostgresPersonStore(url: url ?? schema.ownerURL, migrations: steps)
            return nil
        } catch {
            return error
        }
    }

    @Test("a schema that is behind, has drifted or is newer is refused with the step")
    func schemas() throws {
        let step = try #require(PostgresSchema.migrations.first)
        let behind = StoreOpenError(
            .a, .schemaBehind, "migration \(step.name) is not applied; run `creditd migrate up`")
        #expect(refusal() == behind)
        try schema.migrate()
        #expect(refusal() == nil)
        let drifted = StoreOpenError(
            .a, .schemaDrifted,
            "migration \(step.name) was applied from a file that has changed since; see `creditd migrate status`")
        #expect(refusal(nil, [MigrationStep(step.name, up: "SELECT 1")]) == drifted)
        let newer = StoreOpenError(
            .a, .schemaNewer,
            "the schema has migration \(step.name), which this program does not know; it belongs to a newer one")
        #expect(refusal(nil, []) == newer)
        let next = MigrationStep("9999_next", up: "SELECT 1")
        let behindNext = StoreOpenError(
            .a, .schemaBehind, "migration 9999_next is not applied; run `creditd migrate up`")
        #expect(refusal(nil, PostgresSchema.migrations + [next]) == behindNext)
    }

    @Test(
        "no error holds a password",
        arguments: [
            "postgresql://me:sesame@127.0.0.1:1/d", "postgresql://me:sesame@[::1/d", "postgresql://me:sesame@h:port/d",
            "postgresql://me:sesame@h/d?nonsense=1", "postgresql://me@127.0.0.1:1/d?password=sesame&sslmode=x",
            "postgresql://me:sesame@h/d?creditd_connections=x", "postgresql://me:sesame@h/d?connections=x",
        ])
    func secrets(url: String) throws {
        let error = try #require(refusal(url))
        #expect(!"\(error)".contains("sesame"))
        #expect(!String(reflecting: error).contains("sesame"))
    }

    @Test("health tells the engine, the migrations and whether the connection is encrypted")
    func health() async throws {
        try schema.migrate()
        let store = try PostgresPersonStore(
            url: schema.ownerURL + "&sslmode=disable", migrations: PostgresSchema.migrations)
        let health = await store.health()
        #expect(health.engine?.hasPrefix("PostgreSQL 1") == true)
        #expect(health.isReady)
        #expect(health.migrationsKnown == PostgresSchema.migrations.count)
        #expect(health.isEncrypted == false)
    }
}
