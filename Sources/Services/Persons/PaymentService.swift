import Bureau
import Repositories
import Vault

/// A payment of a debt to be recorded.
public struct PaymentEntry: Sendable {
    public var debtID: RecordID
    public var payment: Payment

    public init(debtID: RecordID, payment: Payment) {
        self.debtID = debtID
        self.payment = payment
    }
}

/// What became of a payment that was to be recorded.
public struct RecordedPayment: Sendable {
    public var entry: PaymentEntry
    /// False when the same content was there, and nothing was written.
    public var isRecorded: Bool
    public var version: Int64
}

/// A request to see a debt's payments, with the reason.
public struct PaymentsRequest: AccessRequest {
    public var person: SubjectRead
    public var debtID: RecordID
    /// The position of the last payment of the page before.
    public var before: Int64?
    public var limit: Int

    public var cpf: CPF { person.cpf }
    public var access: Access {
        get { person.access }
        set { person.access = newValue }
    }

    public init(person: SubjectRead, debtID: RecordID, before: Int64?, limit: Int) {
        self.person = person
        self.debtID = debtID
        self.before = before
        self.limit = limit
    }
}

/// A page of a debt's payments, as it is given out.
public struct PaymentsView: Sendable {
    public var page: Page<PaymentView>
    /// Why the debt is given out to the person alone; nil for other purposes.
    public var withheld: WithheldReason?
}

/// A payment as it is given out: `PaymentRecord` in plaintext.
public struct PaymentView: Sendable {
    public var position: Int64
    public var payment: Payment
    public var version: Int64
    public var createdAt: Instant
    public var updatedAt: Instant
    /// Why the payment is given out to the person alone; nil for other purposes.
    public var withheld: WithheldReason?
}

/// Payments of debts, which are sealed with their persons and read apart from them.
public struct PaymentService: Sendable {
    let persons: PersonService

    public init(persons: PersonService) {
        self.persons = persons
    }

    /// Records payments, or replaces those whose content is another. `notFound`, `limitReached`, `forbidden`.
    public func record(_ writes: [SubjectWrite<PaymentEntry>]) async -> [Result<RecordedPayment, ServiceError>] {
        await persons.control.permitted(writes) { await recordPermitted($0) }
    }

    private func recordPermitted(
        _ writes: [SubjectWrite<PaymentEntry>]
    ) async -> [Result<RecordedPayment, ServiceError>] {
        let repository = persons.repository
        let answers = await persons.vault.once(
            writes, lookUp: repository.receipts, answer: { Answer(version: $0.version, isRecorded: true) },
            changesNothing: { !$0.isRecorded }
        ) { writes in
            await Attempt.settle(writes, prepare: prepare) { (prepared) async throws(ServiceError) in
                let changes = prepared.compactMap(\.change)
                var outcomes = try await persons.write(changes, by: repository.write).makeIterator()
                return prepared.map { prepared in
                    switch prepared {
                    case .same(let version): .success(Answer(version: version, isRecorded: false))
                    case .write:
                        (outcomes.next() ?? .failure(.contended)).flatMap(\.version).map {
                            Answer(version: $0, isRecorded: true)
                        }
                    }
                }
            }
        }
        return zip(writes, answers).map { write, answer in
            answer.map {
                RecordedPayment(entry: write.content, isRecorded: $0.isRecorded, version: $0.version)
            }
        }
    }
}

/// How payments are recorded.
extension PaymentService {
    private struct Answer: Sendable {
        var version: Int64
        var isRecorded: Bool
    }

    /// What is to be done for a payment, from what was read.
    private enum Prepared: Sendable {
        case same(version: Int64)
        case write(PaymentChange)

        var change: PaymentChange? {
            if case .write(let change) = self { change } else { nil }
        }
    }

    /// Reads the persons and what is there of the payments, and seals what has to be written.
    private func prepare(
        _ writes: [SubjectWrite<PaymentEntry>]
    ) async throws(ServiceError) -> [Result<Prepared, ServiceError>] {
        let found = zip(writes, try await persons.openAudited(writes.map { SubjectRequest(for: $0) })).map {
            write, person in
            person.flatMap { person in
                let hasDebt = person.view.debts.contains { $0.debtID == write.content.debtID }
                return hasDebt ? .success(person) : .failure(.notFound)
            }
        }
        let keys = persons.vault.withSession { session in
            zip(writes, found).compactMap { write, person in (try? person.get()).map { key(write, $0, in: &session) } }
        }
        let states = try await ask(persons.repository.find, keys)
        var asked = zip(keys, states).makeIterator()
        var prepared: [Result<Prepared, ServiceError>] = persons.vault.withSession { session in
            zip(writes, found).map { write, person in
                Result { () throws(ServiceError) in
                    let person = try person.get()
                    guard let (key, state) = asked.next() else { throw .contended }
                    return try prepare(write, person, key, try state.get(), in: &session)
                }
            }
        }
        prepared = try await persons.overtaken(prepared, of: found)
        noteUnreadable(prepared, of: writes, found)
        return prepared
    }

    private func prepare(
        _ write: SubjectWrite<PaymentEntry>, _ person: OpenPerson, _ key: PaymentKey, _ state: PaymentState,
        in session: inout VaultSession
    ) throws(ServiceError) -> Prepared {
        let payment = write.content.payment
        let action: PaymentChange.Action
        let position: Int64
        let version: Int64
        if let current = state.payment {
            let stored = try open(current, of: key.debtID, person.sealer, in: &session)
            if stored.payment == payment { return .same(version: stored.version) }
            action = .replace(expectedVersion: stored.version)
            (position, version) = (current.position, stored.version + 1)
        } else {
            if state.count >= DebtLimits.maximumPayments { throw .limitReached(.payments) }
            action = .add(position: state.count)
            (position, version) = (state.count, 1)
        }
        let latest = state.payment.map { session.shown($0.times, of: .payment(key: key.key)).updated }
        let at = max(persons.stamps.now(), latest ?? .first)
        let details = try sealing { () throws(VaultError) in
            try person.sealer.seal(payment, as: key, position: position, version: version, in: &session)
        }
        var change = PaymentChange(
            payment: key, dataKey: person.record.dataKey, action: action, details: details, at: at,
            receipt: write.mark?.receipt(at: at))
        change.times = session.hidden(RowTimes(at), of: .payment(key: key.key))
        return .write(change)
    }

    /// The hash covers the debt, so that one number in two debts leaves no trace of being the same.
    private func key(
        _ write: SubjectWrite<PaymentEntry>, _ person: OpenPerson, in session: inout VaultSession
    ) -> PaymentKey {
        let debtID = write.content.debtID
        let subject = session.first(of: person.record.token).bytes
        let text = subject + debtID.octets + Array(write.content.payment.paymentID.utf8)
        return PaymentKey(
            token: person.record.token, debtID: debtID, key: session.identifier(of: text, for: .paymentID))
    }
}
