import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@Suite("DebtService")
struct DebtServiceTests {
    let bureau: TestBureau
    var service: DebtService { bureau.services.debts }

    init() async throws {
        bureau = try TestBureau()
        _ = await bureau.services.persons.create([Sample.draft(0, debts: [Sample.debt])])
    }

    private func list() async throws -> [DebtView] {
        try await service.list([Sample.request(0, "debt.list")])[0].get().value
    }

    private func write(
        _ edit: DebtEdit, of index: Int = 0, expecting version: Int64? = nil, as action: String = "debt.write"
    ) async -> Result<Written, ServiceError> {
        await service.write([SubjectWrite(edit, of: index, expecting: version, as: action)])[0]
    }

    @Test("a debt is added, changed and removed, and the others stay")
    func lifeCycle() async throws {
        let added = try await write(.add(Sample.debt), expecting: 1).get()
        #expect(added.version == 1)
        #expect(try await list().map(\.debtID).last == added.debtIDs[0])
        let patch = DebtPatch(creditorCNPJ: .remove, amount: .set(Money(cents: 1)), status: .set(.settled))
        let changed = try await write(.update(added.debtIDs[0], patch), expecting: 1).get()
        #expect(changed.debtIDs == added.debtIDs && changed.version == 2)
        var expected = Sample.debt
        expected.creditorCNPJ = nil
        expected.amount = Money(cents: 1)
        expected.status = .settled
        #expect(try await list().map(\.debt) == [Sample.debt, expected])
        let removed = try await write(.remove(added.debtIDs[0]), expecting: 2).get()
        #expect(removed.version == 2)
        #expect(try await list().map(\.debt) == [Sample.debt])
    }

    @Test("an absent debt or person is not found")
    func notFound() async {
        let unknown = RecordID(high: 1, low: 2)
        #expect(await write(.update(unknown, DebtPatch())).failure == .notFound)
        #expect(await write(.remove(unknown)).failure == .notFound)
        #expect(await write(.add(Sample.debt), of: 1).failure == .notFound)
        #expect(await service.list([Sample.request(1, "debt.list")]).map(\.failure) == [.notFound])
    }

    @Test("the hundredth open debt is added, and the next is refused; settled ones do not count")
    func limit() async throws {
        var settled = Sample.debt
        settled.status = .settled
        let settledID = try await write(.add(settled)).get().debtIDs[0]
        for _ in 0..<99 { _ = try await write(.add(Sample.debt)).get() }
        let refusal = ServiceError.limitReached(limit: "open_debts", most: 100)
        #expect(await write(.add(Sample.debt)).failure == refusal)
        #expect(await write(.update(settledID, DebtPatch(status: .set(.disputed)))).failure == refusal)
        for status in [DebtStatus.settled, .writtenOff, .renegotiated] {
            settled.status = status
            #expect(await write(.add(settled)).failure == nil)
        }
        #expect(try await list().count == 104)
    }

    @Test("a person has at most 200 debts")
    func bound() async throws {
        var settled = Sample.debt
        settled.status = .settled
        let draft = Sample.draft(1, debts: Array(repeating: settled, count: 200))
        _ = try await bureau.services.persons.create([draft])[0].get()
        #expect(await write(.add(settled), of: 1).failure == .limitReached(limit: "debts", most: 200))
        let open = Sample.draft(2, debts: Array(repeating: Sample.debt, count: 101))
        let refused = await bureau.services.persons.create([open, Sample.draft(3)])
        #expect(refused.map(\.failure) == [.limitReached(limit: "open_debts", most: 100), nil])
    }

    @Test("a contract is one debt of a person, however it is added or changed")
    func contracts() async throws {
        var debt = Sample.debt
        debt.contractID = "C-77"
        let first = try await write(.add(debt)).get().debtIDs[0]
        #expect(await write(.add(debt)).failure == .alreadyExists(debtID: first))
        debt.contractID = " c-77"
        #expect(await write(.add(debt)).failure == .alreadyExists(debtID: first))
        debt.contractID = "C-78"
        let second = try await write(.add(debt)).get().debtIDs[0]
        let patch = DebtPatch(contractID: .set("C-77"))
        #expect(await write(.update(second, patch)).failure == .alreadyExists(debtID: first))
        #expect(await write(.update(first, patch)).failure == nil)
        #expect(await write(.update(first, DebtPatch(contractID: .set("C-79")))).failure == nil)
        #expect(await write(.update(second, patch)).failure == nil)
        #expect(try await list().map(\.debt.contractID) == [nil, "C-79", "C-77"])
    }

    @Test("a change that depends on the other debts is made again when the person was written meanwhile")
    func overtakenByPerson() async throws {
        let debtID = try #require(try await list().first?.debtID)
        await bureau.persons.overtakePersons(2)
        let patch = DebtPatch(contractID: .set("C-77"))
        #expect(await write(.update(debtID, patch), expecting: 1).failure == nil)
    }

    @Test("a debt that the law withholds is given to the person alone, with the reason, and can be written")
    func withheld() async throws {
        var old = Sample.debt
        old.status = .overdue
        old.dueDate = Sample.parse("2018-01-10")
        let debtID = try await write(.add(old)).get().debtIDs[0]
        #expect(try await list().map(\.debt) == [Sample.debt])
        let request = Sample.request(0, "debt.list", for: .dataSubjectRequest)
        let own = try await service.list([request])[0].get().value
        #expect(own.map(\.withheld) == [nil, .negative])
        #expect(await write(.update(debtID, DebtPatch(amount: .set(.zero)))).failure == nil)
        let person = try await bureau.services.persons.read([Sample.request(0)])[0].get().value
        #expect(person.debts.count == 1)
    }

    @Test("a request leaves one entry in the audit log, however often it is tried")
    func auditedOnce() async throws {
        let debtID = try #require(try await list().first?.debtID)
        let before = await bureau.persons.audits.count
        await bureau.persons.overtake(5)
        _ = try await write(.update(debtID, DebtPatch(status: .set(.settled)))).get()
        #expect(await bureau.persons.audits.count == before + 1)
    }

    @Test("a repeated write is answered as the first time, whatever came in between")
    func repeats() async throws {
        var write = SubjectWrite(DebtEdit.add(Sample.debt))
        write.repetition = Repetition(key: [1], content: [2])
        let first = try await service.write([write])[0].get()
        _ = try await self.write(.remove(first.debtIDs[0])).get()
        let audits = await bureau.persons.audits.count
        #expect(try await service.write([write])[0].get() == first)
        #expect(await bureau.persons.audits.count == audits)
        #expect(try await list().count == 1)
        write.repetition = Repetition(key: [1], content: [3])
        #expect(await service.write([write])[0].failure == .idempotencyConflict)
    }

    @Test("a caller whose expected version does not hold gets the current version, the person's or the debt's")
    func versionConflict() async throws {
        let debtID = try #require(try await list().first?.debtID)
        #expect(await write(.add(Sample.debt), expecting: 7).failure == .versionConflict(current: 1))
        #expect(
            await write(.update(debtID, DebtPatch()), expecting: 7).failure == .versionConflict(current: 1))
        #expect(await write(.remove(debtID), expecting: 7).failure == .versionConflict(current: 1))
        await bureau.persons.overtake(1)
        #expect(
            await write(.update(debtID, DebtPatch()), expecting: 1).failure == .versionConflict(current: 2))
    }

    @Test("an overtaken change is tried again, and fails after eight tries", arguments: [1, 7, 8])
    func overtaken(times: Int) async throws {
        let debtID = try #require(try await list().first?.debtID)
        await bureau.persons.overtake(times)
        let result = await write(.update(debtID, DebtPatch(status: .set(.settled))))
        #expect(result.failure == (times < 8 ? nil : .contended))
        #expect(try await list().map(\.debt.status) == [times < 8 ? .settled : .open])
    }

    @Test("a patch that leaves no valid debt is refused with its place")
    func invalidPatch() async throws {
        let debtID = try #require(try await list().first?.debtID)
        let result = await write(.update(debtID, DebtPatch(amount: .remove)))
        #expect(result.failure == .invalidPatch(pointer: "/amountCents"))
    }

    @Test("the audit log has each read and write of a debt under its method, a write without a purpose")
    func audits() async throws {
        let debtID = try #require(try await list().first?.debtID)
        _ = await write(.add(Sample.debt), as: "debt.add")
        _ = await write(.update(debtID, DebtPatch()), as: "debt.update")
        _ = await write(.remove(debtID), as: "debt.remove")
        let audits = await bureau.persons.audits.dropFirst()
        #expect(audits.map(\.method) == ["debt.list", "debt.add", "debt.update", "debt.remove"])
        #expect(audits.map(\.purpose) == [.creditProtection, nil, nil, nil])
    }

    @Test("a failure of one item of a batch does not touch the others")
    func neighbours() async {
        let results = await service.write([
            SubjectWrite(.add(Sample.debt), of: 1),
            SubjectWrite(.add(Sample.debt), of: 0),
        ])
        #expect(results.map(\.failure) == [.notFound, nil])
    }

    @Test("when the store fails, every item fails for that reason")
    func storeFailure() async {
        await bureau.persons.fail(with: .outcomeUnknown(.a, .test))
        #expect(
            await write(.add(Sample.debt)).failure == .store(.outcomeUnknown(.a, .test)))
        #expect(
            await service.list([Sample.request(0, "debt.list")]).map(\.failure) == [.store(.outcomeUnknown(.a, .test))])
    }
}
