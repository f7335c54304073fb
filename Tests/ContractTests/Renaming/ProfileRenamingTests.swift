import Bureau
import Repositories
import Testing

@Suite("Base B under other tokens")
struct ProfileRenamingTests {
    private func put(under token: SubjectToken, key: Int = 1, expecting version: Int64? = nil) -> ProfilePut {
        var content = Sample.content(1, key: key)
        content.token = token
        return Sample.put(content, expecting: version, at: 50)
    }

    private func scores(_ store: any ProfileRepository, _ token: SubjectToken) async throws -> [RecordID] {
        var found: [RecordID] = []
        while true {
            let page = try await store.scores([ScoreQuery(token: token, before: found.last, limit: 30)])[0].get()
            #expect(page.allSatisfy { $0.token == token })
            found += page.map(\.scoreID)
            if page.count < 30 { return found }
        }
    }

    private func score(_ number: Int, under token: SubjectToken) -> NewScore {
        var score = Sample.score(number, of: 1)
        score.token = token
        return score
    }

    @Test(
        "all that is kept of a subject is found under the other token, and nothing under the former",
        arguments: Driver<ProfilePlace>.all)
    func everything(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let subject = Sample.rename(1)
        var marked = Sample.put(1, at: 9)
        marked.receipt = Sample.receipt(1)
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        #expect(try await store.put([marked]) == [.written(version: 2)])
        var receipted = Sample.score(70, of: 1)
        receipted.receipt = Sample.receipt(2)
        _ = try await store.append((1..<70).map { Sample.score($0, of: 1) } + [receipted, Sample.score(1, of: 2)])
        var expected = try #require(try await store.profile(1))
        expected.content.token = subject.to

        // Once more is the same as once.
        for _ in 0..<2 {
            try await store.rename([subject, Sample.rename(3)])
            #expect(try await store.profiles([subject.from, subject.to]) == [nil, expected])
            #expect(try await scores(store, subject.to) == (1...70).reversed().map { Sample.id($0) })
            #expect(try await scores(store, subject.from) == [])
            #expect(try await store.remains(of: [subject.from, subject.to, Sample.token(2)]) == [false, true, true])
        }
        for key in 1...2 {
            let keys = [subject.from, subject.to].map { RepeatKey(token: $0, key: Sample.id(key)) }
            let receipts = try await store.receipts(keys)
            #expect(receipts[0] == nil && receipts[1]?.digest == Sample.receipt(key).receipt.digest)
        }
        #expect(try await store.put([put(under: subject.to, expecting: 2)]) == [.written(version: 3)])
        #expect(try await store.append([score(71, under: subject.to)]) == [.written(version: 1)])
        #expect(try await scores(store, subject.to).count == 71)
        #expect(
            try await store.delete([ProfileDeletion(token: subject.to, expectedVersion: 3)]) == [.written(version: 3)])
        #expect(try await scores(store, subject.to) == [])
        #expect(try await store.profile(2)?.version == 1, "the neighbour stays")
        #expect(try await store.scores(2).count == 1)
    }

    @Test("the version of a deleted profile goes on", arguments: Driver<ProfilePlace>.all)
    func deleted(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let subject = Sample.rename(1)
        for _ in 0..<2 { _ = try await store.put([Sample.put(1)]) }
        var deletion = Sample.deletion(1)
        deletion.receipt = Sample.receipt(1)
        _ = try await store.delete([deletion])
        try await store.rename([subject])
        #expect(try await store.profiles([subject.from, subject.to]) == [nil, nil])
        #expect(try await store.receipts([RepeatKey(token: subject.to, key: Sample.id(1))])[0]?.version == 2)
        #expect(try await store.put([put(under: subject.to, expecting: 0)]) == [.written(version: 3)])
        #expect(try await store.put([Sample.put(1, expecting: 0)]) == [.written(version: 1)])
    }

    @Test("an erased subject stays erased", arguments: Driver<ProfilePlace>.all)
    func erased(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let subject = Sample.rename(1)
        _ = try await store.put([Sample.put(1)])
        try await store.bury([Sample.tombstone(1)])
        try await store.erase([subject.from])
        try await store.rename([subject])
        #expect(try await store.put([put(under: subject.to)]) == [.erased])
        let moved = Tombstone(token: subject.to, note: Sample.tombstone(1).note)
        #expect(try await store.tombstones(after: nil, limit: 10) == [moved])
        #expect(try await store.remains(of: [subject.from, subject.to]) == [false, false])
    }

    @Test("what both tokens have is kept, and fails no neighbour", arguments: Driver<ProfilePlace>.all)
    func both(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let subjects = (1...5).map { Sample.rename($0) }
        _ = try await store.put((1...4).map { Sample.put($0) } + [put(under: subjects[0].to, key: 2)])
        _ = try await store.append([Sample.score(1, of: 1), score(2, under: subjects[0].to)])
        // Of one subject a profile was deleted under the other token, and of one under the former.
        _ = try await store.put([put(under: subjects[1].to), put(under: subjects[2].to)])
        _ = try await store.delete([
            ProfileDeletion(token: subjects[1].to, expectedVersion: nil), Sample.deletion(3),
        ])
        try await store.bury([Sample.tombstone(5), Tombstone(token: subjects[4].to, note: Sample.sealed(1))])
        try await store.rename(subjects)
        #expect(try await store.profile(1)?.content == Sample.content(1))
        let moved = try await store.profiles(subjects.map(\.to))
        #expect(moved[0]?.content.dataKey == Sample.dataKey(2))
        #expect(try await scores(store, subjects[0].from) == [Sample.id(1)])
        #expect(try await scores(store, subjects[0].to) == [Sample.id(2)])
        #expect(try await store.profile(2)?.version == 1 && moved[1] == nil)
        #expect(try await store.profile(3) == nil && moved[2]?.version == 1)
        #expect(try await store.profile(4) == nil && moved[3]?.version == 1)
        let tombstones = try await store.tombstones(after: nil, limit: 10)
        #expect(tombstones.contains(Sample.tombstone(5)))
        #expect(tombstones.contains(Tombstone(token: subjects[4].to, note: Sample.sealed(1))))
        // Either can still be written and deleted.
        for token in [subjects[0].to, subjects[1].to, subjects[2].to] {
            let outcomes = [
                try await store.put([put(under: token)])[0],
                try await store.delete([ProfileDeletion(token: token, expectedVersion: nil)])[0],
            ]
            #expect(outcomes.allSatisfy { if case .written = $0 { true } else { false } }, "\(outcomes)")
        }
    }

    @Test("several move the same subjects and write under the other tokens", arguments: Driver<ProfilePlace>.all)
    func race(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let stores = [try await place.open(), try await place.open(), try await place.open()]
        let numbers = Array(1...12)
        let subjects = numbers.map { Sample.rename($0) }
        _ = try await stores[0].put(numbers.map { Sample.put($0) })
        _ = try await stores[0].append(numbers.flatMap { [Sample.score($0, of: $0), Sample.score(100 + $0, of: $0)] })
        try await withThrowingTaskGroup { group in
            for (writer, store) in stores.enumerated() {
                group.addTask {
                    for part in [subjects[..<5], subjects[5...]] {
                        try await store.rename(Array(part))
                        let outcomes = try await store.put(part.map { put(under: $0.to, key: 10 + writer) })
                        #expect(outcomes.allSatisfy { if case .written = $0 { true } else { false } })
                        _ = try await store.append(part.map { score(200 + writer, under: $0.to) })
                    }
                }
            }
            try await group.waitForAll()
        }
        let profiles = try await stores[1].profiles(subjects.map(\.to))
        #expect(profiles.map { $0?.version } == numbers.map { _ in 4 })
        for (number, subject) in zip(numbers, subjects) {
            let expected = [202, 201, 200, 100 + number, number].map { Sample.id($0) }
            #expect(try await scores(stores[2], subject.to) == expected)
        }
        #expect(try await !stores[0].remains(of: subjects.map(\.from)).contains(true))
        #expect(try await stores[0].tokens(ofKeysBelow: 1, limit: 100) == [])
    }

    @Test("a walk meets each token that anything is kept under", arguments: Driver<ProfilePlace>.all)
    func walk(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put((1...30).map { Sample.put($0) })
        _ = try await store.append((1...5).map { Sample.score($0, of: $0) })
        _ = try await store.delete((1...3).map { Sample.deletion($0) })
        try await store.bury((31...34).map { Sample.tombstone($0) })
        let subjects = (1...34).map { Sample.rename($0) }
        for limit in [1, 7, 1000] {
            #expect(Set(try await store.tokens(ofKeysBelow: 1, limit: limit)) == Set(subjects.map(\.from)))
        }
        try await store.moveAll(subjects, limit: 9)
        #expect(try await store.tokens(ofKeysBelow: 1, limit: 10) == [])
        #expect(Set(try await store.tokens(ofKeysBelow: 2, limit: 10)) == Set(subjects.map(\.to)))
    }
}
