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
        try await service.list([Sample.request(0, "debt.list")])[0].get()
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

    @Test("the hundredth debt is added, and the next debt is refused")
    func limit() async throws {
        for _ in 0..<99 { _ = try await write(.add(Sample.debt)).get() }
        #expect(await write(.add(Sample.debt)).failure == .limitReached(limit: "open_debts", most: 100))
        #expect(try await list().count == 100)
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
        #expect(audits.map(\.action) == ["debt.list", "debt.add", "debt.update", "debt.remove"])
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
