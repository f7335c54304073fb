import Bureau
import Repositories
import Testing

@Suite("Base B: profiles")
struct ProfileRepositoryTests {
    @Test("a profile is read as it was put, assets and incomes in their order", arguments: Driver<ProfilePlace>.all)
    func putThenRead(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let outcomes = try await store.put([Sample.put(1, at: 5), Sample.put(Sample.bareContent(2))])
        #expect(outcomes == [.written(version: 1), .written(version: 1)])
        let profiles = try await store.profiles([Sample.token(2), Sample.token(9), Sample.token(1), Sample.token(2)])
        let full = ProfileRecord(
            content: Sample.content(1), version: 1, times: RowTimes(Sample.instant(5)))
        let bare = ProfileRecord(
            content: Sample.bareContent(2), version: 1, times: RowTimes(Sample.instant(0)))
        #expect(profiles == [bare, nil, full, bare])
    }

    @Test(
        "each profile is read with its own assets and incomes, in whatever order profiles lie and are asked for",
        arguments: Driver<ProfilePlace>.all)
    func ownParts(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        let contents = (0..<24).map { subject in
            var content = subject.isMultiple(of: 5) ? Sample.bareContent(subject) : Sample.content(subject)
            for index in content.assets.indices { content.assets[index].value = Money(cents: Int64(subject)) }
            for index in content.incomeSources.indices {
                content.incomeSources[index].monthlyAmount = Money(cents: Int64(100 * subject + index))
            }
            return content
        }
        _ = try await store.put(contents.map { Sample.put($0) })
        _ = try await store.delete([Sample.deletion(7), Sample.deletion(12), Sample.deletion(13)])
        _ = try await store.put([Sample.put(contents[12])])
        let asked = (0..<48).map { $0 * 7 % 24 }
        let read = try await store.profiles(asked.map { Sample.token($0) })
        #expect(read.map { $0?.content } == asked.map { [7, 13].contains($0) ? nil : contents[$0] })
    }

    @Test("every kind of asset, of income and of housing is kept", arguments: Driver<ProfilePlace>.all)
    func kinds(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        var contents = (1...Housing.allCases.count).map { Sample.bareContent($0) }
        for (index, housing) in Housing.allCases.enumerated() { contents[index].housing = housing }
        contents[0].assets = AssetKind.allCases.map {
            AssetRecord(kind: $0, value: Money(cents: -1), paidOff: nil, outstanding: nil, description: nil)
        }
        contents[0].incomeSources = IncomeKind.allCases.map {
            IncomeRecord(kind: $0, monthlyAmount: Money(cents: 7), employer: nil, since: .last)
        }
        _ = try await store.put(contents.map { Sample.put($0) })
        let read = try await store.profiles(contents.map(\.token))
        #expect(read.map { $0?.content } == contents)
    }

    @Test(
        "a put replaces everything but the time of creation and counts the version", arguments: Driver<ProfilePlace>.all
    )
    func replace(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1, at: 1), Sample.put(Sample.bareContent(2), at: 1)])
        let outcomes = try await store.put([
            Sample.put(Sample.bareContent(1, key: 2), at: 2), Sample.put(Sample.content(2, key: 2), at: 2),
        ])
        #expect(outcomes == [.written(version: 2), .written(version: 2)])
        let profiles = try await store.profiles([Sample.token(1), Sample.token(2)])
        #expect(
            profiles
                == [Sample.bareContent(1, key: 2), Sample.content(2, key: 2)].map {
                    ProfileRecord(
                        content: $0, version: 2, times: RowTimes(created: Sample.instant(1), updated: Sample.instant(2))
                    )
                })
    }

    @Test("an expected version must hold, and 0 means that there is none", arguments: Driver<ProfilePlace>.all)
    func expectedVersion(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put([Sample.put(1), Sample.put(2), Sample.put(3)])
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        let outcomes = try await store.put([
            Sample.put(Sample.bareContent(1), expecting: 2),
            Sample.put(Sample.bareContent(2), expecting: 1),
            Sample.put(Sample.bareContent(3), expecting: 0),
            Sample.put(Sample.bareContent(4), expecting: 0),
            Sample.put(Sample.bareContent(5), expecting: 1),
        ])
        #expect(
            outcomes == [
                .written(version: 3), .versionConflict(current: 2), .versionConflict(current: 1),
                .written(version: 1), .versionConflict(current: 0),
            ])
        let profiles = try await store.profiles((1...5).map { Sample.token($0) })
        #expect(
            profiles.map { $0?.content } == [
                Sample.bareContent(1), Sample.content(2), Sample.content(3), Sample.bareContent(4), nil,
            ])
    }

    @Test(
        "a deletion tells the last version, and the next profile goes on from it", arguments: Driver<ProfilePlace>.all)
    func delete(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        _ = try await store.put((1...3).map { Sample.put($0) })
        _ = try await store.put([Sample.put(1)])
        let outcomes = try await store.delete([
            Sample.deletion(1), Sample.deletion(2, expecting: 1), Sample.deletion(3, expecting: 2), Sample.deletion(9),
        ])
        #expect(outcomes == [.written(version: 2), .written(version: 1), .versionConflict(current: 1), .notFound])
        let profiles = try await store.profiles((1...3).map { Sample.token($0) })
        #expect(profiles.map { $0?.content } == [nil, nil, Sample.content(3)])

        let again = try await store.put([Sample.put(Sample.bareContent(1), expecting: 0, at: 9)])
        #expect(again == [.written(version: 3)])
        let profile = try #require(try await store.profile(1))
        #expect(profile.content == Sample.bareContent(1) && profile.version == 3)
        #expect(profile.times.created == Sample.instant(9))
    }

    @Test(
        "no version of an earlier life holds, and a deleted profile is a missing one",
        arguments: Driver<ProfilePlace>.all
    )
    func earlierLives(driver: Driver<ProfilePlace>) async throws {
        let place = try await driver.makePlace()
        let store = try await place.open()
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        _ = try await store.put([Sample.put(1), Sample.put(2)])
        #expect(try await store.delete([Sample.deletion(1)]) == [.written(version: 2)])
        // As a daemon that is started anew.
        let other = try await place.open()
        #expect(try await other.put([Sample.put(1, expecting: 2)]) == [.versionConflict(current: 0)])
        #expect(
            try await other.delete([Sample.deletion(1), Sample.deletion(2, expecting: 1)])
                == [.notFound, .versionConflict(current: 2)])
        #expect(try await other.delete([Sample.deletion(1, expecting: 2)]) == [.notFound])
        #expect(try await other.put([Sample.put(1)]) == [.written(version: 3)])
        #expect(try await store.put([Sample.put(1, expecting: 2)]) == [.versionConflict(current: 3)])
        #expect(try await store.delete([Sample.deletion(1)]) == [.written(version: 3)])
        #expect(try await store.put([Sample.put(1, expecting: 0)]) == [.written(version: 4)])
        #expect(try await store.profile(1)?.version == 4)
    }

    @Test(
        "empty batches have no outcomes and batches of a thousand have a thousand", arguments: Driver<ProfilePlace>.all)
    func sizes(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        #expect(try await store.put([]).isEmpty)
        #expect(try await store.profiles([]).isEmpty)
        #expect(try await store.delete([]).isEmpty)
        #expect(try await store.scores([]).isEmpty)
        try await store.append([])

        let subjects = 1...1000
        let put = try await store.put(subjects.map { Sample.put($0) })
        #expect(put == Array(repeating: .written(version: 1), count: 1000))
        let read = try await store.profiles(subjects.map { Sample.token($0) })
        #expect(read.map { $0?.content } == subjects.map { Sample.content($0) })
        let deleted = try await store.delete(
            subjects.map { Sample.deletion($0, expecting: $0.isMultiple(of: 2) ? 1 : 2) })
        #expect(deleted == subjects.map { $0.isMultiple(of: 2) ? .written(version: 1) : .versionConflict(current: 1) })
    }

    @Test("a read that starts after a write has returned sees it", arguments: Driver<ProfilePlace>.all)
    func readYourWrites(driver: Driver<ProfilePlace>) async throws {
        let store = try await driver.makePlace().open()
        for version in 1...200 {
            let outcomes = try await store.put([Sample.put(1, at: version)])
            #expect(outcomes == [.written(version: Int64(version))])
            let profile = try await store.profile(1)
            #expect(profile?.version == Int64(version))
        }
    }
}
