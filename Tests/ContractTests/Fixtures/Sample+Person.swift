import Bureau
import Repositories

extension Sample {
    /// A record whose identifier is `number`, which no other record of the test may have.
    static func record(
        _ number: Int, _ subject: Int, method: String = "person.get", purpose: Purpose? = .creditProtection,
        requester: String? = nil
    ) -> AuditRecord {
        AuditRecord(
            recordID: id(number), at: instant(number), process: id(0), actor: Actor(name: "test", role: .owner),
            base: .a, method: method, purpose: purpose, requester: requester, groups: [.identity], outcome: .granted,
            count: 1, subjects: [AuditSubject(token(subject))])
    }

    /// A record as it is stored, under a MAC that no ring has made.
    static func audit(_ record: AuditRecord) -> AuditLine {
        AuditLine(
            recordID: record.recordID, at: record.at, line: record.line,
            mac: [UInt8](repeating: 0xAA, count: AuditLine.macByteCount))
    }

    static func audit(_ number: Int, _ subject: Int = 1) -> AuditLine { audit(record(number, subject)) }

    static func creation(
        _ subject: Int, key: Int = 1, address: Sealed? = sealed(2), debts: [NewDebt] = []
    ) -> PersonCreation {
        PersonCreation(
            token: token(subject), dataKey: dataKey(key), identity: sealed(1), address: address, debts: debts,
            at: instant(0))
    }

    static func update(
        _ subject: Int, key: Int = 1, expecting version: Int64, identity: Sealed = sealed(11),
        address: Sealed? = sealed(12), at second: Int = 10
    ) -> PersonUpdate {
        PersonUpdate(
            token: token(subject), dataKey: dataKey(key), expectedVersion: version, identity: identity,
            address: address, at: instant(second))
    }

    static func personDeletion(_ subject: Int, expecting version: Int64? = nil) -> PersonDeletion {
        PersonDeletion(token: token(subject), expectedVersion: version)
    }

    static func newDebt(_ number: Int, details: Int? = nil) -> NewDebt {
        NewDebt(debtID: id(number), details: sealed(details ?? number), times: RowTimes(instant(0)))
    }

    static func change(_ subject: Int, key: Int = 1, at second: Int = 20, _ action: DebtChange.Action) -> DebtChange {
        let times = RowTimes(instant(second))
        let action: DebtChange.Action =
            switch action {
            case .add(let debt, let expected): .add(debt.at(times), expectedPersonVersion: expected)
            case .replace(let debt, let expected, let person):
                .replace(debt.at(times), expectedVersion: expected, expectedPersonVersion: person)
            case .remove: action
            }
        return DebtChange(token: token(subject), dataKey: dataKey(key), action: action, at: instant(second))
    }
}

extension NewDebt {
    fileprivate func at(_ times: RowTimes) -> NewDebt {
        var debt = self
        debt.times = times
        return debt
    }
}

extension PersonRepository {
    /// Reads one person, leaving the audit record `number`.
    func person(_ subject: Int, audit number: Int) async throws -> PersonRecord? {
        try await read([Sample.token(subject)], audit: [Sample.audit(number, subject)])[0]
    }

    /// Reads persons, for a test that is not about the audit log.
    func persons(_ subjects: some Sequence<Int>) async throws(StoreError) -> [PersonRecord?] {
        try await read(subjects.map { Sample.token($0) }, audit: [.random()])
    }

    /// Creates persons, for a test that is not about the audit log.
    func create(_ persons: [PersonCreation]) async throws(StoreError) -> [WriteOutcome] {
        try await create(persons, audit: [.random()])
    }

    /// Deletes persons, for a test that is not about the audit log.
    func delete(_ deletions: [PersonDeletion]) async throws(StoreError) -> [WriteOutcome] {
        try await delete(deletions, audit: [.random()])
    }
}

extension AuditLine {
    /// A record that no other is equal to.
    static func random() -> AuditLine {
        var record = Sample.record(1, 1)
        record.recordID = RecordID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
        return Sample.audit(record)
    }
}
