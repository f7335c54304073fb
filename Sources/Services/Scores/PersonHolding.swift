import Bureau
import Repositories
import Vault

/// What base A holds of a person for characteristics.
struct PersonHolding: Sendable {
    /// Nil when base A does not know the person.
    var person: PersonFacts?
    /// Whether the person's register of positive data is closed to the purpose of the request.
    var isRegisterClosed: Bool
    /// Whether the person has closed the register of positive data, whatever the purpose.
    var hasCancelledCadastro = false
    /// Whether the person consents to the requester and the purpose of the request. False where nobody has looked.
    var hasConsent = false

    /// Whether account data may be read: by the person's consent, or for the person's own sake.
    func mayHaveAccountData(_ access: Access) -> Bool {
        hasConsent || access.purpose == .dataSubjectRequest
    }
}

extension PersonService {
    /// Reads what characteristics need of persons, after the audit log has who asked and why. `unreadable`.
    ///
    /// Of a person whose standing is not needed the identity stays sealed; the address always does. The registers of
    /// those whom base A does not know are asked for apart.
    /// `known` are the persons' records where somebody has read them already. A death counts that was looked up by the
    /// person's day of `days`, or whenever it was.
    func holdings(
        of requests: [SubjectRequest], needing kinds: FactKinds, known: [PersonRecord]? = nil,
        lookedUpBy days: [CalendarDate]? = nil
    ) async throws(ServiceError) -> [Result<PersonHolding, ServiceError>] {
        var results = try await readHoldings(of: requests, needing: kinds, known: known, lookedUpBy: days)
        let pending = results.indices.filter { results[$0].isOvertaken }
        if pending.isEmpty { return results }
        let again = await Attempt.settleReads(pending) { (indices, _) async throws(ServiceError) in
            var requests = indices.map { requests[$0] }
            for index in requests.indices { requests[index].isAudited = true }
            return try await readHoldings(
                of: requests, needing: kinds, known: nil, lookedUpBy: days.map { days in indices.map { days[$0] } })
        }
        for (index, result) in zip(pending, again) { results[index] = result }
        return results
    }

    /// Reads as `holdings` does; `overtaken` for persons who got another data key meanwhile.
    private func readHoldings(
        of requests: [SubjectRequest], needing kinds: FactKinds, known: [PersonRecord]?,
        lookedUpBy days: [CalendarDate]?
    ) async throws(ServiceError) -> [Result<PersonHolding, ServiceError>] {
        let tokens = known?.map(\.token) ?? vault.tokens(of: requests.lazy.map(\.cpf))
        let read: [Result<PersonRecord?, ServiceError>]? = known?.map { .success($0) }
        let records = if let read { read } else { try await self.read(tokens, for: requests) }
        let unknown = zip(tokens, records).filter { (try? $1.get()) == .some(nil) }.map(\.0)
        var cadastros = try await ask(repository.cadastros, unknown).makeIterator()
        var readings: [Result<HoldingReading, ServiceError>] = vault.withSession { session in
            requests.indices.map { index in
                let request = (requests[index], tokens[index])
                return records[index].flatMap { record in
                    if let record {
                        return open(
                            record, request.1, request.0.access.purpose, kinds, lookedUpBy: days?[index], in: &session)
                    }
                    return (cadastros.next() ?? .failure(.contended)).map { cadastro in
                        HoldingReading(isRegisterClosed: cadastro?.isCancelled ?? false, to: request.0.access.purpose)
                    }
                }
            }
        }
        if kinds.contains(.payments) { try await readPayments(of: &readings) }
        if kinds.contains(.consents) { try await readConsents(of: &readings, for: requests.map(\.access)) }
        readings = try await overtaken(
            readings,
            zip(tokens, records).map { token, record in
                ((try? record.get()) ?? nil).map { (token, $0.dataKey) }
            })
        trail.noteUnreadable(readings, of: requests, tokens, in: .a)
        return readings.map { $0.map(\.holding) }
    }

    private func open(
        _ record: PersonRecord, _ token: SubjectToken, _ purpose: Purpose?, _ kinds: FactKinds,
        lookedUpBy day: CalendarDate?, in session: inout VaultSession
    ) -> Result<HoldingReading, ServiceError> {
        do throws(VaultError) {
            let sealer = PersonSealer(token: token, key: try session.unwrap(record.dataKey, for: token))
            var reading = HoldingReading(isRegisterClosed: record.cadastroCancelledAt != nil, to: purpose)
            reading.sealer = sealer
            var person = PersonFacts(createdAt: record.createdAt)
            if kinds.contains(.standing) {
                let identity = try sealer.openPerson(record, in: &session)
                person.birthDate = identity.birthDate
                person.isDeceased =
                    identity.registration.map { registration in
                        registration.status == .deceased && day.map { registration.checkedOn <= $0 } ?? true
                    } ?? false
            }
            if kinds.contains(.debts) {
                try sealer.checkState(of: record, in: &session)
                var creditors: [String: Int] = [:]
                for debt in record.debts {
                    let view = try sealer.openDebt(debt, in: &session)
                    let creditor = creditors.number(of: view.debt.creditorKey)
                    person.debts.append(DebtFacts(view, creditor: creditor))
                    reading.debtIDs.append(debt.debtID)
                }
            }
            reading.holding.person = person
            return .success(reading)
        } catch {
            return .failure(.unreadable(.a))
        }
    }

    /// Looks for a consent that stands, to the requester and the purpose of each access.
    private func readConsents(
        of readings: inout [Result<HoldingReading, ServiceError>], for accesses: [Access]
    ) async throws(ServiceError) {
        let known = readings.indices.compactMap { index in
            (try? readings[index].get())?.sealer.map { (index: index, sealer: $0) }
        }
        let queries = known.map {
            ConsentQuery(token: $0.sealer.token, before: nil, limit: RightsService.mostConsents)
        }
        let found = try await ask(repository.consents, queries)
        vault.withSession { session in
            for ((index, sealer), records) in zip(known, found) {
                readings[index] = Result { () throws(ServiceError) in
                    var reading = try readings[index].get()
                    for record in try records.get() where record.revokedAt == nil && !reading.holding.hasConsent {
                        let details: ConsentDetails
                        do throws(VaultError) { details = try sealer.openConsent(record, in: &session) } catch {
                            throw .unreadable(.a)
                        }
                        reading.holding.hasConsent = details.covers(accesses[index])
                    }
                    return reading
                }
            }
        }
    }

    /// The most debts whose payments are asked for at once, and the most payments of each.
    private static let debtsInCall = 256
    private static let paymentsInPage = 101

    /// Reads the payments of all debts, the latest first, a page of many debts at a time.
    private func readPayments(of readings: inout [Result<HoldingReading, ServiceError>]) async throws(ServiceError) {
        var open: [(place: DebtPlace, query: PaymentQuery)] = []
        for (index, reading) in readings.enumerated() {
            guard let reading = try? reading.get(), let token = reading.sealer?.token else { continue }
            for (debt, debtID) in reading.debtIDs.enumerated() {
                let query = PaymentQuery(token: token, debtID: debtID, before: nil, limit: Self.paymentsInPage)
                open.append((DebtPlace(reading: index, debt: debt), query))
            }
        }
        open.reverse()
        while !open.isEmpty {
            let asked = Array(open.suffix(Self.debtsInCall))
            open.removeLast(asked.count)
            let pages = try await ask(repository.payments, asked.map(\.query))
            vault.withSession { session in
                for (asked, page) in zip(asked, pages) {
                    let index = asked.place.reading
                    readings[index] = Result { () throws(ServiceError) in
                        var reading = try readings[index].get()
                        let records = try page.get()
                        try reading.take(records, asked.place.debt, in: &session)
                        if records.count == asked.query.limit, let last = records.last {
                            var query = asked.query
                            query.before = last.position
                            open.append((asked.place, query))
                        }
                        return reading
                    }
                }
            }
        }
    }
}

/// A debt of one of several readings, by their positions.
private struct DebtPlace {
    var reading: Int
    var debt: Int
}

/// A holding that is being read, with what opens the payments of its debts.
private struct HoldingReading: Sendable {
    var holding: PersonHolding
    /// Nil when base A does not know the person.
    var sealer: PersonSealer?
    /// The debts of the holding's person, in their order.
    var debtIDs: [RecordID] = []

    init(isRegisterClosed: Bool, to purpose: Purpose?) {
        let passes = purpose.map { $0 == .dataSubjectRequest || $0.passesCadastro } ?? false
        holding = PersonHolding(
            isRegisterClosed: isRegisterClosed && !passes, hasCancelledCadastro: isRegisterClosed)
    }

    /// Opens payments of a debt.
    mutating func take(
        _ records: [PaymentRecord], _ debt: Int, in session: inout VaultSession
    ) throws(ServiceError) {
        guard let sealer else { return }
        for record in records {
            do throws(VaultError) {
                let key = PaymentKey(token: sealer.token, debtID: debtIDs[debt], key: record.key)
                let payment = try sealer.openPayment(record, as: key, in: &session)
                holding.person?.debts[debt].payments.append(PaymentFacts(payment, record))
            } catch {
                throw .unreadable(.a)
            }
        }
    }
}

extension [String: Int] {
    /// The number of a text, from 0 in the order in which texts are met.
    mutating func number(of text: String) -> Int {
        if let number = self[text] { return number }
        let number = count
        self[text] = number
        return number
    }
}

extension DebtFacts {
    fileprivate init(_ view: DebtView, creditor: Int) {
        let debt = view.debt
        self.init(
            creditor: creditor, amount: debt.amount, annualInterestBasisPoints: debt.annualInterestBasisPoints,
            openedOn: debt.openedOn, dueDate: debt.dueDate, settledOn: debt.settledOn, status: debt.status,
            createdAt: view.createdAt, updatedAt: view.updatedAt)
    }
}

extension PaymentFacts {
    fileprivate init(_ payment: Payment, _ record: PaymentRecord) {
        let isInFull = payment.paid.map { $0.amount >= payment.amount } ?? false
        self.init(
            dueDate: payment.dueDate, paidInFullOn: isInFull ? payment.paid?.day : nil, createdAt: record.createdAt,
            updatedAt: record.updatedAt)
    }
}
