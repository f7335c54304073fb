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
    /// Reads and opens persons, after the audit log has who asked and why. `notFound`, `forbidden`, `unreadable`.
    func openAudited(_ requests: [PersonRequest]) async throws(ServiceError) -> [Result<OpenPerson, ServiceError>] {
        let at = stamps.now()
        let tokens = vault.tokens(of: requests.lazy.map(\.cpf))
        var reads: [PersonRead] = []
        for (request, token) in zip(requests, tokens) where isAllowed(request) {
            let entry = audit(token, request.action, request.purpose, request.requester, at: at)
            reads.append(PersonRead(token: token, audit: entry))
        }
        // Each record is let go of once it is opened, because a group's sealed values may take many megabytes.
        var records = try await ask(repository.read, reads)
        records.reverse()
        return vault.withSession { session in
            zip(requests, tokens).map { request, token in
                guard isAllowed(request) else { return .failure(.forbidden) }
                return (records.popLast() ?? .success(nil)).flatMap { record in
                    record.map { open($0, of: token, in: &session) } ?? .failure(.notFound)
                }
            }
        }
    }

    func audit(
        _ token: SubjectToken, _ action: String, _ purpose: Purpose? = nil, _ requester: String? = nil, at: Instant
    ) -> AuditEntry {
        AuditEntry(
            auditID: stamps.recordID(at: at), at: at, token: token, action: action, purpose: purpose,
            requester: requester)
    }

    /// Whether the request's purpose allows its method; no store is asked. `forbidden`.
    package func authorise(_ request: PersonRequest) -> Result<Void, ServiceError> {
        isAllowed(request) ? .success(()) : .failure(.forbidden)
    }

    private func isAllowed(_ request: PersonRequest) -> Bool {
        request.purpose.map { policy.allows(request.action, for: $0) } ?? true
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
        identity: Sealed, address: Sealed?
    ) {
        let identity = try session.seal(person.identityFields, with: key, at: location("person", "identity"))
        guard let address = person.address else { return (identity, nil) }
        let sealed = try session.seal(address.fields, with: key, at: location("person", "address"))
        return (identity, sealed)
    }

    func seal(_ debt: Debt, id: RecordID, in session: inout VaultSession) throws(VaultError) -> NewDebt {
        NewDebt(debtID: id, details: try session.seal(debt.fields, with: key, at: location(ofDebt: id)))
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
        let fields = try session.open(record.details, with: key, at: location(ofDebt: record.debtID))
        guard let debt = Debt(fields: fields) else { throw .malformed }
        return DebtView(
            debtID: record.debtID, debt: debt, version: record.version, createdAt: record.createdAt,
            updatedAt: record.updatedAt)
    }

    private func location(ofDebt id: RecordID) -> SealedLocation {
        location("debt", "details", row: withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { Array($0) })
    }

    private func location(_ table: String, _ column: String, row: [UInt8] = []) -> SealedLocation {
        SealedLocation(base: .a, table: table, column: column, subject: token, row: row, generation: key.generation)
    }
}
