import Bureau
import MemoryStores
import Repositories
import Testing

@testable import Services

@Suite("FactsService")
struct FactsServiceTests {
    private let bureau: TestBureau

    init() throws {
        bureau = try TestBureau()
    }

    private func features(
        _ indices: Int..., asOf: Instant? = nil, for purpose: Purpose = .creditApplication,
        showing groups: FieldGroups = .all
    ) async -> [Result<[CharacteristicName: CharacteristicValue], ServiceError>] {
        let requests = indices.map { index in
            FeaturesRequest(
                cpf: Sample.cpfs[index],
                access: Access(method: "features.get", purpose: purpose, groups: groups), asOf: asOf)
        }
        return await bureau.services.facts.features(requests).map { answer in
            answer.map { Dictionary(uniqueKeysWithValues: zip($0.value.names, $0.value.values)) }
        }
    }

    private func add(_ debt: Debt, of index: Int = 0) async throws -> RecordID {
        try await bureau.services.debts.write([SubjectWrite(.add(debt), of: index, as: "debt.add")])[0].get().debtIDs[0]
    }

    private func debt(
        _ status: DebtStatus, due: String, creditor: String = "Banco", settled: String? = nil
    ) -> Debt {
        Debt(
            creditor: creditor, amount: Money(cents: 62_000), annualInterestBasisPoints: 1200,
            dueDate: Sample.parse(due), status: status, settledOn: settled.map { Sample.parse($0) })
    }

    private func pay(_ debtID: RecordID, _ id: String, due: String, on day: String?, cents: Int64 = 100) async throws {
        let paid = day.map { PaidAmount(day: Sample.parse($0), amount: Money(cents: cents)) }
        let payment = Payment(paymentID: id, dueDate: Sample.parse(due), amount: Money(cents: 100), paid: paid)
        _ = try await bureau.services.payments.record([
            SubjectWrite(PaymentEntry(debtID: debtID, payment: payment), as: "debt.recordPayment")
        ])[0].get()
    }

    // The clock of the tests stands at 2027-01-15.

    @Test("characteristics are computed over all three bases")
    func all() async throws {
        _ = try await bureau.services.persons.create([Sample.draft()])[0].get()
        _ = try await bureau.services.profiles.put([SubjectWrite(Sample.profile())])[0].get()
        let debtID = try await add(debt(.overdue, due: "2027-01-05"))
        _ = try await add(debt(.open, due: "2030-01-01", creditor: "  BANCO"))
        _ = try await add(debt(.disputed, due: "2027-01-01", creditor: "Outro"))
        for number in 0..<250 {
            try await pay(debtID, "\(number)", due: "2026-0\(1 + number % 9)-01", on: number < 200 ? "2026-01-01" : nil)
        }
        try await pay(debtID, "less", due: "2026-09-01", on: "2026-08-01", cents: 99)
        _ = await bureau.services.events.record([
            Sample.event(id: "q", at: "2027-01-10T12:00:00Z", kind: .bureauQuery),
            Sample.event(id: "m", at: "2027-01-10T12:00:00Z"),
            Sample.event(id: "p", at: "2027-01-10T12:00:00Z", kind: .cardPurchase),
        ])
        let values = try await features(0, for: .dataSubjectRequest)[0].get()
        #expect(values[.income] == .number(620_100) && values[.housing] == .category("own"))
        #expect(values[.overdueDebts] == .number(1) && values[.openDebts] == .number(1))
        #expect(values[.creditors] == .number(1) && values[.maxDaysPastDue] == .number(10))
        #expect(values[.debtToAnnualIncome] == .number(1))
        // 200 of 251.
        #expect(values[.punctuality24] == .number(79))
        #expect(values[.inquiries30] == .number(1) && values[.movementDays90] == .number(1))
        #expect(values[.cardDeclinedShare90] == .number(0) && values[.cardSpend90] == .number(1))
        #expect(values.count == CharacteristicName.allCases.count)
        let toLender = try await features(0)[0].get()
        #expect(toLender[.movementDays90] == .missing(.noRecord) && toLender[.cardSpend90] == .missing(.noRecord))
        #expect(toLender[.inquiries30] == .number(1), "who asked needs no consent")
    }

    @Test("a subject whom no base knows has reasons alone, and each of a batch has its own answer")
    func batch() async throws {
        _ = try await bureau.services.persons.create([Sample.draft(1)])[0].get()
        _ = try await bureau.services.profiles.put([SubjectWrite(Sample.profile(2), of: 2)])[0].get()
        let answers = await features(0, 1, 2, 1)
        let values = try answers.map { try $0.get() }
        #expect(values[0][.overdueDebts] == .missing(.noRecord) && values[0][.income] == .missing(.noRecord))
        #expect(values[0][.inquiries90] == .number(0))
        #expect(values[1][.overdueDebts] == .number(0) && values[1][.income] == .missing(.noRecord))
        #expect(values[2][.overdueDebts] == .missing(.noRecord) && values[2][.income] == .number(620_100))
        #expect(values[3] == values[1])
    }

    @Test("each base that is read records the access, and no other")
    func audited() async throws {
        _ = await features(0, showing: .queries)
        #expect(await bureau.persons.use.calls == 0)
        #expect(await bureau.profiles.use.calls == 0)
        _ = await features(0, 1, showing: [.debts, .finances])
        #expect(await bureau.events.use.calls == 1)
        let records = await bureau.persons.audits.filter { $0.method == "features.get" }
        #expect(records.map(\.count) == [2])
        #expect(records.first?.groups == [.debts, .finances])
    }

    @Test("a characteristic is given out when every group that it tells about is")
    func groups() async throws {
        let values = try await features(0, showing: [.debts, .movements])[0].get()
        let names = CharacteristicName.allCases.filter { [.debts, .movements].contains($0.facts) }
        #expect(Set(values.keys) == Set(names))
        let refused = await features(0, for: .legalObligation)[0]
        #expect(refused.failure == .forbidden(.policy(.all)))
    }

    @Test("a closed register leaves what is against the person, but for the person's own request")
    func closedRegister() async throws {
        _ = try await bureau.services.persons.create([Sample.draft()])[0].get()
        _ = try await bureau.services.profiles.put([SubjectWrite(Sample.profile())])[0].get()
        _ = try await add(debt(.overdue, due: "2027-01-05"))
        _ = try await add(debt(.open, due: "2030-01-01"))
        let cancel = SubjectWrite<Void>(
            cpf: Sample.cpfs[0], content: (), expectedVersion: nil,
            access: Access(method: "cadastro.cancel", groups: [], duty: .rights))
        _ = try await bureau.services.rights.cancel([cancel])[0].get()
        let values = try await features(0)[0].get()
        #expect(values[.overdueDebts] == .number(1))
        #expect(values[.income] == .missing(.noRecord) && values[.openDebts] == .missing(.noRecord))
        let own = try await features(0, for: .dataSubjectRequest)[0].get()
        #expect(own[.openDebts] == .number(1) && own[.income] == .number(620_100))
    }

    @Test("a debt or figure that is not what was written is told as unreadable")
    func tampering() async throws {
        _ = try await bureau.services.persons.create([Sample.draft(0, debts: [Sample.debt])])[0].get()
        _ = try await bureau.services.profiles.put([SubjectWrite(Sample.profile())])[0].get()
        let token = try bureau.token(Sample.cpfs[0], in: .a)
        await bureau.persons.damage(token) { $0.debts.removeAll() }
        #expect(await features(0, showing: .debts)[0].failure == .unreadable(.a))
        #expect(await features(0, showing: .finances)[0].failure == nil)
    }
}
