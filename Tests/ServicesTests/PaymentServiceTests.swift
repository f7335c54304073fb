import Bureau
import MemoryStores
import Repositories
import Services
import Testing

@Suite("PaymentService")
struct PaymentServiceTests {
    let bureau: TestBureau
    let debtID: RecordID
    var service: PaymentService { bureau.services.payments }

    init() async throws {
        bureau = try TestBureau()
        let created = await bureau.services.persons.create([Sample.draft(0, debts: [Sample.debt])])
        debtID = try created[0].get().debtIDs[0]
    }

    private func payment(_ id: String, cents: Int64 = 100, paid: Bool = false) -> Payment {
        let day: CalendarDate = Sample.parse("2026-03-10")
        let amount = Money(cents: cents)
        return Payment(
            paymentID: id, dueDate: day, amount: amount, paid: paid ? PaidAmount(day: day, amount: amount) : nil)
    }

    private func record(_ payment: Payment, of debt: RecordID? = nil) async -> Result<RecordedPayment, ServiceError> {
        let entry = PaymentEntry(debtID: debt ?? debtID, payment: payment)
        return await service.record([SubjectWrite(entry, as: "debt.recordPayment")])[0]
    }

    private func list(
        before: Int64? = nil, limit: Int = 20, for purpose: Purpose = .creditProtection
    ) async -> Result<PaymentsView, ServiceError> {
        let person = Sample.request(0, "debt.payments", for: purpose)
        let request = PaymentsRequest(person: person, debtID: debtID, before: before, limit: limit)
        return await service.list([request])[0].map(\.value)
    }

    @Test("payments are given out the latest first, page by page")
    func pages() async throws {
        for number in 1...5 { _ = try await record(payment("\(number)")).get() }
        let first = try await list(limit: 3).get().page
        #expect(first.items.map(\.payment.paymentID) == ["5", "4", "3"] && first.hasMore)
        let second = try await list(before: first.items.last?.position, limit: 3).get().page
        #expect(second.items.map(\.payment) == [payment("2"), payment("1")] && !second.hasMore)
    }

    @Test("the same again is not recorded, and other content replaces it at the next version")
    func replaces() async throws {
        #expect(try await record(payment("1")).get().isRecorded)
        let same = try await record(payment("1")).get()
        #expect(!same.isRecorded && same.version == 1)
        let paid = try await record(payment("1", paid: true)).get()
        #expect(paid.isRecorded && paid.version == 2)
        #expect(try await list().get().page.items.map(\.payment) == [payment("1", paid: true)])
    }

    @Test("a thousand payments are kept of a debt, and the next is refused; stored ones can still be replaced")
    func limit() async throws {
        for number in 1...1000 { _ = try await record(payment("\(number)")).get() }
        #expect(await record(payment("1001")).failure == .limitReached(limit: "payments", most: 1000))
        #expect(await record(payment("1", paid: true)).failure == nil)
    }

    @Test("an absent debt or person has no payments, and the debt is read for a purpose that allows it")
    func refusals() async {
        #expect(await record(payment("1"), of: RecordID(high: 1, low: 2)).failure == .notFound)
        #expect(await list(for: .legalObligation).failure == .forbidden(.policy(.all)))
        let other = PaymentsRequest(
            person: Sample.request(1, "debt.payments"), debtID: debtID, before: nil, limit: 1)
        #expect(await service.list([other]).map(\.failure) == [.notFound])
    }

    @Test("the payments of a debt that is withheld are given to the person alone")
    func withheld() async throws {
        _ = try await record(payment("1")).get()
        let patch = DebtPatch(dueDate: .set(Sample.parse("2018-01-10")), status: .set(.overdue))
        let edit = SubjectWrite(DebtEdit.update(debtID, patch))
        _ = try await bureau.services.debts.write([edit])[0].get()
        #expect(await list().failure == .notFound)
        let own = try await list(for: .dataSubjectRequest).get()
        #expect(own.withheld == .negative && own.page.items.count == 1)
    }

    @Test("an old instalment that was missed is given to the person alone, and leaves no gap in others' pages")
    func withheldPayments() async throws {
        var missed = payment("0")
        missed.dueDate = Sample.parse("2018-01-10")
        for number in 0..<250 {
            missed.paymentID = "\(number)"
            _ = try await record(number % 125 == 0 ? payment("\(number)") : missed).get()
        }
        let page = try await list(limit: 1).get().page
        #expect(page.items.map(\.payment.paymentID) == ["125"] && page.hasMore)
        let last = try await list(before: page.items.last?.position, limit: 1).get().page
        #expect(last.items.map(\.payment.paymentID) == ["0"] && !last.hasMore)
        #expect(try await list(limit: 100).get().page.items.map(\.withheld) == [nil, nil])
        let own = try await list(limit: 3, for: .dataSubjectRequest).get().page
        #expect(own.items.map(\.withheld) == [.negative, .negative, .negative] && own.hasMore)
    }

    @Test("the store sees neither a payment's number nor what was paid, and one number in two debts is two keys")
    func sealing() async throws {
        let added = await bureau.services.debts.write([SubjectWrite(DebtEdit.add(Sample.debt))])
        _ = try await record(payment("number-1")).get()
        _ = try await record(payment("number-1"), of: try added[0].get().debtIDs[0]).get()
        for sealed in await bureau.persons.sealed {
            #expect(!String(decoding: sealed.bytes, as: UTF8.self).contains("number-1"))
        }
        #expect(Set(await bureau.persons.paymentKeys).count == 2)
    }

    @Test("each read and write leaves its entry in the audit log, a write without a purpose")
    func audits() async throws {
        _ = try await record(payment("1")).get()
        _ = try await list().get()
        let audits = await bureau.persons.audits.dropFirst()
        #expect(audits.map(\.method) == ["debt.recordPayment", "debt.payments"])
        #expect(audits.map(\.purpose) == [nil, .creditProtection])
    }

    @Test("a repeated recording is answered as the first time, also after the payment was replaced")
    func repeats() async throws {
        var write = SubjectWrite(PaymentEntry(debtID: debtID, payment: payment("1")))
        write.repetition = Repetition(key: [1], content: [2])
        let first = try await service.record([write])[0].get()
        _ = try await record(payment("1", paid: true)).get()
        let again = try await service.record([write])[0].get()
        #expect(first.isRecorded && again.isRecorded && again.version == 1 && first.version == 1)
        #expect(try await list().get().page.items.map(\.version) == [2])
    }

    @Test("payments that do not open are recorded as unreadable")
    func unreadable() async throws {
        _ = try await record(payment("1")).get()
        await bureau.persons.damagePayments(of: debtID) { $0.details = Sealed([]) }
        bureau.journal.clear()
        #expect(await list().failure == .unreadable(.a))
        #expect(await record(payment("1", paid: true)).failure == .unreadable(.a))
        let read = Sample.request(0, "subject.access", for: .dataSubjectRequest)
        #expect(await bureau.services.subjectAccess.holdings([read])[0].failure == .unreadable(.a))
        let noted = bureau.journal.records.filter { $0.outcome == .unreadable }
        #expect(noted.map(\.method) == ["debt.payments", "debt.recordPayment", "subject.access"])
    }
}
