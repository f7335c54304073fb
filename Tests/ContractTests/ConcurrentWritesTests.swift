import Bureau
import Repositories
import Testing

/// Several stores on one place stand for several daemons on one database.
@Suite("Conditional writes from several stores at once")
struct ConcurrentWritesTests {
    private let subjects = Array(1...6)
    private let writers = 6
    private let writesOfEach = 15

    @Test("lose no update of a person", arguments: Driver<PersonPlace>.all)
    func persons(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        _ = try await stores[0].create(subjects.map { Sample.creation($0) })
        try await contend { writer in
            let store = stores[writer % 2]
            var versions: [Int: Int64] = [:]
            var left = Dictionary(uniqueKeysWithValues: subjects.map { ($0, writesOfEach) })
            while !left.isEmpty {
                let open = left.keys.sorted()
                let outcomes = try await store.update(open.map { Sample.update($0, expecting: versions[$0] ?? 1) })
                Self.note(outcomes, of: open, in: &versions, left: &left)
            }
        }
        let persons = try await stores[1].persons(subjects)
        let total = Int64(1 + writers * writesOfEach)
        #expect(persons.map { $0?.version } == subjects.map { _ in total })
    }

    @Test("lose no put of a profile", arguments: Driver<ProfilePlace>.all)
    func profiles(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        try await contend { writer in
            let store = stores[writer % 2]
            var versions: [Int: Int64] = [:]
            var left = Dictionary(uniqueKeysWithValues: subjects.map { ($0, writesOfEach) })
            while !left.isEmpty {
                let open = left.keys.sorted()
                let outcomes = try await store.put(open.map { Sample.put($0, expecting: versions[$0] ?? 0) })
                Self.note(outcomes, of: open, in: &versions, left: &left)
            }
        }
        let profiles = try await stores[1].profiles(subjects.map { Sample.token($0) })
        let total = Int64(writers * writesOfEach)
        #expect(profiles.map { $0?.version } == subjects.map { _ in total })
    }

    @Test("record each event once, whoever reports it", arguments: Driver<EventPlace>.all)
    func events(driver: Driver<EventPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        let events = try (0..<60).map { try Sample.event("e-\($0)", of: $0 % 2 + 1, at: $0 / 3) }
        let recorded = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    var count = 0
                    for event in events.shuffled() {
                        count += try await stores[writer % 2].record([event]) == [.recorded] ? 1 : 0
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(recorded == events.count)
        let histories = [try await stores[0].history(1), try await stores[1].history(2)]
        #expect(histories.map(\.count) == [30, 30])
    }

    private func contend(_ write: @escaping @Sendable (_ writer: Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask { try await write(writer) }
            }
            try await group.waitForAll()
        }
    }

    /// Counts the writes that took place and learns the versions to try next.
    private static func note(
        _ outcomes: [WriteOutcome], of subjects: [Int], in versions: inout [Int: Int64], left: inout [Int: Int]
    ) {
        for (subject, outcome) in zip(subjects, outcomes) {
            switch outcome {
            case .written(let version):
                versions[subject] = version
                left[subject] = left[subject] == 1 ? nil : (left[subject] ?? 0) - 1
            case .versionConflict(let current):
                versions[subject] = current
            case .alreadyExists, .notFound, .overtaken, .repeated, .erased, .failed:
                Issue.record("subject \(subject) is \(outcome)")
                left[subject] = nil
            }
        }
    }
}
