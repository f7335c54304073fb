import Bureau
import Repositories
import StorePostgres
import Testing

@Suite("PostgreSQL: failures", .enabled(if: PostgresSchema.isTested))
struct PostgresFailureTests {
    private let schema: PostgresSchema

    init() throws {
        schema = try PostgresSchema()
        try schema.migrate()
    }

    @Test("a store goes on serving after the server has ended its sessions")
    func terminated() async throws {
        let store = try schema.open()
        _ = try await store.create([Sample.creation(1)])
        for round in 1...5 {
            try schema.endSessions()
            // A call that is in flight just then may fail, and says so; a later call is served.
            var outcomes: [WriteOutcome]?
            for _ in 0..<100 where outcomes == nil {
                outcomes = try? await store.update([Sample.update(1, expecting: 1)])
            }
            #expect(try #require(outcomes) != [.notFound], "round \(round)")
        }
        #expect(try await store.person(1, audit: 1)?.version == 2)
    }

    @Test("a batch that waits for a lock for too long is unavailable and not written, and the store goes on serving")
    func locked() async throws {
        var limits = PostgresLimits.patient
        limits.requestTimeout = .seconds(1)
        let store = try schema.open(limits)
        _ = try await store.create([Sample.creation(1), Sample.creation(2)])
        let holder = try schema.holdLock("SELECT FROM person FOR UPDATE")
        await #expect(throws: StoreError.self) { try await store.update([Sample.update(1, expecting: 1)]) }
        #expect(try await store.person(2, audit: 1)?.version == 1)
        holder.release()
        #expect(try await store.update([Sample.update(1, expecting: 1)]) == [.written(version: 2)])
    }

    @Test("a person with a row that this program did not write fails alone, and its neighbours are read")
    func damaged() async throws {
        let store = try schema.open()
        _ = try await store.create((1...4).map { Sample.creation($0, debts: [Sample.newDebt($0)]) })
        try schema.run(
            "UPDATE person SET created_at = 'infinity' WHERE token = (SELECT token FROM person ORDER BY token LIMIT 1)")
        try schema.run(
            """
            UPDATE debt SET updated_at = '-infinity'
            WHERE token = (SELECT token FROM person ORDER BY token DESC LIMIT 1)
            """)
        let persons = try await store.persons((1...4))
        // No key opens the record that stands for what cannot be read.
        #expect(persons.map { $0?.dataKey.bytes.isEmpty } == [true, false, false, true])
        #expect(persons.map { $0?.debts.count } == [0, 1, 1, 0])
    }

    @Test("a requester with U+0000 fails neither its own read nor its neighbours")
    func nul() async throws {
        let store = try schema.open()
        _ = try await store.create([Sample.creation(1)])
        let odd = Sample.audit(Sample.record(1, 1, requester: "a\0b"))
        let persons = try await store.read([Sample.token(1)], audit: [odd, Sample.audit(2)])
        #expect(persons.allSatisfy { $0 != nil })
        #expect(try schema.auditLog().compactMap(\.requester) == ["a\0b"])
    }

    @Test("writers of the same persons in any order do not wait for each other in a circle")
    func contention() async throws {
        // A retry would hide a deadlock.
        var limits = PostgresLimits.patient
        limits.retries = 0
        let stores = [try schema.open(limits), try schema.open(limits)]
        let failures = await withTaskGroup(of: Int.self) { group in
            for writer in 0..<6 {
                group.addTask {
                    var failures = 0
                    for round in 0..<10 {
                        do {
                            try await Self.live(1 + writer * 10 + round, on: stores[writer % 2])
                        } catch {
                            failures += 1
                        }
                    }
                    return failures
                }
            }
            return await group.reduce(0, +)
        }
        #expect(failures == 0)
    }

    /// Creates, changes and deletes half of the same forty persons; `life` is no other's.
    private static func live(_ life: Int, on store: PostgresPersonStore) async throws {
        let subjects = (1...40).shuffled().prefix(20)
        _ = try await store.create(subjects.map { Sample.creation($0, key: life) })
        _ = try await store.write(
            subjects.map { Sample.change($0, key: life, .add(Sample.newDebt(1), expectedPersonVersion: nil)) })
        _ = try await store.update(subjects.map { Sample.update($0, key: life, expecting: 2) })
        _ = try await store.delete(subjects.map { Sample.personDeletion($0) })
    }
}
