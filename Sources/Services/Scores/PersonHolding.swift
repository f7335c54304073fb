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
    /// A death counts that was looked up by the person's day of `days`, or whenever it was.
    func holdings(
        of requests: [SubjectRequest], needing kinds: FactKinds, lookedUpBy days: [CalendarDate]? = nil
    ) async throws(ServiceError) -> [Result<PersonHolding, ServiceError>] {
        var results = try await readHoldings(of: requests, needing: kinds, lookedUpBy: days)
        let pending = results.indices.filter { results[$0].isOvertaken }
        if pending.isEmpty { return results }
        let again = await Attempt.settleReads(pending) { (indices, _) async throws(ServiceError) in
            var requests = indices.map { requests[$0] }
            for index in requests.indices { requests[index].isAudited = true }
            return try await readHoldings(
                of: requests, needing: kinds, lookedUpBy: days.map { days in indices.map { days[$0] } })
        }
        for (index, result) in zip(pending, again) { results[index] = result }
        return results
    }

    /// Reads as `holdings` does; `overtaken` for persons who got another data key meanwhile.
    private func readHoldings(
        of requests: [SubjectRequest], needing kinds: FactKinds, lookedUpBy days: [CalendarDate]?
    ) async throws(ServiceError) -> [Result<PersonHolding, ServiceError>] {
        let tokens = vault.tokens(of: requests.lazy.map(\.cpf))
        let records = try await read(tokens, for: requests)
        var readings = try await readings(of: requests, tokens, records, kinds, days)
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

    private func readings(
        of requests: [SubjectRequest], _ tokens: [SubjectToken], _ records: [Result<PersonRecord?, ServiceError>],
        _ kinds: FactKinds, _ days: [CalendarDate]?
    ) async throws(ServiceError) -> [Result<HoldingReading, ServiceError>] {
        let unknown = zip(tokens, records).filter { (try? $1.get()) == .some(nil) }.map(\.0)
        var cadastros = try await ask(repository.cadastros, unknown).makeIterator()
        return vault.withSession { session in
            requests.indices.map { index in
                let (token, purpose) = (tokens[index], requests[index].access.purpose)
                return records[index].flatMap { record in
                    if let record { return open(record, token, purpose, kinds, lookedUpBy: days?[index], in: &session) }
                    return (cadastros.next() ?? .failure(.contended)).map { cadastro in
                        HoldingReading(isRegisterClosed: cadastro?.isCancelled ?? false, to: purpose)
                    }
                }
            }
        }
    }

    private func open(
        _ record: PersonRecord, _ token: SubjectToken, _ purpose: Purpose?, _ kinds: FactKinds,
        lookedUpBy day: CalendarDate?, in session: inout VaultSession
    ) -> Result<HoldingReading, ServiceError> {
        do throws(VaultError) {
            let sealer = PersonSealer(token: token, key: try session.unwrap(record.dataKey, for: token))
            let identity = kinds.contains(.standing) ? try sealer.openIdentity(record, in: &session) : nil
            return .success(try open(record, sealer, identity, purpose, kinds, lookedUpBy: day, in: &session))
        } catch {
            return .failure(.unreadable(.a))
        }
    }

    func open(
        _ record: PersonRecord, _ sealer: PersonSealer, _ identity: IdentityFacts?, _ purpose: Purpose?,
        _ kinds: FactKinds, lookedUpBy day: CalendarDate?, in session: inout VaultSession
    ) throws(VaultError) -> HoldingReading {
        var reading = HoldingReading(isRegisterClosed: record.cadastroCancelledAt != nil, to: purpose)
        reading.sealer = sealer
        var person = PersonFacts(
            createdAt: session.shown(record.times, of: .subject(sealer.token)).created)
        if let identity {
            person.birthDate = identity.birthDate
            person.isDeceased =
                identity.registration.map { registration in
                    registration.status == .deceased && day.map { registration.checkedOn <= $0 } ?? true
                } ?? false
        }
        if kinds.contains(.debts) {
            try sealer.checkState(of: record, in: &session)
            seen?.raise(to: record, in: &session)
            var creditors = NumberedTexts()
            person.debts.reserveCapacity(record.debts.count)
            for debt in record.debts {
                let view = try sealer.openDebt(debt, in: &session)
                // One debt has one creditor, whatever the name.
                let creditor = record.debts.count == 1 ? 0 : creditors.number(of: view.debt.creditorKey)
                person.debts.append(DebtFacts(view, creditor: creditor))
                reading.debtIDs.append(debt.debtID)
            }
        }
        reading.holding.person = person
        return reading
    }

    /// Looks for a consent that stands, to the requester and the purpose of each access, where nobody has looked.
    func readConsents(
        of readings: inout [Result<HoldingReading, ServiceError>], for accesses: [Access]
    ) async throws(ServiceError) {
        let known = readings.indices.compactMap { index in
            (try? readings[index].get()).flatMap { reading in
                reading.hasAllConsents ? nil : reading.sealer.map { (index: index, token: $0.token) }
            }
        }
        let queries = known.map {
            ConsentQuery(token: $0.token, before: nil, limit: RightsService.mostConsents)
        }
        let found = try await ask(repository.consents, queries)
        vault.withSession { session in
            for ((index, _), records) in zip(known, found) {
                readings[index] = Result { () throws(ServiceError) in
                    var reading = try readings[index].get()
                    try reading.take(try records.get(), for: accesses[index], in: &session)
                    return reading
                }
            }
        }
    }

    /// The most persons whose payments are asked for at once, and the most payments of each.
    private static let personsInCall = 128
    private static let paymentsInPage = 128

    /// Reads the payments of all debts, those of many persons at a time.
    func readPayments(of readings: inout [Result<HoldingReading, ServiceError>]) async throws(ServiceError) {
        var open: [(index: Int, query: PersonPaymentsQuery)] = []
        for (index, reading) in readings.enumerated() {
            guard case .success(let reading) = reading, let token = reading.sealer?.token, !reading.debtIDs.isEmpty,
                !reading.hasAllPayments
            else { continue }
            open.append((index, PersonPaymentsQuery(token: token, after: nil, limit: Self.paymentsInPage)))
        }
        open.reverse()
        while !open.isEmpty {
            let asked = Array(open.suffix(Self.personsInCall))
            open.removeLast(asked.count)
            let pages = try await ask(repository.payments(of:), asked.map(\.query))
            vault.withSession { session in
                for ((index, query), page) in zip(asked, pages) {
                    guard case .success(var reading) = readings[index] else { continue }
                    // Out of the list, so that payments are appended without copies of those that are there.
                    readings[index] = .failure(.contended)
                    readings[index] = Result { () throws(ServiceError) in
                        let payments = try page.get()
                        try reading.take(payments, seen, in: &session)
                        if payments.count == query.limit {
                            var next = query
                            next.after = payments.last?.place
                            open.append((index, next))
                        }
                        return reading
                    }
                }
            }
        }
    }
}

/// A holding that is being read, with what opens the payments of its debts.
struct HoldingReading: Sendable {
    var holding: PersonHolding
    /// Nil when base A does not know the person.
    var sealer: PersonSealer?
    /// The debts of the holding's person, in their order.
    var debtIDs: [RecordID] = []
    /// Whether the payments of the debts were read along with them.
    var hasAllPayments = false
    /// Whether the person's consents were read along.
    var hasAllConsents = false

    init(isRegisterClosed: Bool, to purpose: Purpose?) {
        let passes = purpose.map { $0 == .dataSubjectRequest || $0.passesCadastro } ?? false
        holding = PersonHolding(
            isRegisterClosed: isRegisterClosed && !passes, hasCancelledCadastro: isRegisterClosed)
    }

    /// Looks for one among the consents that stands, to the requester and the purpose of an access.
    mutating func take(
        _ consents: [ConsentRecord], for access: Access, in session: inout VaultSession
    ) throws(ServiceError) {
        guard let sealer else { return }
        for consent in consents where consent.revokedAt == nil {
            do throws(VaultError) {
                holding.hasConsent = try sealer.openConsent(consent, in: &session).covers(access)
            } catch {
                throw .unreadable(.a)
            }
            if holding.hasConsent { return }
        }
    }

    /// Opens payments of the debts. Those of a debt that was added since its person was read are left out. `outdated` for
    /// one that is older than was `seen`.
    mutating func take(
        _ payments: [PersonPayment], _ seen: SeenVersions?, in session: inout VaultSession
    ) throws(ServiceError) {
        guard let sealer else { return }
        var debt: Int?
        for payment in payments {
            if debt.map({ debtIDs[$0] }) != payment.debtID { debt = debtIDs.firstIndex(of: payment.debtID) }
            guard let debt else { continue }
            let record = payment.record
            let key = PaymentKey(token: sealer.token, debtID: payment.debtID, key: record.key)
            let instalment: Instalment
            do throws(VaultError) {
                instalment = try sealer.openInstalment(record, as: key, in: &session)
            } catch {
                throw .unreadable(.a)
            }
            try seen?.take(record, as: key, generation: sealer.key.generation)
            holding.person?.debts[debt].payments.append(
                PaymentFacts(instalment, session.shown(record.times, of: .payment(key: record.key))))
        }
    }
}

/// Texts of one subject, numbered from 0 in the order in which they are met.
struct NumberedTexts {
    /// The texts of the first numbers, among which a search is quicker than a table.
    private var first: [String] = []
    private var others: [String: Int] = [:]
    private static let mostSearched = 8

    mutating func number(of text: String) -> Int {
        if let number = first.firstIndex(of: text) ?? others[text] { return number }
        let number = first.count + others.count
        if number < Self.mostSearched { first.append(text) } else { others[text] = number }
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
    fileprivate init(_ instalment: Instalment, _ times: RowTimes) {
        let isInFull = instalment.paid.map { $0.amount >= instalment.amount } ?? false
        self.init(
            dueDate: instalment.dueDate, paidInFullOn: isInFull ? instalment.paid?.day : nil,
            createdAt: times.created, updatedAt: times.updated)
    }
}
