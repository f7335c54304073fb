import Bureau
import CLibpq
import Platform
import Repositories

/// Walks the road that requests walk, for `creditd doctor`: runs every statement of the daemon's in a transaction that
/// is undone, in one of the sessions that the daemon has.
struct PostgresCheck {
    let url: PostgresURL
    let migrations: [MigrationStep]
    let limits: PostgresLimits
    private var checks: [StoreCheck] = []
    /// What helps against refusals that have a cause of their own on this server.
    private var remedies: [StoreReason.Cause: String] = [:]

    init(_ url: PostgresURL, _ migrations: [MigrationStep], _ limits: PostgresLimits) {
        self.url = url
        self.migrations = migrations
        self.limits = limits
    }

    /// Blocks until the server has replied to everything, or a time limit has passed.
    mutating func run(on connection: PostgresConnection) -> [StoreCheck] {
        do throws(PostgresFailure) {
            pass("logs in", note: connection.serverVersion.map { "PostgreSQL \($0)" })
            try checkPooler(connection)
            try checkEncoding(connection)
            try checkWritable(connection)
            try checkSchema(connection)
            try checkStatements(connection)
        } catch {
            fail("goes on", error.reason, PostgresRemedy.login(error.reason) ?? PostgresRemedy.remedy(error.reason))
        }
        return checks
    }

    /// What is checked when no session is to be had.
    static func refusedLogin(_ reason: StoreReason) -> StoreCheck {
        StoreCheck("logs in", .failed(reason, remedy: PostgresRemedy.login(reason) ?? PostgresRemedy.remedy(reason)))
    }

    private var deadline: ContinuousClock.Instant { .now + limits.openTimeout }

    private mutating func pass(_ what: String, note: String? = nil) {
        checks.append(StoreCheck(what, .passed(note: note)))
    }

    private mutating func fail(_ what: String, _ reason: StoreReason, _ remedy: String) {
        checks.append(StoreCheck(what, .failed(reason, remedy: remedy)))
    }

    private mutating func checkPooler(_ connection: PostgresConnection) throws(PostgresFailure) {
        let what = "has sessions of its own"
        if url.pooler == .transaction { return pass(what, note: "none, pooler=transaction") }
        guard try PoolerDetection.isPooledByTransaction(connection, url, limits) else { return pass(what) }
        fail(what, PostgresFailure.unnamedPooler.reason, PostgresRemedy.pooler)
    }

    private mutating func checkEncoding(_ connection: PostgresConnection) throws(PostgresFailure) {
        let encoding = try connection.text("SELECT current_setting('server_encoding')", until: deadline)
        if encoding == "UTF8" { return pass("keeps text in UTF8") }
        fail(
            "keeps text in UTF8", StoreReason(.failed, "the database's encoding is \(encoding)"),
            "Make a database with ENCODING 'UTF8' TEMPLATE template0, and move the data there.")
    }

    private mutating func checkWritable(_ connection: PostgresConnection) throws(PostgresFailure) {
        guard try connection.isReadOnly(until: deadline) else { return pass("can write") }
        let isStandby = try connection.text("SELECT pg_is_in_recovery()::text", until: deadline) == "true"
        let reason = StoreReason(
            .readOnly, code: "25006", isStandby ? "the server is a standby" : "default_transaction_read_only is on")
        let remedy = isStandby ? PostgresRemedy.standby : PostgresRemedy.readOnly
        remedies[.readOnly] = remedy
        fail("can write", reason, remedy)
    }

    private mutating func checkSchema(_ connection: PostgresConnection) throws(PostgresFailure) {
        let plan = MigrationPlan(steps: migrations, applied: try connection.appliedSteps(until: deadline))
        guard let error = StoreOpenError(.a, plan) else {
            return pass("has this program's schema", note: "\(plan.appliedCount) of \(migrations.count) steps")
        }
        fail(
            "has this program's schema", StoreReason(.failed, error.reason),
            error.remedy ?? "Look at `creditd migrate status`.")
    }

    /// Runs each statement behind a savepoint, so that the next one is tried also when it is refused.
    private mutating func checkStatements(_ connection: PostgresConnection) throws(PostgresFailure) {
        if try connection.rows(Self.rowSecurity, until: deadline).rowCount > 0 {
            remedies[.refused] = PostgresRemedy.rowSecurity
        }
        _ = try connection.rows("BEGIN", until: deadline)
        defer { _ = try? connection.rows("ROLLBACK", until: deadline) }
        _ = try connection.rows(SessionSettings.required(limits, scope: .transaction), until: deadline)
        for (what, statements) in Self.trials {
            _ = try connection.rows("SAVEPOINT trial", until: deadline)
            do throws(PostgresFailure) {
                for statement in statements { _ = try connection.rows(statement, until: .now + limits.silenceTimeout) }
                pass(what)
            } catch {
                guard case .refused = error else { throw error }
                fail(what, error.reason, remedies[error.reason.cause] ?? PostgresRemedy.remedy(error.reason))
            }
            _ = try connection.rows("ROLLBACK TO trial", until: deadline)
        }
    }

    /// Finds the tables that keep rows from the role by policies, which no right on the table overrides.
    private static let rowSecurity = """
        SELECT 1 FROM unnest(ARRAY[\(DaemonRights.tables.map { "'\($0.name)'" }.joined(separator: ", "))]) AS name
        WHERE row_security_active(to_regclass(name)::oid)
        """

    /// What requests do, tried on a person who cannot be.
    private static var trials: [(what: String, statements: [BoundStatement])] {
        guard let nobody = SubjectToken(bytes: [UInt8](repeating: 0xFF, count: 32)),
            let ring = KeyRingFingerprint(bytes: [UInt8](repeating: 0, count: KeyRingFingerprint.byteCount))
        else { return [] }
        let (key, sealed, at) = (WrappedDataKey([]), Sealed([]), Instant(secondsSinceEpoch: 0))
        let debt = NewDebt(debtID: RecordID(high: 0, low: 0), details: sealed, times: RowTimes(at))
        let repeatKey = RepeatKey(token: nobody, key: debt.debtID)
        let receipt = NewReceipt(key: repeatKey, receipt: Receipt(digest: debt.debtID, at: at))
        let payment = PaymentKey(token: nobody, debtID: debt.debtID, key: debt.debtID)
        let payments: [PaymentChange.Action] = [.add(position: 0), .replace(expectedVersion: 1)]
        let mac = [UInt8](repeating: 0, count: AuditLine.macByteCount)
        let audit = [AuditLine(recordID: debt.debtID, at: at, line: [], mac: mac)]
        var deletion = PersonDeletion(token: nobody, expectedVersion: nil)
        deletion.lines = audit.first.map { WriteLines($0) }
        let growth = AuditGrowth(size: -1, leaves: [(position: 0, hash: mac)], tiles: [], head: [])
        let entry = OutboxEntry(entryID: debt.debtID, note: sealed)
        let tombstone = Tombstone(token: nobody, note: sealed)
        let actions: [DebtChange.Action] = [
            .add(debt, expectedPersonVersion: nil), .replace(debt, expectedVersion: 1),
            .remove(debt.debtID, expectedVersion: nil),
        ]
        return [
            ("reads and audits persons", [nobody].statements(audit: audit)),
            (
                "creates persons",
                [
                    PersonCreation(
                        token: nobody, dataKey: key, identity: sealed, address: sealed, debts: [debt], at: at,
                        receipt: receipt)
                ].statements(audit: audit)
            ),
            (
                "changes persons",
                [
                    PersonUpdate(
                        token: nobody, dataKey: key, expectedVersion: 1, identity: sealed, address: sealed, at: at)
                ].statements
            ),
            (
                "changes debts",
                actions.flatMap { action in
                    [DebtChange(token: nobody, dataKey: key, action: action, at: at)].statements
                }
            ),
            ("deletes persons", [deletion].statements(audit: audit)),
            (
                "keeps and reads the audit log's tree",
                growth.statements + [
                    BoundStatement(.auditEdge) { $0.add([1]) { Int64($0) } },
                    BoundStatement(.recordsAt) { $0.add([0]) { Int64($0) } },
                    BoundStatement(.tiles) { parameters in
                        parameters.add([0]) { Int64($0) }
                        parameters.add([0]) { Int64($0) }
                    }, BoundStatement(.segments),
                ]
            ),
            (
                "records payments",
                payments.flatMap { action in
                    [PaymentChange(payment: payment, dataKey: key, action: action, details: sealed, at: at)].statements
                } + [payment].statements
                    + [PaymentQuery(token: nobody, debtID: debt.debtID, before: nil, limit: 1)].statements
                    + [PersonPaymentsQuery(token: nobody, after: nil, limit: 1)].statements
            ),
            (
                "erases persons",
                [tombstone].statements + [nobody].erasing
                    + [NewOutboxEntry(entry: entry, at: at, lockedUntil: at, audit: audit)].statements
                    + [FinishedEntry(entryID: entry.entryID, tombstone: tombstone, audit: audit[0])].statements
            ),
            (
                "blocks persons",
                [BlockChange(token: nobody, isBlocked: true, audit: audit[0])].statements + [
                    BoundStatement(.blocked) {
                        $0.add([[UInt8]()]) { $0 }
                        $0.add([Int64(1)]) { $0 }
                    }
                ]
            ),
            ("keeps requests and consents", rights(of: nobody, key: key, sealed: sealed, id: debt.debtID, at: at)),
            ("keeps what makes writes repeatable", [repeatKey].statements + [receipt].forgetting),
            ("seals values anew", resealing(of: nobody, key: key, sealed: sealed, id: debt.debtID, at: at)),
            (
                "keeps subjects under other tokens",
                [TokenTableCursor(nil).statement(1), [SubjectRename(from: nobody, to: nobody)].keptTokens]
                    + [SubjectRename(from: nobody, to: nobody)].statements
            ),
            (
                "keeps its key ring's mark",
                [BoundStatement(.bindKeyRing) { $0.add([ring]) { $0 } }, BoundStatement(.keyRing)]
            ),
        ]
    }

    private static func resealing(
        of nobody: SubjectToken, key: WrappedDataKey, sealed: Sealed, id: RecordID, at: Instant
    ) -> [BoundStatement] {
        var person = PersonRecord(
            token: nobody, dataKey: key, identity: sealed, address: nil, debts: [], version: 1,
            times: RowTimes(at))
        person.debts = [DebtRecord(debtID: id, details: sealed, version: 1, times: RowTimes(at))]
        var parts = SealedParts()
        parts.payments = [SealedPayment(debtID: id, key: id, position: 0, version: 1, details: sealed)]
        parts.consents = [SealedRow(rowID: id, details: sealed, at: at)]
        parts.requests = parts.consents
        return [Statement.paymentCounts, .sealedPayments, .sealedConsents, .sealedRequests].map { statement in
            BoundStatement(statement) { $0.add([nobody]) { $0 } }
        } + [SubjectReseal(former: person, formerParts: parts, person: person, parts: parts)].statements + [
            BoundStatement(.highestEncryptionCount), BoundStatement(.resealingMark),
            BoundStatement(.setResealingMark) { parameters in
                parameters.add([1, 0]) { Int64($0) }
                parameters.add([at, at]) { $0 as Instant? }
            },
        ]
    }

    private static func rights(
        of nobody: SubjectToken, key: WrappedDataKey, sealed: Sealed, id: RecordID, at: Instant
    ) -> [BoundStatement] {
        let request = RequestRecord(
            requestID: id, token: nobody, kind: .dispute, receivedAt: at, lateFrom: at, details: sealed)
        let completion = RequestCompletion(at: at, outcome: .kept)
        let consent = ConsentRecord(consentID: id, details: sealed, grantedAt: at)
        let filings = [RequestFiling.open(request), .finish(nobody, requestID: id, completion)]
        let cadastros = [true, false].map { CadastroChange(token: nobody, isCancelled: $0, request: request) }
        let consents = [ConsentChange.Action.grant(consent, dataKey: key), .revoke(id, at: at)]
        return filings.map { WitnessedFiling($0) }.statements + cadastros.statements
            + [RequestQuery(token: nobody, kind: nil, before: nil, limit: 1)].statements
            + [RequestState.due, .all].map { DueQuery(state: $0, now: at, after: nil, limit: 1) }.statements
            + consents.map { ConsentChange(token: nobody, action: $0) }.statements
            + [ConsentQuery(token: nobody, before: nil, limit: 1)].statements
    }
}

extension PostgresConnection {
    /// Returns the only value of a query, a text.
    fileprivate func text(_ sql: String, until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> String {
        let rows = try rows(sql, until: deadline)
        guard rows.rowCount == 1, let text: String = try? rows[0].value(0) else { throw .lost }
        return text
    }
}
