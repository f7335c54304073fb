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
        let behind = try #require(refusal())
        #expect(behind.cause == .schemaBehind && behind.reason == "migration \(step.name) is not applied")
        #expect(behind.remedy == "Run `creditd migrate up`.")
        try schema.migrate()
        #expect(refusal() == nil)
        let drifted = try #require(refusal(nil, [MigrationStep(step.name, up: "SELECT 1")]))
        #expect(drifted.cause == .schemaDrifted)
        #expect(drifted.reason == "migration \(step.name) was applied from a file that has changed since")
        #expect(drifted.remedy?.contains("`creditd migrate status`") == true)
        let newer = try #require(refusal(nil, []))
        #expect(newer.cause == .schemaNewer)
        #expect(newer.reason == "the schema has migration \(step.name), which this program does not know")
        #expect(newer.remedy?.contains("newer program") == true)
        let next = try #require(refusal(nil, PostgresSchema.migrations + [MigrationStep("9999_next", up: "SELECT 1")]))
        #expect(next.cause == .schemaBehind && next.reason == "migration 9999_next is not applied")
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
