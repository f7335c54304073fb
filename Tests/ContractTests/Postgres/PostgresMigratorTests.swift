import Bureau
import Repositories
import StorePostgres
import Testing

@Suite("PostgreSQL: migrations", .enabled(if: PostgresSchema.isTested))
struct PostgresMigratorTests {
    private let schema: PostgresSchema

    private static let steps = [
        MigrationStep(
            "0001_first", up: "CREATE TABLE first (a int); CREATE TABLE second (b int)",
            down: "DROP TABLE first, second"),
        MigrationStep("0002_second", up: "ALTER TABLE first ADD COLUMN c int", down: "ALTER TABLE first DROP COLUMN c"),
    ]

    init() throws {
        schema = try PostgresSchema()
    }

    private func migrator(_ steps: [MigrationStep] = steps) throws -> PostgresMigrator {
        try PostgresMigrator(url: schema.ownerURL, steps: steps)
    }

    private func applied() throws -> [String] {
        try migrator().status().filter { $0.appliedAt != nil }.map(\.name)
    }

    @Test("the status of a database that no migrator has seen is empty, and does not change the database")
    func untouched() throws {
        #expect(try applied() == [])
        #expect(throws: (any Error).self) { try schema.run("SELECT FROM creditd_migration") }
    }

    @Test("steps go up one by one or all at once, and down the newest first")
    func upAndDown() throws {
        let migrator = try migrator()
        var heard: [MigrationProgress] = []
        try migrator.up(1) { heard.append($0) }
        #expect(try applied() == ["0001_first"])
        try migrator.up(nil) { heard.append($0) }
        #expect(try applied() == ["0001_first", "0002_second"])
        try migrator.up(nil) { heard.append($0) }
        try migrator.down(2) { heard.append($0) }
        #expect(try applied() == [])
        #expect(
            heard == [
                .begins("0001_first"), .ended("0001_first"), .begins("0002_second"), .ended("0002_second"),
                .begins("0002_second"), .ended("0002_second"), .begins("0001_first"), .ended("0001_first"),
            ])
        try migrator.up(nil) { _ in }
        #expect(try applied().count == 2)
    }

    @Test("a failed step is undone whole, and the steps before it stay")
    func failure() throws {
        let broken = MigrationStep("0002_broken", up: "CREATE TABLE third (a int); SELECT nothing FROM nowhere")
        #expect(throws: MigrationError.self) { try migrator([Self.steps[0], broken]).up(nil) { _ in } }
        #expect(try applied() == ["0001_first"])
        try schema.run("CREATE TABLE third (a int)")
    }

    @Test("a step that ends the transaction itself is refused")
    func ownCommit() throws {
        let step = MigrationStep("0001_commit", up: "CREATE TABLE third (a int); COMMIT")
        #expect(throws: MigrationError.self) { try migrator([step]).up(nil) { _ in } }
    }

    @Test("no step runs when an applied step has drifted or is not known")
    func drift() throws {
        try migrator().up(nil) { _ in }
        let changed = [MigrationStep("0001_first", up: "SELECT 1"), Self.steps[1]]
        #expect(throws: MigrationError.drifted(.a, step: "0001_first")) { try migrator(changed).up(nil) { _ in } }
        #expect(throws: MigrationError.drifted(.a, step: "0001_first")) { try migrator(changed).down(1) { _ in } }
        #expect(try migrator(changed).status().map(\.hasDrifted) == [true, false])
        let older = [Self.steps[0]]
        #expect(throws: MigrationError.unknownStep(.a, step: "0002_second")) { try migrator(older).up(nil) { _ in } }
        #expect(try migrator(older).status().map(\.isKnown) == [true, false])
    }

    @Test("migrators that start together apply each step once")
    func together() async throws {
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var count = 0
                    try migrator().up(nil) { if case .ended = $0 { count += 1 } }
                    return count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.reduce(0, +) == 2)
    }

    @Test("the status is told while another session migrates")
    func statusUnderLock() throws {
        try migrator().up(nil) { _ in }
        let holder = try schema.holdLock("SELECT pg_advisory_xact_lock(\(0x63_72_65_64_69_74_64))")
        #expect(try applied().count == 2)
        holder.release()
    }

    @Test("a step that waits for a lock says so, lets others go first, and is carried out when the lock is free")
    func lock() async throws {
        try migrator().up(1) { _ in }
        let holder = try schema.holdLock("LOCK TABLE first IN ACCESS SHARE MODE")
        var limits = PostgresLimits()
        limits.lockTimeout = .milliseconds(100)
        var heard: [MigrationProgress] = []
        let migrator = try PostgresMigrator(url: schema.ownerURL, steps: Self.steps, limits: limits)
        try migrator.up(nil) { progress in
            heard.append(progress)
            if progress == .waitsForLock { holder.release() }
        }
        #expect(heard == [.begins("0002_second"), .waitsForLock, .ended("0002_second")])
    }

    @Test("a step that never gets its lock is given up with the server's reason, and undone")
    func neverFree() throws {
        try migrator().up(1) { _ in }
        let holder = try schema.holdLock("LOCK TABLE first IN ACCESS SHARE MODE")
        var limits = PostgresLimits()
        limits.lockTimeout = .milliseconds(20)
        limits.lockAttempts = 3
        let migrator = try PostgresMigrator(url: schema.ownerURL, steps: Self.steps, limits: limits)
        do throws(MigrationError) {
            try migrator.up(nil) { _ in }
            Issue.record("a locked table was changed")
        } catch {
            guard case .failed(.a, "0002_second", let reason) = error else { throw error }
            #expect(reason.contains("55P03"))
        }
        holder.release()
        #expect(try applied() == ["0001_first"])
    }

    @Test("a cancelled step is undone on the server, and is not tried again")
    func cancel() async throws {
        let slow = MigrationStep("0001_slow", up: "CREATE TABLE slow (a int); SELECT pg_sleep(600)")
        let migrator = try migrator([slow])
        let work = Task.detached { try migrator.up(nil) { _ in } }
        while try schema.sleepers() == 0 { await Task.yield() }
        #expect(migrator.cancel())
        #expect(await work.result.isFailure)
        #expect(try schema.sleepers() == 0)
        #expect(throws: (any Error).self) { try schema.run("SELECT FROM slow") }
    }

    @Test("base A's own steps can be taken back and applied again")
    func ownSteps() throws {
        try schema.migrate()
        try migrator(PostgresSchema.migrations).down(1) { _ in }
        try schema.migrate()
        #expect(try migrator(PostgresSchema.migrations).status().allSatisfy { $0.appliedAt != nil })
    }

    @Test("an unreachable server is reported with its reason and without the password")
    func unreachable() throws {
        let migrator = try PostgresMigrator(url: "postgresql://me:sesame@127.0.0.1:1/d", steps: [])
        do throws(MigrationError) {
            _ = try migrator.status()
            Issue.record("there is a server on port 1")
        } catch {
            guard case .unreachable(.a, let reason) = error else { throw error }
            #expect(reason.contains("127.0.0.1"))
            #expect(!reason.contains("sesame"))
        }
    }
}
