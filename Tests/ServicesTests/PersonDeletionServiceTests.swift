import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@Suite("PersonDeletionService")
struct PersonDeletionServiceTests {
    let bureau: TestBureau
    var service: PersonDeletionService { bureau.services.deletions }

    init() async throws {
        bureau = try TestBureau()
        _ = await bureau.services.persons.create([0, 1].map { Sample.draft($0) })
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(0), of: 0)])
        _ = await bureau.services.events.record([Sample.event(0, id: "m", at: "2026-01-01T00:00:00Z")])
    }

    @Test("a deletion tells what the other bases hold, and nothing where they hold nothing")
    func left() async throws {
        let deleted = await service.delete([0, 1, 2].map { SubjectWrite((), of: $0, as: "person.delete") })
        #expect(try deleted[0].get().left == [.profile, .events])
        #expect(try deleted[1].get().left == [])
        #expect(throws: ServiceError.notFound) { try deleted[2].get() }
    }

    @Test("a deletion tells that requests stay, and that a register was closed, also one that is open again")
    func rights() async throws {
        let access = Access(method: "cadastro.cancel", groups: [], duty: .rights)
        func write(_ index: Int) -> SubjectWrite<Void> {
            SubjectWrite(cpf: Sample.person(index).cpf, content: (), expectedVersion: nil, access: access)
        }
        for index in [0, 1] { #expect(await bureau.services.rights.cancel([write(index)])[0].failure == nil) }
        #expect(await bureau.services.rights.reopen([write(1)])[0].failure == nil)
        let deleted = await service.delete([0, 1].map { SubjectWrite((), of: $0, as: "person.delete") })
        #expect(try deleted[0].get().left == [.profile, .events, .requests, .cadastro])
        #expect(try deleted[1].get().left == [.requests, .cadastro])
    }

    @Test("what a base that is down may hold counts as left")
    func unknown() async throws {
        await bureau.events.fail(with: .unavailable(.c, .test, retryAfterMilliseconds: 1))
        let deleted = await service.delete([SubjectWrite((), of: 1, as: "person.delete")])
        #expect(try deleted[0].get().left == [.events])
    }
}
