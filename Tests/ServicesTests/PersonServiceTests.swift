import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services

@Suite("PersonService")
struct PersonServiceTests {
    let bureau: TestBureau
    var service: PersonService { bureau.services.persons }

    init() async throws {
        bureau = try TestBureau()
    }

    private func create(_ indices: Int..., debts: [Debt] = []) async {
        _ = await service.create(indices.map { Sample.draft($0, debts: debts) })
    }

    private func change(_ index: Int, name: String, expecting version: Int64? = nil) -> SubjectWrite<PersonPatch> {
        SubjectWrite(PersonPatch(name: .set(name)), of: index, expecting: version, as: "person.update")
    }

    @Test("created persons are read back, each at its position in the batch")
    func roundTrip() async throws {
        let debts = [
            Sample.debt,
            Debt(
                creditor: "", amount: Money(cents: .min), annualInterestBasisPoints: .max, dueDate: .last,
                status: .disputed),
        ]
        let drafts = [0, 1, 2].map { Sample.draft($0, debts: $0 == 1 ? debts : []) }
        let created = try await service.create(drafts).map { try $0.get() }
        #expect(created.map(\.version) == [1, 1, 1] && created.map(\.debtIDs.count) == [0, 2, 0])
        let views = try await service.read([2, 0, 1].map { Sample.request($0) }).map { try $0.get().value }
        #expect(views.map(\.person) == [2, 0, 1].map { Sample.person($0) })
        #expect(views[2].debts.map(\.debt) == debts)
        #expect(views[2].debts.map(\.debtID) == created[1].debtIDs)
        #expect(views[0].createdAt == created[2].at && views[0].updatedAt == created[2].at)
    }

    @Test("a person who exists already is refused, and the neighbours are created")
    func alreadyExists() async {
        await create(0)
        let results = await service.create([1, 0, 2].map { Sample.draft($0) })
        #expect(results.map(\.failure) == [nil, .alreadyExists(), nil])
    }

    @Test("the audit log has every read with its purpose and requester, also a read that finds nobody")
    func auditsReads() async throws {
        await create(0)
        let requests = [Sample.request(0), Sample.request(1, for: .fraudPrevention)]
        let results = await service.read(requests)
        #expect(results.map(\.failure) == [nil, .notFound])
        let audits = await bureau.persons.audits.dropFirst()
        #expect(audits.map(\.method) == ["person.get", "person.get"])
        #expect(audits.map(\.purpose) == [.creditProtection, .fraudPrevention])
        #expect(audits.map(\.requester) == ["Loja 0", "Loja 1"])
        #expect(
            try audits.flatMap(\.subjects) == [0, 1].map { AuditSubject(try bureau.token(Sample.cpfs[$0], in: .a)) })
        #expect(Set(await bureau.persons.audits.map(\.recordID)).count == 3)
    }

    @Test("creations, updates and deletions leave an audit row without a purpose")
    func auditsWrites() async {
        await create(0)
        _ = await service.update([change(0, name: "Ana")])
        _ = await service.delete([SubjectWrite((), of: 0, as: "person.delete")])
        let audits = await bureau.persons.audits
        #expect(audits.map(\.method) == ["person.create", "person.update", "person.delete"])
        #expect(audits.allSatisfy { $0.purpose == nil })
    }

    @Test("a purpose or an operation that the policy does not list is forbidden without touching the store")
    func forbidden() async {
        await create(0)
        let before = await bureau.persons.use.calls
        let results = await service.read([
            Sample.request(0, for: .legalObligation),
            SubjectRead(
                cpf: Sample.cpfs[0], access: Access(method: "person.peek", purpose: .judicialOrder, groups: [])),
        ])
        #expect(results.map(\.failure) == [.forbidden(.policy(.all)), .forbidden(.policy([]))])
        #expect(await bureau.persons.use.calls == before)
    }

    @Test("a forbidden read leaves its neighbours their own records")
    func forbiddenAmongOthers() async throws {
        await create(0, 1)
        let results = await service.read([
            Sample.request(0), Sample.request(0, for: .legalObligation), Sample.request(2), Sample.request(1),
        ])
        #expect(results.map(\.failure) == [nil, .forbidden(.policy(.all)), .notFound, nil])
        #expect(try results[3].get().value.person == Sample.person(1))
    }

    @Test("an update merges its patch and keeps the rest")
    func update() async throws {
        await create(0, debts: [Sample.debt])
        let patch = PersonPatch(
            name: .set("Ana"), phone: .remove, address: .set(AddressPatch(complement: .remove, city: .set("Rio"))))
        let written = try await service.update([SubjectWrite(patch, of: 0, expecting: 1)])[0].get()
        let view = try await service.read([Sample.request()])[0].get().value
        var expected = Sample.person()
        expected.name = "Ana"
        expected.phone = nil
        expected.address?.complement = nil
        expected.address?.city = "Rio"
        #expect(view.person == expected && view.debts.map(\.debt) == [Sample.debt])
        #expect(view.version == 2 && written.version == 2 && written.at == view.updatedAt)
    }

    @Test("a patch that leaves no valid person is refused with its place, and its neighbours are updated")
    func invalidPatch() async throws {
        await create(0, 1)
        let results = await service.update([
            SubjectWrite(PersonPatch(name: .remove), of: 0, as: "person.update"),
            change(1, name: "Ana"), change(2, name: "Ana"),
        ])
        #expect(results.map(\.failure) == [.invalidPatch(pointer: "/name"), nil, .notFound])
        #expect(try await service.read([Sample.request(1)])[0].get().value.person.name == "Ana")
    }

    @Test("an overtaken update is tried again, and fails after eight tries", arguments: [0, 1, 7, 8, 20])
    func overtaken(times: Int) async throws {
        await create(0)
        await bureau.persons.overtake(times)
        let result = await service.update([change(0, name: "Ana")])[0]
        #expect(result.failure == (times < 8 ? nil : .contended))
        if times < 8 { #expect(try result.get().version == 2) }
        let name = try await service.read([Sample.request()])[0].get().value.person.name
        #expect(name == (times < 8 ? "Ana" : Sample.person().name))
    }

    @Test("a caller whose expected version does not hold gets the current version")
    func versionConflict() async {
        await create(0, 1)
        _ = await service.update([change(0, name: "Ana")])
        let results = await service.update([change(0, name: "Eva", expecting: 1), change(1, name: "Eva", expecting: 1)])
        #expect(results.map(\.failure) == [.versionConflict(current: 2), nil])
        await bureau.persons.overtake(1)
        let overtaken = await service.update([change(1, name: "Lia", expecting: 2)])
        #expect(overtaken.map(\.failure) == [.versionConflict(current: 3)])
    }

    @Test("a deletion has an outcome for each person")
    func delete() async {
        await create(0, 1)
        let results = await service.delete([
            SubjectWrite((), of: 0, expecting: 1), SubjectWrite((), of: 1, expecting: 5), SubjectWrite((), of: 2),
        ])
        #expect(results.map(\.failure) == [nil, .versionConflict(current: 1), .notFound])
        #expect(await bureau.persons.records.count == 1)
    }

    @Test(
        "when the store fails, every item of the batch fails for that reason",
        arguments: [
            StoreError.unavailable(.a, .test, retryAfterMilliseconds: 50), .outcomeUnknown(.a, .test),
            .auditUnavailable(.test),
            .corrupt(.a),
        ])
    func storeFailure(error: StoreError) async {
        await create(0)
        await bureau.persons.fail(with: error)
        let drafts = [Sample.draft(1), Sample.draft(2)]
        #expect(await service.create(drafts).map(\.failure) == [.store(error), .store(error)])
        #expect(
            await service.read([Sample.request(0), Sample.request(1)]).map(\.failure) == [.store(error), .store(error)])
        #expect(await service.update([change(0, name: "Ana")]).map(\.failure) == [.store(error)])
        let deletion = SubjectWrite((), of: 0)
        #expect(await service.delete([deletion]).map(\.failure) == [.store(error)])
    }
}
