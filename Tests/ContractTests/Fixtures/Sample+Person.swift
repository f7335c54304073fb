import Bureau
import Repositories

extension Sample {
    /// An entry whose identifier is `number`, which no other entry of the test may have.
    static func audit(
        _ number: Int, _ subject: Int, action: String = "person.get", purpose: Purpose? = .creditProtection,
        requester: String? = nil
    ) -> AuditEntry {
        AuditEntry(
            auditID: id(number), at: instant(number), token: token(subject), action: action, purpose: purpose,
            requester: requester)
    }

    static func creation(
        _ subject: Int, key: Int = 1, audit number: Int? = nil, address: Sealed? = sealed(2), debts: [NewDebt] = []
    ) -> PersonCreation {
        PersonCreation(
            token: token(subject), dataKey: dataKey(key), identity: sealed(1), address: address, debts: debts,
            at: instant(0), audit: audit(number ?? 1_000_000 + subject, subject, action: "person.create", purpose: nil))
    }

    static func read(_ subject: Int, audit number: Int) -> PersonRead {
        PersonRead(token: token(subject), audit: audit(number, subject))
    }

    static func update(
        _ subject: Int, key: Int = 1, expecting version: Int64, identity: Sealed = sealed(11),
        address: Sealed? = sealed(12), at second: Int = 10
    ) -> PersonUpdate {
        PersonUpdate(
            token: token(subject), dataKey: dataKey(key), expectedVersion: version, identity: identity,
            address: address, at: instant(second))
    }

    static func deletion(_ subject: Int, expecting version: Int64? = nil, audit number: Int) -> PersonDeletion {
        PersonDeletion(
            token: token(subject), expectedVersion: version,
            audit: audit(number, subject, action: "person.delete", purpose: nil))
    }

    static func newDebt(_ number: Int, details: Int? = nil) -> NewDebt {
        NewDebt(debtID: id(number), details: sealed(details ?? number))
    }

    static func change(_ subject: Int, key: Int = 1, at second: Int = 20, _ action: DebtChange.Action) -> DebtChange {
        DebtChange(token: token(subject), dataKey: dataKey(key), action: action, at: instant(second))
    }
}

extension PersonRepository {
    /// Reads one person, leaving the audit entry `number`.
    func person(_ subject: Int, audit number: Int) async throws -> PersonRecord? {
        try await read([Sample.read(subject, audit: number)])[0]
    }
}
