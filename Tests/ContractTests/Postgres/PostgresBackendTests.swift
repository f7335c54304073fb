import Bureau
import Repositories
import Testing

@testable import StorePostgres

@Suite("PostgreSQL: the sessions on the server", .enabled(if: PostgresSchema.isTested), .timeLimit(.minutes(2)))
struct PostgresBackendTests {
    private let schema: PostgresSchema

    init() throws {
        schema = try PostgresSchema()
        try schema.migrate()
    }

    @Test("are never more than `connections`, health included, while commits wait for a standby that is away")
    func standby() async throws {
        let connections = 4
        var limits = PostgresLimits()
        limits.requestTimeout = .milliseconds(300)
        limits.silenceMargin = .milliseconds(100)
        let store = try schema.open(limits, connections: connections)
        _ = await store.health()
        try schema.set("synchronous_standby_names", to: "absent")
        defer { try? schema.set("synchronous_standby_names", to: "") }
        var most = 0
        var doubts: [StoreReason] = []
        for round in 0..<10 {
            await withTaskGroup(of: StoreError?.self) { group in
                for writer in 0..<12 {
                    group.addTask {
                        do throws(StoreError) {
                            _ = try await store.create([Sample.creation(round * 100 + writer)])
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                for await error in group {
                    if case .outcomeUnknown(_, let reason) = error { doubts.append(reason) }
                }
            }
            most = max(most, try schema.sessions())
            _ = await store.health()
        }
        #expect(most > 0 && most <= connections)
        #expect(!doubts.isEmpty && doubts.allSatisfy { $0.detail.contains("synchronous standby") })
        try schema.set("synchronous_standby_names", to: "")
        var outcomes: [WriteOutcome]?
        for _ in 0..<200 where outcomes == nil {
            outcomes = try? await store.create([Sample.creation(5000)])
            if outcomes == nil { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(outcomes != nil)
        #expect(try schema.sessions() <= connections)
    }

    @Test("are never more than `connections` while health waits for a lock on the table of migrations")
    func health() async throws {
        var limits = PostgresLimits.patient
        limits.healthTimeout = .milliseconds(200)
        let store = try schema.open(limits, connections: 3)
        _ = try await store.create([Sample.creation(1)])
        let holder = try schema.holdLock("LOCK TABLE creditd_migration")
        for _ in 0..<10 {
            #expect(await store.health().isReady == false)
            #expect(try schema.sessions() <= 3)
        }
        holder.release()
        var isReady = false
        for _ in 0..<100 where !isReady { isReady = await store.health().isReady }
        #expect(isReady)
    }

    @Test("that serve are enough for health and for a check also", arguments: [1, 2])
    func check(connections: Int) async throws {
        let role = "creditd_limited_\(connections)"
        try schema.run("CREATE ROLE \(role) LOGIN IN ROLE creditd CONNECTION LIMIT \(connections)")
        defer { try? schema.run("DROP ROLE \(role)") }
        let store = try PostgresPersonStore(
            url: "\(schema.ownerURL)&user=\(role)&connections=\(connections)", migrations: PostgresSchema.migrations,
            limits: .patient)
        for round in 1...3 {
            #expect(try await store.create([Sample.creation(round)]) == [.written(version: 1)])
            #expect(await store.health().reason == nil)
            #expect(await store.check().filter { !$0.hasPassed } == [])
        }
        // Transactions and questions share the session at the same time.
        await withTaskGroup(of: Bool.self) { group in
            for subject in 10..<50 {
                group.addTask { (try? await store.create([Sample.creation(subject)])) == [.written(version: 1)] }
                group.addTask { await store.health().isReady }
            }
            group.addTask { await store.check().allSatisfy(\.hasPassed) }
            for await isWell in group { #expect(isWell) }
        }
    }

    @Test("that the server has ended while they were idle are known to be, with the server's reason")
    func idle() async throws {
        let connection = try connect(schema.daemonURL)
        let process: Int64 = try connection.rows("SELECT pg_backend_pid()::bigint")[0].value(0)
        try connection.prepare(PostgresLimits())
        #expect(!connection.hasEnded())
        try schema.run("SELECT pg_terminate_backend(\(process))")
        while try schema.sessions() > 0 { await Task.yield() }
        #expect(connection.hasEnded())
        #expect(connection.endReason?.code == "57P01")
    }

    @Test("that the server ends just before a write leave no write in doubt: it is carried out on another")
    func ended() async throws {
        let store = try schema.open()
        for subject in 1...50 {
            try schema.endSessions()
            do throws(StoreError) {
                #expect(try await store.create([Sample.creation(subject)]) == [.written(version: 1)])
            } catch {
                Issue.record("\(error)")
            }
        }
    }

    @Test("that the server ends while they are being opened do not count as an outage")
    func endedOpening() async throws {
        let store = try schema.open()
        for subject in 1...50 {
            try schema.endSessions()
            while try schema.sessions() == 0 { await Task.yield() }
            try schema.endSessions()
            do throws(StoreError) {
                #expect(try await store.create([Sample.creation(subject)]) == [.written(version: 1)])
            } catch {
                // A session that ends just after a transaction was sent to it leaves the outcome unknown.
                if case .outcomeUnknown = error { continue }
                Issue.record("\(error)")
            }
        }
    }

    @Test("bear the program's name unless the URL gives another")
    func settings() async throws {
        let database = try PostgresDatabase()
        try database.migrate()
        let url = database.daemonURL.replacing(/application_name=[a-z_0-9]+&/, with: "")
        let store = try database.open(url)
        _ = try await store.create([Sample.creation(1)])
        let sessions = try connect(database.ownerURL).rows(
            """
            SELECT DISTINCT application_name FROM pg_stat_activity
            WHERE datname = current_database() AND usename = 'creditd_contract'
            """)
        let name: String = try sessions[0].value(0)
        #expect(sessions.rowCount == 1 && name == "creditd")
    }
}
