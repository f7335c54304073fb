import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services

@Suite("ProfileService and ScoreService")
struct ProfileServiceTests {
    let bureau: TestBureau
    var service: ProfileService { bureau.services.profiles }

    init() async throws {
        bureau = try TestBureau()
        _ = await service.put([SubjectWrite(Sample.profile(0), of: 0, expecting: 0)])
    }

    private func change(_ patch: ProfilePatch, expecting version: Int64? = nil) async -> Result<Written, ServiceError> {
        await service.update([SubjectWrite(patch, of: 0, expecting: version)])[0]
    }

    @Test("profiles that were put are read back, each at its position in the batch")
    func roundTrip() async throws {
        _ = await service.put([SubjectWrite(Sample.profile(1), of: 1)])
        let results = await service.read([1, 2, 0].map { Sample.request($0) })
        #expect(results.map(\.failure) == [nil, .notFound, nil])
        #expect(try results[0].get().value.profile == Sample.profile(1))
        #expect(try results[2].get().value.profile == Sample.profile(0))
    }

    @Test("a put replaces the whole profile, and only at the expected version")
    func put() async throws {
        let other = Profile(cpf: Sample.cpfs[0], birthDate: .last, address: Sample.address)
        let refused = await service.put([SubjectWrite(other, of: 0, expecting: 0)])
        #expect(refused.map(\.failure) == [.versionConflict(current: 1)])
        let written = await service.put([SubjectWrite(other, of: 0, expecting: 1)])
        #expect(try written[0].get().version == 2)
        #expect(try await service.read([Sample.request()])[0].get().value.profile == other)
    }

    @Test("an update merges its patch, and an array in the patch replaces the whole array")
    func update() async throws {
        let asset = Asset(kind: .vehicle, value: Money(cents: 9))
        let patch = ProfilePatch(
            address: .set(AddressPatch(city: .set("Rio"))), housing: .remove, assets: .set([asset]))
        #expect(try await change(patch, expecting: 1).get().version == 2)
        var expected = Sample.profile()
        expected.address.city = "Rio"
        expected.housing = nil
        expected.assets = [asset]
        #expect(try await service.read([Sample.request()])[0].get().value.profile == expected)
    }

    @Test("an overtaken update is tried again, and fails after eight tries", arguments: [1, 7, 8])
    func overtaken(times: Int) async throws {
        await bureau.profiles.overtake(times)
        let result = await change(ProfilePatch(housing: .set(.rent)))
        #expect(result.failure == (times < 8 ? nil : .contended))
        let housing = try await service.read([Sample.request()])[0].get().value.profile.housing
        #expect(housing == (times < 8 ? .rent : .own))
    }

    @Test("a caller whose expected version does not hold gets the current version")
    func versionConflict() async {
        #expect(await change(ProfilePatch(), expecting: 3).failure == .versionConflict(current: 1))
        await bureau.profiles.overtake(1)
        #expect(await change(ProfilePatch(), expecting: 1).failure == .versionConflict(current: 2))
    }

    @Test("a patch that leaves no valid profile is refused, and so is a patch of an absent profile")
    func refuses() async {
        #expect(await change(ProfilePatch(address: .remove)).failure == .invalidPatch(pointer: "/address"))
        let nobody = SubjectWrite(ProfilePatch(), of: 3)
        #expect(await service.update([nobody]).map(\.failure) == [.notFound])
    }

    @Test("writes under a key take effect once: a put, an update and a deletion")
    func repeats() async throws {
        func once<Content>(_ content: Content, _ key: String) -> SubjectWrite<Content> {
            var write = SubjectWrite(content, of: 0)
            write.repetition = Repetition(key: Array(key.utf8), content: Array("\(Content.self)".utf8))
            return write
        }
        let put = once(Sample.profile(0), "put")
        let written = try await service.put([put])[0].get()
        let update = once(ProfilePatch(housing: .set(.rent)), "update")
        let updated = try await service.update([update])[0].get()
        #expect(updated.version == written.version + 1)
        let deletion = once((), "delete")
        let deleted = try await service.delete([deletion])[0].get()
        #expect(deleted.version == updated.version)
        #expect(try await service.put([put])[0].get() == written)
        #expect(try await service.update([update])[0].get() == updated)
        #expect(try await service.delete([deletion])[0].get() == deleted)
        #expect(await bureau.profiles.records.isEmpty)
        #expect(await service.put([once(Sample.profile(0), "update")]).map(\.failure) == [.idempotencyConflict])
    }

    @Test("a deletion has an outcome for each profile, and deletes its scores")
    func delete() async throws {
        _ = await bureau.score(0)
        let results = await service.delete([
            SubjectWrite((), of: 1), SubjectWrite((), of: 0, expecting: 1),
        ])
        #expect(results.map(\.failure) == [.notFound, nil])
        #expect(await bureau.profiles.history.isEmpty)
    }

    private func page(_ index: Int, before: RecordID?, limit: Int) -> PageRequest<RecordID> {
        PageRequest(
            cpf: Sample.cpfs[index], access: Sample.request(index, "score.history").access, before: before,
            limit: limit)
    }

    @Test("a score is computed from the profile and kept, and the history has the newest score first")
    func scores() async throws {
        let computed = await bureau.score(1, 0, 0)
        #expect(computed.map(\.failure) == [.notFound, nil, nil])
        #expect(try computed[1].get().score.score == 150 && computed[1].get().score.model == "test")
        _ = await bureau.score(0)
        let requests = [
            page(0, before: nil, limit: 2), page(1, before: nil, limit: 2),
        ]
        let pages = try await bureau.services.scores.history(requests).map { try $0.get().value }
        #expect(pages.map(\.items.count) == [2, 0] && pages.map(\.hasMore) == [true, false])
        let last = page(0, before: pages[0].items[1].scoreID, limit: 2)
        let rest = try await bureau.services.scores.history([last])[0].get().value
        let told = (pages[0].items + rest.items).compactMap(\.scoreID)
        #expect(told == told.sorted { $1 < $0 } && Set(told).count == 3)
        #expect(Set(told) == Set(try await bureau.keptScores().map(\.record.scoreID)))
    }

    @Test("nothing is asked of the store when there is nothing to score")
    func scoresNothing() async throws {
        try await bureau.services.scores.register.enter()
        let before = await bureau.profiles.use.calls
        #expect(await bureau.score(1).map(\.failure) == [.notFound])
        #expect(await bureau.profiles.use.calls == before + 1)
    }

    @Test("when the store fails, every item of the batch fails for that reason")
    func storeFailure() async {
        let error = StoreError.unavailable(.b, .test, retryAfterMilliseconds: 1)
        await bureau.profiles.fail(with: error)
        let draft = SubjectWrite(Sample.profile(), of: 0)
        #expect(await service.put([draft, draft]).map(\.failure) == [.store(error), .store(error)])
        #expect(
            await service.read(Sample.cpfs.indices.map { Sample.request($0) }).map(\.failure)
                == Array(repeating: .store(error), count: 4))
        #expect(await change(ProfilePatch()).failure == .store(error))
        let deletion = SubjectWrite((), of: 0)
        #expect(await service.delete([deletion]).map(\.failure) == [.store(error)])
        #expect(await bureau.score(0).map(\.failure) == [.store(error)])
        let history = page(0, before: nil, limit: 1)
        #expect(await bureau.services.scores.history([history]).map(\.failure) == [.store(error)])
    }
}
