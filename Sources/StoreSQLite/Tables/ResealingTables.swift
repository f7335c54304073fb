import Bureau
import GRDB
import Repositories

/// How far the data keys of a file have been replaced, on one connection.
struct ResealingMarkTable {
    private let db: Database

    init(_ db: Database) { self.db = db }

    func mark() throws -> ResealingMark {
        let found = try PreparedStatement(
            "SELECT generation, begun_at FROM creditd_data_key_generation", on: db
        ).first { row in
            guard let generation = UInt32(exactly: try row.value(0, as: Int64.self)) else { throw UnreadableValue() }
            return ResealingMark(generation: generation, begunAt: try row.value(1))
        }
        guard let found else { throw UnreadableValue() }
        return found
    }

    /// Whether `former` was there.
    func replace(_ former: ResealingMark, by mark: ResealingMark) throws -> Bool {
        try PreparedStatement(
            """
            UPDATE creditd_data_key_generation SET generation = ?1, begun_at = ?2
            WHERE generation = ?3 AND begun_at IS ?4
            """, on: db
        ).run(Int64(mark.generation), mark.begunAt, Int64(former.generation), former.begunAt) == 1
    }
}

/// Replaces what is sealed under the data keys of base A's subjects, on one connection.
struct SubjectResealTable {
    private let search: PreparedStatement
    private let payments: PreparedStatement
    private let consents: PreparedStatement
    private let requests: PreparedStatement
    private let person: PreparedStatement
    private let debt: PreparedStatement
    private let payment: PreparedStatement
    private let consent: PreparedStatement
    private let request: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement("SELECT id FROM person WHERE token = ?1", on: db)
        payments = try PreparedStatement(
            "SELECT debt_id, payment_key, position, version, details FROM payment WHERE person = ?1", on: db)
        consents = try PreparedStatement(
            "SELECT consent_id, details, granted_at FROM consent WHERE person = ?1", on: db)
        requests = try PreparedStatement(
            "SELECT request_id, details, received_at FROM request WHERE token = ?1 AND details IS NOT NULL", on: db)
        person = try PreparedStatement(
            """
            UPDATE person SET data_key = ?4, identity = ?5, address = ?6, state = ?7, encryptions = ?8
            WHERE id = ?1 AND data_key = ?2 AND version = ?3
            """, on: db)
        debt = try PreparedStatement("UPDATE debt SET details = ?3 WHERE person = ?1 AND debt_id = ?2", on: db)
        payment = try PreparedStatement(
            "UPDATE payment SET details = ?4 WHERE person = ?1 AND debt_id = ?2 AND position = ?3", on: db)
        consent = try PreparedStatement(
            "UPDATE consent SET details = ?3 WHERE person = ?1 AND consent_id = ?2", on: db)
        request = try PreparedStatement("UPDATE request SET details = ?2 WHERE request_id = ?1", on: db)
    }

    func parts(of token: SubjectToken) throws -> SealedParts {
        var parts = SealedParts()
        if let row: Int64 = try search.first(token, read: { try $0.value(0) }) {
            parts.payments = try payments.all(row) { row in
                SealedPayment(
                    debtID: try row.value(0), key: try row.value(1), position: try row.value(2),
                    version: try row.value(3), details: try row.value(4))
            }
            parts.consents = try consents.all(row, read: Self.row)
        }
        parts.requests = try requests.all(token, read: Self.row)
        return parts
    }

    /// Whether all was as it was read; otherwise nothing is written.
    func replace(_ reseal: SubjectReseal) throws -> Bool {
        guard let row: Int64 = try search.first(reseal.token, read: { try $0.value(0) }),
            try parts(of: reseal.token) == reseal.formerParts,
            try person.run(
                row, reseal.former.dataKey, reseal.former.version, reseal.person.dataKey, reseal.person.identity,
                reseal.person.address, reseal.person.state, reseal.encryptions) == 1
        else { return false }
        for changed in reseal.person.debts { try debt.run(row, changed.debtID, changed.details) }
        for changed in reseal.parts.payments {
            try payment.run(row, changed.debtID, changed.position, changed.details)
        }
        for changed in reseal.parts.consents { try consent.run(row, changed.rowID, changed.details) }
        for changed in reseal.parts.requests { try request.run(changed.rowID, changed.details) }
        return true
    }

    private static func row(_ row: SQLiteRow) throws -> SealedRow {
        SealedRow(rowID: try row.value(0), details: try row.value(1), at: try row.value(2))
    }
}

extension SQLitePersonStore {
    public func resealingMark() async throws(StoreError) -> ResealingMark {
        try await file.read { db in try ResealingMarkTable(db).mark() }
    }

    public func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool {
        try await file.write { db in try ResealingMarkTable(db).replace(former, by: mark) }
    }

    public func paymentCounts(of tokens: [SubjectToken]) async throws(StoreError) -> [Int] {
        try await file.read { db in
            let count = try PreparedStatement(
                "SELECT count(*) FROM payment WHERE person = (SELECT id FROM person WHERE token = ?1)", on: db)
            return try tokens.map { Int(try count.first($0, read: { try $0.value(0, as: Int64.self) }) ?? 0) }
        }
    }

    public func highestEncryptionCount() async throws(StoreError) -> Int64 {
        try await file.read { db in
            let query = try PreparedStatement("SELECT coalesce(max(encryptions), 0) FROM person", on: db)
            return try query.first(read: { try $0.value(0) }) ?? 0
        }
    }

    public func sealedParts(of tokens: [SubjectToken]) async throws(StoreError) -> [SealedParts] {
        try await file.read { db in
            let table = try SubjectResealTable(db)
            return try tokens.map(table.parts)
        }
    }

    public func reseal(_ subjects: [SubjectReseal]) async throws(StoreError) -> [Bool] {
        try await file.write { db in
            let table = try SubjectResealTable(db)
            let audit = try AuditRecordTable(db)
            return try subjects.map { subject in
                guard try table.replace(subject) else { return false }
                try audit.append(subject.lines)
                return true
            }
        }
    }
}

extension SQLiteProfileStore {
    public func resealingMark() async throws(StoreError) -> ResealingMark {
        try await file.read { db in try ResealingMarkTable(db).mark() }
    }

    public func setResealingMark(_ mark: ResealingMark, from former: ResealingMark) async throws(StoreError) -> Bool {
        try await file.write { db in try ResealingMarkTable(db).replace(former, by: mark) }
    }

    public func reseal(_ profiles: [ProfileReseal]) async throws(StoreError) -> [Bool] {
        try await file.write { db in
            let table = try ProfileResealTable(db)
            return try profiles.map(table.replace)
        }
    }
}

/// Replaces what is sealed under the data keys of base B's profiles, on one connection.
private struct ProfileResealTable {
    private let search: PreparedStatement
    private let profile: PreparedStatement
    private let asset: PreparedStatement
    private let income: PreparedStatement

    init(_ db: Database) throws {
        search = try PreparedStatement("SELECT id FROM profile WHERE token = ?1 AND data_key = ?2", on: db)
        profile = try PreparedStatement("UPDATE profile SET data_key = ?2, address = ?3 WHERE id = ?1", on: db)
        asset = try PreparedStatement(
            "UPDATE asset SET description = ?3 WHERE profile = ?1 AND position = ?2", on: db)
        income = try PreparedStatement(
            "UPDATE income_source SET employer = ?3 WHERE profile = ?1 AND position = ?2", on: db)
    }

    func replace(_ reseal: ProfileReseal) throws -> Bool {
        let content = reseal.content
        guard let row: Int64 = try search.first(content.token, reseal.former, read: { try $0.value(0) }) else {
            return false
        }
        try profile.run(row, content.dataKey, content.address)
        for (position, changed) in content.assets.enumerated() where changed.description != nil {
            try asset.run(row, position, changed.description)
        }
        for (position, changed) in content.incomeSources.enumerated() where changed.employer != nil {
            try income.run(row, position, changed.employer)
        }
        return true
    }
}
