import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@Suite("ScoreService")
struct ScoreServiceTests {
    let bureau: TestBureau
    private var service: ScoreService { bureau.services.scores }

    init() async throws {
        bureau = try TestBureau()
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0), of: 0)])
    }

    private func request(_ index: Int = 0, key: String? = nil, content: String = "score") -> ScoreRequest {
        var request = Sample.scoring(of: index)
        request.repetition = key.map { Repetition(key: Array($0.utf8), content: Array(content.utf8)) }
        return request
    }

    /// A person in base A, born on a day.
    private func create(_ index: Int = 0, born birthDate: String) async {
        var draft = Sample.draft(index)
        draft.person.birthDate = Sample.parse(birthDate)
        _ = await bureau.services.persons.create([draft])
    }

    @Test("a score under a key exists once, and its repeats are answered as the first, also after the profile is gone")
    func repeats() async throws {
        await create(born: "1960-01-02")
        let first = try await service.compute([request(key: "k")])[0].get().value
        #expect(first.inconsistencies == [.birthDate])
        let again = await service.compute([request(key: "k"), request(key: "k"), request(key: "l")])
        #expect(try again[0].get().value == first && again[1].get().value == first)
        #expect(try again[2].get().value.scoreID != first.scoreID)
        #expect(await bureau.profiles.history.count == 2)
        #expect(await service.compute([request(key: "k", content: "x")]).map(\.failure) == [.idempotencyConflict])
        _ = await bureau.services.profiles.delete([SubjectWrite((), of: 0)])
        #expect(try await service.compute([request(key: "k")])[0].get().value == first)
        #expect(await service.compute([request(key: "m")]).map(\.failure) == [.notFound])
    }

    @Test("one key in one group is one score")
    func group() async throws {
        let scores = try await service.compute([request(key: "k"), request(key: "k")]).map { try $0.get().value }
        #expect(scores[0] == scores[1])
        #expect(await bureau.profiles.history.count == 1)
    }

    @Test("base A is read for those with a profile alone, for the score's purpose, and gives only the refusal")
    func audits() async throws {
        await create(born: "1959-01-02")
        let before = await bureau.persons.audits.count
        #expect(await bureau.score(1, 0).map(\.failure) == [.notFound, nil])
        let audits = await bureau.persons.audits.dropFirst(before)
        #expect(audits.map(\.method) == ["score.compute"])
        #expect(audits.first?.purpose == .creditProtection)
    }

    @Test("without base A there is no score")
    func withoutA() async {
        let error = StoreError.unavailable(.a, .test, retryAfterMilliseconds: 1)
        await bureau.persons.fail(with: error)
        #expect(await bureau.score(1, 0).map(\.failure) == [.notFound, .store(error)])
        #expect(await bureau.profiles.history.isEmpty)
    }

    @Test("either base's birth date is enough to refuse, and nothing is kept then")
    func unscorable() async {
        await create(born: "2020-01-01")
        #expect(await bureau.score(0).map(\.failure) == [.unscorable(.under18)])
        var minor = Sample.profile(1)
        minor.birthDate = Sample.parse("2015-05-05")
        _ = await bureau.services.profiles.put([SubjectWrite(minor, of: 1)])
        #expect(await bureau.score(1).map(\.failure) == [.unscorable(.under18)])
        #expect(await service.compute([request(key: "k")]).map(\.failure) == [.unscorable(.under18)])
        #expect(await bureau.profiles.history.isEmpty)
    }

    @Test("the bases that agree tell nothing, and neither does base B alone")
    func consistent() async throws {
        #expect(try await bureau.score(0)[0].get().inconsistencies == [])
        await create(born: "1959-01-02")
        #expect(try await bureau.score(0)[0].get().inconsistencies == [])
    }
}
