/// The SQL of tombstones and of the outbox.
extension Statement {
    /// The advisory lock between creations, which share it, and the burying of subjects, which excludes them: "erasure"
    /// in ASCII, which no other program's lock is likely to be.
    private static let burialLock = 0x65_72_61_73_75_72_65

    /// No parameters. Goes before a creation in its transaction, whose snapshot thus holds every tombstone that was
    /// written before; a later tombstone waits for the creation, so that the deletion after it finds the person.
    static let shareBurialLockSQL = "SELECT pg_advisory_xact_lock_shared(\(burialLock))"

    /// No parameters. Goes before tombstones in their transaction.
    static let takeBurialLockSQL = "SELECT pg_advisory_xact_lock(\(burialLock))"

    /// Parameters: tokens, notes. A tombstone that is there stays.
    static let burySQL = """
        INSERT INTO tombstone (token, note) SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT DO NOTHING
        """

    /// Parameters: tokens. Returns the tombstones that are there.
    static let tombstonesSQL = "SELECT token, note FROM tombstone WHERE token = ANY ($1::bytea[])"

    /// Parameters: a token or nothing, a number. Returns that many tombstones after the token, in their order.
    static let tombstonePageSQL = """
        SELECT token, note FROM tombstone WHERE token > ($1::bytea[])[1] ORDER BY token LIMIT ($2::bigint[])[1]
        """

    /// Parameters: tokens. Deletes what is left of persons, whom the statement `lock` has locked before. The references
    /// delete debts, payments and consents; of a request that has ended its kind and its times stay.
    static let eraseSQL = """
        WITH persons AS (DELETE FROM person WHERE token = ANY ($1::bytea[])),
            versions AS (DELETE FROM deleted_person WHERE token = ANY ($1::bytea[])),
            cadastros AS (DELETE FROM cadastro WHERE token = ANY ($1::bytea[])),
            blocks AS (DELETE FROM blocked_subject WHERE token = ANY ($1::bytea[])),
            open_requests AS (DELETE FROM request WHERE token = ANY ($1::bytea[]) AND done_at IS NULL),
            ended_requests AS (
                UPDATE request SET details = NULL, debt_id = NULL
                WHERE token = ANY ($1::bytea[]) AND done_at IS NOT NULL
            )
        DELETE FROM receipt WHERE token = ANY ($1::bytea[])
        """

    /// Parameters: tokens. Returns those of whom something is left beside a tombstone.
    static let remainsSQL = """
        SELECT token FROM person WHERE token = ANY ($1::bytea[])
        UNION SELECT token FROM deleted_person WHERE token = ANY ($1::bytea[])
        UNION SELECT token FROM receipt WHERE token = ANY ($1::bytea[])
        UNION SELECT token FROM cadastro WHERE token = ANY ($1::bytea[])
        UNION SELECT token FROM request
        WHERE token = ANY ($1::bytea[]) AND (details IS NOT NULL OR done_at IS NULL)
        """

    /// Parameters: identifiers, notes, instants, instants of the ends of locks. A task that is there stays.
    static let enqueueSQL = """
        INSERT INTO outbox (entry_id, note, queued_at, locked_until)
        SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::timestamptz[], $4::timestamptz[]) ON CONFLICT DO NOTHING
        """

    /// Parameters: identifiers. Returns the tasks that are there.
    static let outboxEntriesSQL = "SELECT entry_id, note FROM outbox WHERE entry_id = ANY ($1::uuid[])"

    /// Parameters: a number. Returns that many tasks.
    static let openEntriesSQL = "SELECT entry_id, note FROM outbox LIMIT ($1::bigint[])[1]"

    /// Parameters: the present instant, the end of the lock, a number. Locks that many tasks and returns them.
    static let claimSQL = """
        UPDATE outbox SET locked_until = ($2::timestamptz[])[1]
        WHERE entry_id IN (
            SELECT entry_id FROM outbox WHERE locked_until < ($1::timestamptz[])[1]
            ORDER BY queued_at LIMIT ($3::bigint[])[1] FOR UPDATE SKIP LOCKED
        )
        RETURNING entry_id, note
        """

    /// Parameters: identifiers, tokens and notes of tombstones; of audit records identifiers, instants, lines, MACs,
    /// one for each task. Returns the tasks that it has removed.
    static let finishSQL = """
        WITH finished AS (
            DELETE FROM outbox USING unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS given (entry_id, token, note)
            WHERE outbox.entry_id = given.entry_id
            RETURNING outbox.entry_id, given.token, given.note
        ), certified AS (
            UPDATE tombstone SET note = finished.note FROM finished WHERE tombstone.token = finished.token
        ), recorded AS (
            INSERT INTO audit_record (record_id, at, line, mac)
            SELECT record_id, at, line, mac
            FROM unnest($1::uuid[], $4::uuid[], $5::timestamptz[], $6::bytea[], $7::bytea[])
                AS given (entry_id, record_id, at, line, mac)
            JOIN finished ON finished.entry_id = given.entry_id
            ON CONFLICT DO NOTHING
            RETURNING position
        ), queued AS (
            INSERT INTO audit_queue (position) SELECT position FROM recorded
        )
        SELECT entry_id FROM finished
        """
}
