import Bureau
import Repositories
import Services
import Testing

@Suite("ProfileService and ScoreService")
struct ProfileServiceTests {
    let office: Office
    var service: ProfileService { office.services.profiles }

    init() async throws {
        office = try Office()
        _ = await service.put([ProfileDraft(profile: Sample.profile(0), expectedVersion: 0)])
    }

    private func change(_ patch: ProfilePatch, expecting version: Int64? = nil) async -> Result<Written, ServiceError> {
        await service.update([
            ProfileChange(cpf: Sample.cpfs[0], patch: patch, expectedVersion: version)
        ])[0]
    }

    @Test("what was put is read back, each profile in its place of the batch")
    func roundTrip() async throws {
        _ = await service.put([ProfileDraft(profile: Sample.profile(1), expectedVersion: nil)])
        let results = await service.read([Sample.cpfs[1], Sample.cpfs[2], Sample.cpfs[0]])
        #expect(results.map(\.failure) == [nil, .notFound, nil])
        #expect(try results[0].get().profile == Sample.profile(1))
        #expect(try results[2].get().profile == Sample.profile(0))
    }

    @Test("a put replaces the whole profile, and only at the version that it expects")
    func put() async throws {
        let other = Profile(cpf: Sample.cpfs[0], birthDate: .last, address: Sample.address)
        let refused = await service.put([ProfileDraft(profile: other, expectedVersion: 0)])
        #expect(refused.map(\.failure) == [.versionConflict(current: 1)])
        let written = await service.put([ProfileDraft(profile: other, expectedVersion: 1)])
        #expect(try written[0].get().version == 2)
        #expect(try await service.read([Sample.cpfs[0]])[0].get().profile == other)
    }

    @Test("an update merges its patch, an array in it replaces the whole array")
    func update() async throws {
        let asset = Asset(kind: .vehicle, value: Money(cents: 9))
        let patch = ProfilePatch(
            address: .set(AddressPatch(city: .set("Rio"))), housing: .remove, assets: .set([asset]))
        #expect(try await change(patch, expecting: 1).get().version == 2)
        var expected = Sample.profile()
        expected.address.city = "Rio"
        expected.housing = nil
        expected.assets = [asset]
        #expect(try await service.read([Sample.cpfs[0]])[0].get().profile == expected)
    }

    @Test("an update that is overtaken is made again, and given up after eight tries", arguments: [1, 7, 8])
    func overtaken(times: Int) async throws {
        await office.profiles.overtake(times)
        let result = await change(ProfilePatch(housing: .set(.rent)))
        #expect(result.failure == (times < 8 ? nil : .contended))
        let housing = try await service.read([Sample.cpfs[0]])[0].get().profile.housing
        #expect(housing == (times < 8 ? .rent : .own))
    }

    @Test("an expected version that does not hold is told with the current one")
    func versionConflict() async {
        #expect(await change(ProfilePatch(), expecting: 3).failure == .versionConflict(current: 1))
        await office.profiles.overtake(1)
        #expect(await change(ProfilePatch(), expecting: 1).failure == .versionConflict(current: 2))
    }

    @Test("a patch that leaves no valid profile, and one of nobody, are refused")
    func refuses() async {
        #expect(await change(ProfilePatch(address: .remove)).failure == .invalidPatch(pointer: "/address"))
        let nobody = ProfileChange(cpf: Sample.cpfs[3], patch: ProfilePatch(), expectedVersion: nil)
        #expect(await service.update([nobody]).map(\.failure) == [.notFound])
    }

    @Test("a deletion tells what became of each profile, and takes the scores with it")
    func delete() async throws {
        _ = await office.services.scores.compute([Sample.cpfs[0]])
        let results = await service.delete([
            SubjectDeletion(cpf: Sample.cpfs[1], expectedVersion: nil),
            SubjectDeletion(cpf: Sample.cpfs[0], expectedVersion: 1),
        ])
        #expect(results.map(\.failure) == [.notFound, nil])
        #expect(await office.profiles.history.isEmpty)
    }

    @Test("a score is computed from the profile, kept and told again by the history, the newest first")
    func scores() async throws {
        let computed = await office.services.scores.compute([Sample.cpfs[1], Sample.cpfs[0], Sample.cpfs[0]])
        #expect(computed.map(\.failure) == [.notFound, nil, nil])
        #expect(try computed[1].get().score.score == 150 && computed[1].get().score.model == "test")
        _ = await office.services.scores.compute([Sample.cpfs[0]])
        let requests = [
            ScoreHistoryRequest(cpf: Sample.cpfs[0], before: nil, limit: 2),
            ScoreHistoryRequest(cpf: Sample.cpfs[1], before: nil, limit: 2),
        ]
        let pages = try await office.services.scores.history(requests).map { try $0.get() }
        #expect(pages.map(\.count) == [2, 0])
        let last = ScoreHistoryRequest(cpf: Sample.cpfs[0], before: pages[0][1].scoreID, limit: 2)
        let rest = try await office.services.scores.history([last])[0].get()
        let told = (pages[0] + rest).map(\.scoreID)
        #expect(told == told.sorted { $1 < $0 } && Set(told).count == 3)
        #expect(Set(told) == Set(await office.profiles.history.map(\.scoreID)))
    }

    @Test("nothing is asked of the store when there is nothing to score")
    func scoresNothing() async {
        let before = await office.profiles.callCount
        #expect(await office.services.scores.compute([Sample.cpfs[1]]).map(\.failure) == [.notFound])
        #expect(await office.profiles.callCount == before + 1)
    }

    @Test("when the store fails, every item of the batch fails for that reason")
    func storeFailure() async {
        let error = StoreError.unavailable(.b, retryAfterMilliseconds: 1)
        await office.profiles.fail(with: error)
        let draft = ProfileDraft(profile: Sample.profile(), expectedVersion: nil)
        #expect(await service.put([draft, draft]).map(\.failure) == [.store(error), .store(error)])
        #expect(await service.read(Sample.cpfs).map(\.failure) == Array(repeating: .store(error), count: 4))
        #expect(await change(ProfilePatch()).failure == .store(error))
        let deletion = SubjectDeletion(cpf: Sample.cpfs[0], expectedVersion: nil)
        #expect(await service.delete([deletion]).map(\.failure) == [.store(error)])
        #expect(await office.services.scores.compute([Sample.cpfs[0]]).map(\.failure) == [.store(error)])
        let history = ScoreHistoryRequest(cpf: Sample.cpfs[0], before: nil, limit: 1)
        #expect(await office.services.scores.history([history]).map(\.failure) == [.store(error)])
    }
}
