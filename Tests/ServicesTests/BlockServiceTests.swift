import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@Suite("BlockService")
struct BlockServiceTests {
    let bureau: TestBureau

    init() async throws {
        bureau = try TestBureau()
        _ = await bureau.services.persons.create([0, 1].map { Sample.draft($0) })
        _ = await bureau.services.profiles.put([0, 1].map { SubjectWrite(Sample.profile($0), of: $0) })
    }

    private func change(_ index: Int, to isBlocked: Bool) async -> Result<Bool, ServiceError> {
        let access = Access(method: "subject.block", groups: [], duty: .rights)
        let request = BlockRequest(cpf: Sample.person(index).cpf, isBlocked: isBlocked, access: access)
        return await bureau.services.blocks.change([request])[0]
    }

    private func read(_ method: String, _ index: Int, for purpose: Purpose?) -> SubjectRead {
        SubjectRead(cpf: Sample.person(index).cpf, access: Access(method: method, purpose: purpose, groups: .all))
    }

    @Test("a blocked person is read for the person, the law and a court alone, in every base")
    func purposes() async throws {
        #expect(await change(0, to: true) == .success(true))
        for purpose in [Purpose.creditProtection, .creditApplication, .fraudPrevention] {
            let person = await bureau.services.persons.read([0, 1].map { read("person.get", $0, for: purpose) })
            #expect(person[0].failure == .forbidden(.blocked) && person[1].failure == nil)
            let profile = await bureau.services.profiles.read([read("profile.get", 0, for: purpose)])
            #expect(profile[0].failure == .forbidden(.blocked))
            let events = await bureau.services.events.latest([read("event.latest", 0, for: purpose)])
            #expect(events[0].failure == .forbidden(.blocked))
            let report = await bureau.services.reports.make([read("report.get", 0, for: purpose)])
            #expect(report[0].failure == .forbidden(.blocked))
        }
        for purpose in [Purpose.dataSubjectRequest, .judicialOrder] {
            let person = await bureau.services.persons.read([read("person.get", 0, for: purpose)])
            #expect(person[0].failure == nil)
        }
        #expect(await bureau.score(0)[0].failure == .forbidden(.blocked))
        let put = SubjectWrite(Sample.profile(0), of: 0)
        #expect(await bureau.services.profiles.put([put])[0].failure == nil, "data stay and can be written")
        #expect(await change(0, to: false) == .success(true))
        let again = await bureau.services.persons.read([read("person.get", 0, for: .creditProtection)])
        #expect(again[0].failure == nil)
    }

    @Test("another daemon knows a block after its next refresh, and keeps it while base A is down")
    func refresh() async throws {
        let list = try BlockList(
            vaultA: .fixed(.a, byte: 0x11), vaultB: .fixed(.b, byte: 0x22), vaultC: .fixed(.c, byte: 0x33),
            repository: bureau.persons)
        #expect(await change(0, to: true) == .success(true))
        #expect(await list.refresh())
        #expect(list.causes(of: [0, 1].map { Sample.person($0).cpf }) == [.blocked, nil])
        await bureau.persons.fail(with: .unavailable(.a, .test, retryAfterMilliseconds: 1))
        #expect(await !list.refresh())
        #expect(list.causes(of: [Sample.person(0).cpf]) == [.blocked])
    }
}
