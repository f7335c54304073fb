import Bureau
import Repositories
import Vault

/// A person that was read and opened, with the sealer that seals its new values.
struct OpenPerson {
    /// The stored record without its debts, which the view has.
    var record: PersonRecord
    var sealer: PersonSealer
    var view: PersonView
}

extension PersonService {
    /// Reads and opens persons, after the audit log has who asked and why. `notFound`, `unreadable`.
    ///
    /// A request that is read again after another writer came in between has its record already.
    func openAudited(_ requests: [SubjectRequest]) async throws(ServiceError) -> [Result<OpenPerson, ServiceError>] {
        let tokens = vault.tokens(of: requests.lazy.map(\.cpf))
        // Each record is let go of once it is opened, because a group's sealed values may take many megabytes.
        var records = try await read(tokens, for: requests)
        records.reverse()
        let results = vault.withSession { session in
            tokens.map { token in
                (records.popLast() ?? .success(nil)).flatMap { record in
                    record.map { open($0, of: token, in: &session) } ?? .failure(.notFound)
                }
            }
        }
        trail.noteUnreadable(results, of: requests, tokens, in: .a)
        return results
    }

    /// Reads records, in one transaction with what the audit log has of the requests.
    func read(
        _ tokens: [SubjectToken], for requests: [SubjectRequest]
    ) async throws(ServiceError) -> [Result<PersonRecord?, ServiceError>] {
        let new = zip(requests, tokens).filter { !$0.0.isAudited }
        let audit = trail.granted(new.lazy.map(\.0.access), to: new.lazy.map(\.1))
        // Asked again in halves, the store finds that it has the records.
        let read = { [repository] (tokens: [SubjectToken]) async throws(StoreError) in
            try await repository.read(tokens, audit: audit)
        }
        return try await ask(read, tokens)
    }

    private func open(
        _ record: PersonRecord, of token: SubjectToken, in session: inout VaultSession
    ) -> Result<OpenPerson, ServiceError> {
        do throws(VaultError) {
            let sealer = PersonSealer(token: token, key: try session.unwrap(record.dataKey, for: token))
            let person = try sealer.openPerson(record, in: &session)
            var debts: [DebtView] = []
            debts.reserveCapacity(record.debts.count)
            for debt in record.debts { debts.append(try sealer.openDebt(debt, in: &session)) }
            let view = PersonView(
                person: person, debts: debts, version: record.version, createdAt: record.createdAt,
                updatedAt: record.updatedAt)
            var kept = record
            kept.debts = []
            return .success(OpenPerson(record: kept, sealer: sealer, view: view))
        } catch {
            return .failure(.unreadable(.a))
        }
    }
}

/// Seals and opens the values of one person in base A, which share one data key.
struct PersonSealer {
    let token: SubjectToken
    let key: DataKey

    func seal(_ person: Person, in session: inout VaultSession) throws(VaultError) -> (
        identity: Sealed, address: Sealed?, layout: Int64
    ) {
        let fields = person.identityFields
        let identity = try session.seal(fields, with: key, at: location("person", "identity"))
        guard let addressFields = person.address?.fields else { return (identity, nil, fields.layout) }
        let address = try session.seal(addressFields, with: key, at: location("person", "address"))
        return (identity, address, max(fields.layout, addressFields.layout))
    }

    func seal(_ debt: Debt, id: RecordID, in session: inout VaultSession) throws(VaultError) -> NewDebt {
        let fields = debt.fields
        let details = try session.seal(fields, with: key, at: location("debt", "details", row: id.octets))
        return NewDebt(debtID: id, details: details, layout: fields.layout)
    }

    func seal(_ payment: Payment, as id: PaymentKey, in session: inout VaultSession) throws(VaultError) -> Sealed {
        try session.seal(payment.fields, with: key, at: location(of: id))
    }

    func openPerson(_ record: PersonRecord, in session: inout VaultSession) throws(VaultError) -> Person {
        var address: Address?
        if let sealed = record.address {
            address = Address(fields: try session.open(sealed, with: key, at: location("person", "address")))
            if address == nil { throw .malformed }
        }
        let identity = try session.open(record.identity, with: key, at: location("person", "identity"))
        guard let person = Person(identityFields: identity, address: address) else { throw .malformed }
        return person
    }

    func openDebt(_ record: DebtRecord, in session: inout VaultSession) throws(VaultError) -> DebtView {
        let location = location("debt", "details", row: record.debtID.octets)
        let fields = try session.open(record.details, with: key, at: location)
        guard let debt = Debt(fields: fields) else { throw .malformed }
        return DebtView(
            debtID: record.debtID, debt: debt, version: record.version, createdAt: record.createdAt,
            updatedAt: record.updatedAt)
    }

    func openPayment(
        _ record: PaymentRecord, as id: PaymentKey, in session: inout VaultSession
    ) throws(VaultError) -> Payment {
        let fields = try session.open(record.details, with: key, at: location(of: id))
        guard let payment = Payment(fields: fields) else { throw .malformed }
        return payment
    }

    /// A payment is bound to its debt and to its place among the debt's payments.
    private func location(of payment: PaymentKey) -> SealedLocation {
        location("payment", "details", row: payment.debtID.octets + payment.key.octets)
    }

    private func location(_ table: String, _ column: String, row: [UInt8] = []) -> SealedLocation {
        SealedLocation(base: .a, table: table, column: column, subject: token, row: row, generation: key.generation)
    }
}

extension RecordID {
    /// The 16 octets, in their order.
    var octets: [UInt8] { withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) } }
}

extension [UInt8] {
    /// The number of the layout of a value that `FieldWriter` wrote.
    fileprivate var layout: Int64 { first.map { Int64($0) } ?? 0 }
}
