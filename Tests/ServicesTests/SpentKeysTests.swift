import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services
@testable import Vault

/// Data keys that have encrypted often, by bounds that a test reaches.
@Suite("Spent data keys")
struct SpentKeysTests {
    private let persons = MemoryPersons()
    private let vault: BaseVault

    init() throws {
        vault = try BaseVault.fixed(.a, byte: 0x11)
    }

    private func service(_ bounds: DataKeyBounds) -> PersonService {
        let actor = Actor(name: "test", role: .owner)
        let policy = Policy([
            .owner: Policy.Grants(
                reads: [.creditProtection: Disclosures(plain: .all)], changes: .all, duties: [.rights])
        ])
        return PersonService(
            vault: vault, repository: persons, control: AccessControl(policy: policy, actor: actor),
            trail: AuditTrail(
                process: RecordID(high: 0, low: 0), actor: actor, keys: vault.audit, stamps: .counting(),
                journal: MemoryJournal()),
            stamps: .counting(), keyBounds: bounds)
    }

    private var record: PersonRecord? { get async { await persons.records.values.first } }

    private func update(_ service: PersonService, _ number: Int) async -> Result<Written, ServiceError> {
        let patch = PersonPatch(name: .set(number % 2 == 0 ? "Ana" : "Lia"))
        return await service.update([SubjectWrite(patch, as: "person.update")])[0]
    }

    @Test("a write of a person whose data key has encrypted often has a new one, and the version counts it not")
    func replaced() async throws {
        let service = service(DataKeyBounds(replaced: EncryptionCount.creation + 20))
        let debtID = try await service.create([Sample.draft(0, debts: [Sample.debt])])[0].get().debtIDs[0]
        // Four for each of the versions, which were not counted before, and four for each write.
        for version in 2...3 { #expect(try await update(service, version).get().version == Int64(version)) }
        #expect(await record?.dataKey.generation == 1)
        #expect(try await update(service, 4).get().version == 4)
        #expect(await record?.dataKey.generation == 2)
        #expect(try await persons.resealingMark() == ResealingMark(generation: 2))
        #expect(await record?.encryptions == 3 + 1 + 64 + EncryptionCount.update)
        let payments = PaymentService(persons: service)
        for number in 0..<65 {
            let payment = Payment(
                paymentID: "\(number)", dueDate: Sample.parse("2026-03-10"), amount: Money(cents: 1), paid: nil)
            let entry = PaymentEntry(debtID: debtID, payment: payment)
            _ = try await payments.record([SubjectWrite(entry, as: "debt.recordPayment")])[0].get()
        }
        #expect(await record?.encryptions == 3 + 1 + 64 + EncryptionCount.update + 2 * 64, "in blocks")
        // A second time the count alone decides.
        for number in 0..<300 { _ = try await update(service, number).get() }
        #expect(await record?.dataKey.generation == 3)
        let read = Sample.request(0, "debt.payments", for: .creditProtection)
        let page = PaymentsRequest(person: read, debtID: debtID, before: nil, limit: 100)
        #expect(try await payments.list([page])[0].get().value.page.items.count == 65)
    }

    @Test(
        "without a new key the former one serves until its last encryption, and then writes are refused")
    func refused() async throws {
        let service = service(DataKeyBounds())
        let debtID = try await service.create([Sample.draft(0, debts: [Sample.debt])])[0].get().debtIDs[0]
        let payment = Payment(
            paymentID: "1", dueDate: Sample.parse("2026-03-10"), amount: Money(cents: 1), paid: nil)
        // A damaged payment hinders a new key.
        _ = try await PaymentService(persons: service).record([
            SubjectWrite(PaymentEntry(debtID: debtID, payment: payment), as: "debt.recordPayment")
        ])[0].get()
        await persons.damagePayments(of: debtID) { $0.version += 1 }
        let damaged = DataKeyBounds(replaced: 0, most: EncryptionCount.creation + 64 + 10)
        #expect(try await update(self.service(damaged), 2).get().version == 2)
        #expect(await record?.dataKey.generation == 1)
        guard case .failure(.store(.unavailable(.a, let reason, _))) = await update(self.service(damaged), 3) else {
            Issue.record("the write was not refused")
            return
        }
        #expect(reason.code == StoreReason.spentDataKey)
        #expect(await record?.version == 2)
    }
}
