import Bureau
import Repositories
import StorePostgres
import Testing

@Suite("PostgreSQL: cancelling", .enabled(if: PostgresSchema.isTested), .timeLimit(.minutes(1)))
struct PostgresCancellingTests {
    private let schema: PostgresSchema
    private let store: PostgresPersonStore

    init() async throws {
        schema = try PostgresSchema()
        try schema.migrate()
        var limits = PostgresLimits()
        // Only the cancellation ends a wait within the time of a test.
        limits.requestTimeout = .seconds(600)
        limits.acquireTimeout = .seconds(600)
        store = try schema.open(limits, connections: 1)
        _ = try await store.create((1...9).map { Sample.creation($0) })
    }

    private func update(_ subject: Int) -> Task<[WriteOutcome], any Error> {
        Task { [store] in try await store.update([Sample.update(subject, expecting: 1)]) }
    }

    private func waitForLockedStatement() async throws {
        while try schema.statements(waiting: true) == 0 { await Task.yield() }
    }

    /// Lets the calls run as far as they can. No expectation depends on it.
    private static func letTasksRun() async {
        for _ in 0..<1000 { await Task.yield() }
    }

    @Test("a cancelled update that waits for a lock writes nothing, and the others on its connection are carried out")
    func locked() async throws {
        let holder = try schema.holdLock(
            "SELECT FROM person WHERE token = '\\x\(Sample.token(1).hexadecimal)' FOR UPDATE")
        let waiting = update(1)
        try await waitForLockedStatement()
        // More than the connection has in flight at once: some are behind the update there, the others wait in the
        // pool.
        let neighbours = (2...9).map(update)
        await Self.letTasksRun()
        waiting.cancel()
        #expect(await waiting.result.isFailure)
        for neighbour in neighbours { #expect(try await neighbour.value == [.written(version: 2)]) }
        #expect(try schema.statements(waiting: false) == 0)
        holder.release()
        #expect(try await store.person(1, audit: 1)?.version == 1)
        #expect(try await update(1).value == [.written(version: 2)])
    }

    @Test("calls that wait behind a lock end when they are cancelled, in whatever order")
    func allBehindALock() async throws {
        let holder = try schema.holdLock("SELECT FROM person FOR UPDATE")
        let first = update(1)
        try await waitForLockedStatement()
        let others = (2...9).map(update)
        await Self.letTasksRun()
        for task in others.reversed() { task.cancel() }
        first.cancel()
        for task in [first] + others { #expect(await task.result.isFailure) }
        #expect(try schema.statements(waiting: false) == 0)
        holder.release()
        let persons = try await store.persons((1...9))
        #expect(persons.map { $0?.version } == Array(repeating: 1, count: 9))
    }
}

extension SubjectToken {
    fileprivate var hexadecimal: String {
        withBytes { bytes in
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }
}
