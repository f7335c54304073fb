import Bureau
import Repositories
import StoreSQLite
import Testing

@Suite("SQLite: cancelling")
struct SQLiteCancellingTests {
    @Test("a cancelled write that waits for a lock is dropped, and those that share its commit are carried out")
    func locked() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("b.db")
        let store = try SQLiteProfileStore(path: path, migrations: MigrationStep.embedded(.b))
        let subjects = Array(1...8)
        var writes: [Task<[WriteOutcome], any Error>] = []
        try await WriteLock.held(on: path) {
            writes = subjects.map { subject in Task { try await store.put([Sample.put(subject)]) } }
            // Some writes reach the lock; the others are cancelled before they begin.
            for _ in 0..<1000 { await Task.yield() }
            for (subject, write) in zip(subjects, writes) where !subject.isMultiple(of: 2) { write.cancel() }
        }
        for (subject, write) in zip(subjects, writes) {
            let outcome = try? await write.value
            #expect(outcome == (subject.isMultiple(of: 2) ? [.written(version: 1)] : nil))
        }
        let profiles = try await store.profiles(subjects.map { Sample.token($0) })
        #expect(profiles.map { $0 != nil } == subjects.map { $0.isMultiple(of: 2) })
    }
}
