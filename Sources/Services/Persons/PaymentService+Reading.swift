import Bureau
import Repositories
import Vault

/// How payments are read.
extension PaymentService {
    /// Reads debts' payments, the latest first, without those that are not given out any more. `notFound`, also for a
    /// debt that is not given out; `forbidden`.
    public func list(_ requests: [PaymentsRequest]) async -> [Result<Disclosed<PaymentsView>, ServiceError>] {
        await persons.control.disclosed(requests) { requests, _ in await views(requests) }
    }

    private func views(_ requests: [PaymentsRequest]) async -> [Result<PaymentsView, ServiceError>] {
        await Attempt.settleReads(requests) { (requests, areAudited) async throws(ServiceError) in
            let today = CalendarDate.inSaoPaulo(persons.stamps.now())
            let people = try await persons.openAudited(
                requests.map { SubjectRequest($0.person, isAudited: areAudited) })
            var readings = zip(requests, people).map { request, person in
                Result { () throws(ServiceError) in try PaymentReading(request, of: try person.get(), on: today) }
            }
            while true {
                let queries = readings.compactMap { (try? $0.get())?.nextQuery }
                if queries.isEmpty { break }
                var pages = try await ask(persons.repository.payments, queries).makeIterator()
                readings = persons.vault.withSession { session in
                    readings.map { reading in
                        Result { () throws(ServiceError) in
                            var reading = try reading.get()
                            guard let query = reading.nextQuery else { return reading }
                            let records = try (pages.next() ?? .failure(.contended)).get()
                            reading.take(try open(records, of: reading, in: &session), asked: query.limit)
                            return reading
                        }
                    }
                }
            }
            readings = try await persons.overtaken(readings, of: people)
            noteUnreadable(readings, of: requests, people)
            return readings.map { $0.map(\.view) }
        }
    }

    /// Records in the journal whose payments did not open, of the people who did.
    func noteUnreadable<Success>(
        _ results: [Result<Success, ServiceError>], of requests: [some AccessRequest],
        _ people: [Result<OpenPerson, ServiceError>]
    ) {
        let opened = people.indices.compactMap { index in (try? people[index].get()).map { (index, $0.record.token) } }
        persons.trail.noteUnreadable(
            opened.map { results[$0.0] }, of: opened.map { requests[$0.0] }, opened.map(\.1), in: .a)
    }

    private func open(
        _ records: [PaymentRecord], of reading: PaymentReading, in session: inout VaultSession
    ) throws(ServiceError) -> [PaymentView] {
        var views: [PaymentView] = []
        views.reserveCapacity(records.count)
        for record in records {
            views.append(try open(record, of: reading.debt.debtID, reading.person.sealer, in: &session))
        }
        return views
    }

    func open(
        _ record: PaymentRecord, of debtID: RecordID, _ sealer: PersonSealer, in session: inout VaultSession
    ) throws(ServiceError) -> PaymentView {
        let key = PaymentKey(token: sealer.token, debtID: debtID, key: record.key)
        let payment: Payment
        do throws(VaultError) {
            payment = try sealer.openPayment(record, as: key, in: &session)
        } catch {
            throw .unreadable(.a)
        }
        try persons.seen?.take(record, as: key, generation: sealer.key.generation)
        let times = session.shown(record.times, of: .payment(key: record.key))
        return PaymentView(
            position: record.position, payment: payment, version: record.version, createdAt: times.created,
            updatedAt: times.updated)
    }
}

/// A page of payments that is being read.
///
/// A page is filled up in place of what is withheld, because a short page would tell that something is.
private struct PaymentReading: Sendable {
    let person: OpenPerson
    let debt: DebtView
    private let request: PaymentsRequest
    private let today: CalendarDate
    private var payments: [PaymentView] = []
    /// The position that the store is read from; nil at first without a cursor.
    private var before: Int64?
    private var hasReachedEnd = false

    /// Throws `notFound` for a debt that is not there or not given out.
    init(_ request: PaymentsRequest, of person: OpenPerson, on today: CalendarDate) throws(ServiceError) {
        let view = person.view.givenOut(for: request.access.purpose, on: today)
        guard let debt = view.debts.first(where: { $0.debtID == request.debtID }) else { throw .notFound }
        self.person = person
        self.debt = debt
        self.request = request
        self.today = today
        before = request.before
    }

    /// What to ask the store for next; nil when the page is whole.
    ///
    /// Once something was withheld, much is asked for, so that even a thousand payments take few questions.
    var nextQuery: PaymentQuery? {
        if hasReachedEnd || payments.count > request.limit { return nil }
        let limit = before == request.before ? request.limit + 1 : Self.largestQuery
        return PaymentQuery(token: person.record.token, debtID: debt.debtID, before: before, limit: limit)
    }

    var view: PaymentsView {
        PaymentsView(page: Page(payments, limit: request.limit), withheld: debt.withheld)
    }

    /// Takes what a store has found, of which `limit` were asked for.
    mutating func take(_ found: [PaymentView], asked limit: Int) {
        hasReachedEnd = found.count < limit
        before = found.last?.position ?? before
        for var payment in found {
            let isClosed = person.view.hasCancelledCadastro && !(request.access.purpose?.passesCadastro ?? false)
            let withheld =
                payment.payment.withheld(on: today)
                ?? (isClosed && payment.payment.isPositive ? .cadastroCancelled : nil)
            if request.access.purpose == .dataSubjectRequest {
                payment.withheld = withheld
            } else if withheld != nil {
                continue
            }
            payments.append(payment)
        }
    }

    private static let largestQuery = 101
}
