import Bureau
import Repositories
import Testing

/// Several stores on one place stand for several daemons on one database.
@Suite("Base A: subjects under other tokens, by several stores at once")
struct PersonRenamingRaceTests {
    private let subjects = Array(1...40)

    @Test(
        "renamers of the same subjects in other orders, and their writers, lose nothing",
        arguments: Driver<PersonPlace>.all)
    func race(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        for subject in subjects { try await stores[0].fill(Sample.token(subject), subject) }
        // Of every second subject the person is gone, and the rest is kept.
        _ = try await stores[0].delete(subjects.filter { $0 % 2 == 0 }.map { Sample.personDeletion($0) })
        var before: [Int: KeptSubject] = [:]
        for subject in subjects { before[subject] = try await stores[0].kept(under: Sample.token(subject)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in stores.enumerated() {
                group.addTask {
                    let renames = subjects.map { Sample.rename($0) }
                    try await store.rename(index == 0 ? renames : renames.reversed())
                }
                group.addTask { for subject in subjects { try await store.rename([Sample.rename(subject)]) } }
            }
            group.addTask {
                // What a daemon does for a call while the rotation is open.
                for subject in subjects where subject % 2 == 1 {
                    try await stores[subject % 4 / 2].rename([Sample.rename(subject)])
                    var update = Sample.update(subject, expecting: 1)
                    update.token = Sample.token(subject, key: 1)
                    let outcomes = try await stores[subject % 4 / 2].update([update])
                    #expect(outcomes == [.written(version: 2)])
                }
            }
            try await group.waitForAll()
        }
        for subject in subjects {
            #expect(try await stores[1].kept(under: Sample.token(subject)) == KeptSubject())
            let kept = try await stores[1].kept(under: Sample.token(subject, key: 1))
            #expect(kept.person?.version == (subject % 2 == 1 ? 2 : nil))
            #expect(kept.payments == before[subject]?.payments && kept.requests == before[subject]?.requests)
            #expect(kept.consents == before[subject]?.consents && kept.receipts == before[subject]?.receipts)
        }
    }

    @Test(
        "a subject that appears under the new token at the same moment is no error",
        arguments: Driver<PersonPlace>.all)
    func appearance(driver: Driver<PersonPlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open()]
        _ = try await stores[0].create(subjects.map { Sample.creation($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for subject in subjects { try await stores[0].rename([Sample.rename(subject)]) } }
            group.addTask {
                for subject in subjects {
                    var creation = Sample.creation(subject, key: 2)
                    creation.token = Sample.token(subject, key: 1)
                    _ = try await stores[1].create([creation])
                }
            }
            try await group.waitForAll()
        }
        for subject in subjects {
            #expect(try await stores[0].read([Sample.token(subject, key: 1)], audit: [])[0] != nil)
        }
    }
}
