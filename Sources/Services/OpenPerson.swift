import Bureau
import Repositories
import Vault

/// A person that was read and opened, with the key to seal its values anew.
struct OpenPerson {
    var record: PersonRecord
    var box: PersonBox
    var view: PersonView
}

extension PersonService {
    /// Reads and opens persons, after recording who asked and why. `notFound`, `forbidden`, `unreadable`.
    func openAudited(
        _ requests: [PersonRequest]
    ) async throws(ServiceError) -> [Result<OpenPerson, ServiceError>] {
        let at = stamps.now()
        let tokens = try vault.sealing { (session) throws(VaultError) in
            requests.map { session.token(of: $0.cpf) }
        }
        var reads: [PersonRead] = []
        for (request, token) in zip(requests, tokens) where isAllowed(request) {
            let entry = audit(token, request.action, request.purpose, request.requester, at: at)
            reads.append(PersonRead(token: token, audit: entry))
        }
        let reading = reads
        let records =
            reading.isEmpty
            ? [] : try await asking { () async throws(StoreError) in try await repository.read(reading) }
        return try vault.sealing { (session) throws(VaultError) in
            var records = records.makeIterator()
            return zip(requests, tokens).map { request, token in
                guard isAllowed(request) else { return .failure(.forbidden) }
                guard let found = records.next(), let record = found else { return .failure(.notFound) }
                return open(record, of: token, in: &session)
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

    /// Whether the request's purpose allows what it asks for; no store is asked. `forbidden`.
    package func authorise(_ request: PersonRequest) -> Result<Void, ServiceError> {
        isAllowed(request) ? .success(()) : .failure(.forbidden)
    }

    /// A write reads on its own behalf and gives nothing out; everything else needs a purpose that allows it.
    private func isAllowed(_ request: PersonRequest) -> Bool {
        request.purpose.map { policy.allows(request.action, for: $0) } ?? true
    }

    private func open(
        _ record: PersonRecord, of token: SubjectToken, in session: inout Session
    ) -> Result<OpenPerson, ServiceError> {
        do throws(VaultError) {
            let box = PersonBox(token: token, key: try session.unwrap(record.dataKey.bytes, for: token))
            let person = try box.openPerson(record, in: &session)
            var debts: [DebtView] = []
            debts.reserveCapacity(record.debts.count)
            for debt in record.debts {
                debts.append(
                    DebtView(
                        debtID: debt.debtID, debt: try box.openDebt(debt, in: &session), version: debt.version,
                        createdAt: debt.createdAt, updatedAt: debt.updatedAt))
            }
            let view = PersonView(
                person: person, debts: debts, version: record.version, createdAt: record.createdAt,
                updatedAt: record.updatedAt)
            return .success(OpenPerson(record: record, box: box, view: view))
        } catch {
            return .failure(.unreadable(.a))
        }
    }
}
