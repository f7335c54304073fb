import Bureau
import GRDB
import Repositories

/// Reads and writes base A's `consent` rows, on one connection.
struct ConsentTable {
    private let granting: PreparedStatement
    private let revoking: PreparedStatement
    private let page: PreparedStatement
    private let existence: PreparedStatement

    init(_ db: Database) throws {
        granting = try PreparedStatement(
            """
            INSERT INTO consent (person, consent_id, details, granted_at) VALUES (?1, ?2, ?3, ?4)
            """, on: db)
        let person = "person = (SELECT id FROM person WHERE token = ?1)"
        revoking = try PreparedStatement(
            "UPDATE consent SET revoked_at = ?3 WHERE \(person) AND consent_id = ?2 AND revoked_at IS NULL", on: db)
        page = try PreparedStatement(
            """
            SELECT consent_id, details, granted_at, revoked_at FROM consent
            WHERE \(person) AND (?2 IS NULL OR consent_id < ?2) ORDER BY consent_id DESC LIMIT ?3
            """, on: db)
        existence = try PreparedStatement("SELECT EXISTS (SELECT 1 FROM consent)", on: db)
    }

    func apply(_ change: ConsentChange, of persons: PersonTable) throws -> WriteOutcome {
        let count: Int
        switch change.action {
        case .grant(let consent, let dataKey):
            guard let person = try persons.state(change.token) else { return .notFound }
            guard person.dataKey.isSameKey(as: dataKey) else { return .overtaken }
            count = try granting.run(person.row, consent.consentID, consent.details, consent.grantedAt)
            try persons.count(1, of: person.row)
        case .revoke(let consentID, let at):
            count = try revoking.run(change.token, consentID, at)
        }
        return count == 1 ? .written(version: 1) : .notFound
    }

    /// Whether anybody has ever consented to anything.
    func hasConsents() throws -> Bool { try existence.first { try $0.value(0) } ?? false }

    func page(_ query: ConsentQuery) throws -> [ConsentRecord] {
        try page.all(query.token, query.before, query.limit) { row in
            ConsentRecord(
                consentID: try row.value(0), details: try row.value(1), grantedAt: try row.value(2),
                revokedAt: try row.value(3))
        }
    }
}

/// Reads and writes base A's `cadastro` rows, on one connection.
struct CadastroTable {
    private let cancelling: PreparedStatement
    private let reopening: PreparedStatement
    private let search: PreparedStatement

    init(_ db: Database) throws {
        cancelling = try PreparedStatement(
            """
            INSERT INTO cadastro (token, cancelled_at) VALUES (?1, ?2)
            ON CONFLICT (token) DO UPDATE SET cancelled_at = excluded.cancelled_at, reopened_at = NULL
            WHERE reopened_at IS NOT NULL
            """, on: db)
        reopening = try PreparedStatement(
            "UPDATE cadastro SET reopened_at = ?2 WHERE token = ?1 AND reopened_at IS NULL", on: db)
        search = try PreparedStatement("SELECT cancelled_at, reopened_at FROM cadastro WHERE token = ?1", on: db)
    }

    /// Closes or opens a register; one that is closed already, or open, stays as it is.
    func apply(_ change: CadastroChange) throws {
        try (change.isCancelled ? cancelling : reopening).run(change.token, change.request.receivedAt)
    }

    func record(_ token: SubjectToken) throws -> CadastroRecord? {
        try search.first(token) { row in
            CadastroRecord(cancelledAt: try row.value(0), reopenedAt: try row.value(1))
        }
    }
}
