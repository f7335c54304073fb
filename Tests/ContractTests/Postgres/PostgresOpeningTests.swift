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
    ) -> PostgresOpenError? {
        do throws(PostgresOpenError) {
            _ = try PostgresPersonStore(url: url ?? schema.ownerURL, migrations: steps)
            return nil
        } catch {
            return error
        }
    }

    @Test("a schema that is behind, has drifted or is newer is refused with the step")
    func schemas() throws {
        let step = try #require(PostgresSchema.migrations.first)
        #expect(refusal() == .schemaBehind(step: step.name))
        try schema.migrate()
        #expect(refusal() == nil)
        #expect(refusal(nil, [MigrationStep(step.name, up: "SELECT 1")]) == .schemaDrifted(step: step.name))
        #expect(refusal(nil, []) == .schemaNewer(step: step.name))
        let next = MigrationStep("9999_next", up: "SELECT 1")
        #expect(refusal(nil, PostgresSchema.migrations + [next]) == .schemaBehind(step: "9999_next"))
    }

    @Test(
        "no error tells a password",
        arguments: [
            "postgresql://me:sesame@127.0.0.1:1/d", "postgresql://me:sesame@[::1/d", "postgresql://me:sesame@h:port/d",
            "postgresql://me:sesame@h/d?nonsense=1", "postgresql://me@127.0.0.1:1/d?password=sesame&sslmode=x",
            "postgresql://me:sesame@h/d?creditd_connections=x",
        ])
    func secrets(url: String) throws {
        let error = try #require(refusal(url))
        #expect(!"\(error)".contains("sesame"))
        #expect(!String(reflecting: error).contains("sesame"))
    }

    @Test("the store tells its engine, its migrations and whether the way to it is encrypted")
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
