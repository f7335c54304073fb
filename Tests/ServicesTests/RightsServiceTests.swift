import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@Suite("Rights of persons")
struct RightsServiceTests {
    private let bureau: TestBureau
    private var rights: RightsService { bureau.services.rights }

    init() throws {
        bureau = try TestBureau()
    }

    private func access(_ method: String) -> Access {
        Access(method: method, purpose: .dataSubjectRequest, groups: .debts, duty: .rights)
    }

    private func write<Content>(_ content: Content, _ method: String, of index: Int = 0) -> SubjectWrite<Content> {
        SubjectWrite(cpf: Sample.cpfs[index], content: content, expectedVersion: nil, access: access(method))
    }

    /// Creates a person with one debt, and returns the debt.
    private func makeDebt() async throws -> RecordID {
        let created = await bureau.services.persons.create([Sample.draft(debts: [Sample.debt])])
        return try #require(created[0].get().debtIDs.first)
    }

    private func dispute(_ debtID: RecordID) async throws -> FiledRequest {
        let opening = DisputeOpening(debtID: debtID, reason: .fraud, note: "Nunca estive em Palmas")
        return try await #require(rights.dispute([write(opening, "dispute.open")]).first).get()
    }

    private func listed(_ state: RequestState) async throws -> [RequestView] {
        let request = DueRequest(access: access("subject.requests"), state: state, after: nil, limit: 10)
        return try await #require(rights.requests([request]).first).get().items
    }

    @Test("another writer in between makes a dispute neither fail nor come twice")
    func overtaken() async throws {
        let debtID = try await makeDebt()
        await bureau.persons.overtake(2)
        let filed = try await dispute(debtID)
        #expect(filed.isNew && filed.record.debtID == debtID)
        #expect(try await listed(.due).map(\.record.requestID) == [filed.record.requestID])
        let again = try await dispute(debtID)
        #expect(!again.isNew && again.record.requestID == filed.record.requestID)
    }

    @Test("what a person has to say is opened for the list alone, and is gone with the person")
    func details() async throws {
        _ = try await dispute(makeDebt())
        let open = try await listed(.due)
        #expect(open.map(\.note) == ["Nunca estive em Palmas"] && open.map(\.cpf) == [Sample.cpfs[0]])
        #expect(open[0].reason == .fraud && open[0].record.details == nil)
        _ = await bureau.services.persons.delete([SubjectWrite((), as: "person.delete")])
        let left = try await listed(.due)
        #expect(left.count == 1 && left[0].note == nil && left[0].cpf == nil)
    }

    @Test("a contested debt with a limit of open debts reached is contested all the same")
    func limit() async throws {
        let open = (0..<100).map { number in
            var debt = Sample.debt
            debt.contractID = "\(number)"
            return debt
        }
        var settled = Sample.debt
        settled.status = .settled
        let created = await bureau.services.persons.create([Sample.draft(debts: open + [settled])])
        let debtID = try #require(created[0].get().debtIDs.last)
        #expect(try await dispute(debtID).isNew)
    }

    @Test("a role without the duty is refused, and no store is asked")
    func duty() async throws {
        let debtID = try await makeDebt()
        let before = await bureau.persons.use.calls
        let opening = DisputeOpening(debtID: debtID, reason: .paid, note: nil)
        var refused = write(opening, "dispute.open")
        refused.access.duty = .keys
        #expect(await rights.dispute([refused])[0].failure == .forbidden(.role([])))
        #expect(await bureau.persons.use.calls == before)
    }

    @Test("a closed register makes the score of somebody unknown to base A unscorable too")
    func cadastro() async throws {
        _ = await bureau.services.profiles.put([SubjectWrite(Sample.profile(1), of: 1, as: "profile.put")])
        #expect(await bureau.score(1)[0].failure == nil)
        let changed = await rights.cancel([write((), "cadastro.cancel", of: 1)])
        #expect(try changed[0].get().state?.isCancelled == true)
        #expect(await bureau.score(1)[0].failure == .unscorable(.cadastroCancelled))
        let opened = await rights.reopen([write((), "cadastro.reopen", of: 1)])
        #expect(try opened[0].get().request.isNew)
        #expect(await bureau.score(1)[0].failure == nil)
    }

    @Test("requests end in the order of the law's terms")
    func order() async throws {
        let filed = try await dispute(makeDebt())
        _ = await rights.cancel([write((), "cadastro.cancel", of: 2)])
        let all = try await listed(.all)
        #expect(all.map(\.record.kind) == [.cadastroCancel, .dispute])
        #expect(all[1].record.requestID == filed.record.requestID && all[1].dueOn > all[0].dueOn)
        #expect(try await listed(.due).map(\.record.kind) == [.dispute])
        #expect(try await listed(.late).isEmpty)
    }
}
