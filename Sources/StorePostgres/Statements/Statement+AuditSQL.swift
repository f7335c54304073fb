/// The SQL of the audit log and its tree.
extension Statement {
    /// Parameters: identifiers, instants, lines, MACs. A record that is there already stays, and is queued no more.
    static let auditSQL = """
        WITH recorded AS (
            INSERT INTO audit_record (record_id, at, line, mac)
            SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::bytea[], $4::bytea[])
            ON CONFLICT DO NOTHING
            RETURNING position
        )
        INSERT INTO audit_queue (position) SELECT position FROM recorded
        """

    /// Parameters: of writes tokens, and as signs states of persons, or identifiers of debts, keys and details of
    /// payments, or none of these for deletions; the numbers of their shared lines from 1 on; of their own lines
    /// identifiers, instants, lines, MACs; of the shared lines the same.
    ///
    /// It follows the writes in their transaction. A write has taken place when its sign is there: the new state of its
    /// person, the new details of its payment, or the note of a deletion that this transaction has left. The records
    /// come behind the locks of their persons, so that those of one person are in the order of the writes.
    static let logWritesSQL = """
        WITH given AS MATERIALIZED (
            SELECT part, record_id, at, line, mac,
                CASE
                    WHEN state IS NOT NULL
                        THEN EXISTS (SELECT FROM person WHERE person.token = item.token AND person.state = item.state)
                    WHEN details IS NOT NULL THEN EXISTS (
                        SELECT FROM payment
                        WHERE payment.token = item.token AND payment.debt_id = item.debt_id
                            AND payment.payment_key = item.payment_key AND payment.details = item.details
                    )
                    ELSE EXISTS (
                        SELECT FROM deleted_person
                        WHERE deleted_person.token = item.token
                            AND deleted_person.xmin::text::bigint = txid_current() % 4294967296
                    )
                END AS is_written
            FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::uuid[], $5::bytea[], $6::bigint[], $7::uuid[],
                    $8::timestamptz[], $9::bytea[], $10::bytea[])
                AS item (token, state, debt_id, payment_key, details, part, record_id, at, line, mac)
        ), whole AS MATERIALIZED (
            SELECT part FROM given GROUP BY part HAVING bool_and(is_written)
        ), recorded AS (
            INSERT INTO audit_record (record_id, at, line, mac)
            SELECT record_id, at, line, mac
            FROM unnest($11::uuid[], $12::timestamptz[], $13::bytea[], $14::bytea[]) WITH ORDINALITY
                AS shared (record_id, at, line, mac, part)
            WHERE part IN (SELECT part FROM whole)
            UNION ALL
            SELECT record_id, at, line, mac FROM given WHERE is_written AND part NOT IN (SELECT part FROM whole)
            ON CONFLICT DO NOTHING
            RETURNING position
        )
        INSERT INTO audit_queue (position) SELECT position FROM recorded
        """

    /// Parameters: how many records at most, of 4 096. Returns the size with the head in a row of kind -1, the hashes of
    /// the tile of level N that is not full in rows of kind N, and the records that are not in the tree in rows of kind
    /// 4, by identifier and MAC. A position that waits and has no record comes with an empty MAC.
    ///
    /// One statement has one snapshot, so that the edge fits the size. No tile has more than 256 hashes, and where
    /// heads were removed the rest of the tree is not read.
    ///
    /// What the server knows of the queue is seldom so: it is empty again and again. So the first ones of it are taken
    /// before all else, and `OFFSET 0` has each record looked up by its position. Otherwise the server may read the
    /// whole log for a few records, or all that waits for the first ones; the number tells it how few rows come.
    static let auditEdgeSQL = """
        WITH tree AS MATERIALIZED (SELECT coalesce(max(size), 0) AS size FROM audit_head), waiting AS MATERIALIZED (
            SELECT position FROM (SELECT position FROM audit_queue ORDER BY position LIMIT 4096) AS first
            ORDER BY position LIMIT ($1::bigint[])[1]
        )
        SELECT -1::bigint AS kind, tree.size AS number, note AS content, NULL::uuid AS record_id
        FROM tree LEFT JOIN audit_head ON audit_head.size = tree.size
        UNION ALL
        (
            SELECT 0, leaf, hash, NULL FROM audit_leaf WHERE leaf >= (SELECT size / 256 * 256 FROM tree)
            ORDER BY leaf LIMIT 256
        )
        UNION ALL
        (
            SELECT 1, number, root, NULL FROM audit_tile
            WHERE level = 0 AND number >= (SELECT (size >> 8) / 256 * 256 FROM tree)
            ORDER BY number LIMIT 256
        )
        UNION ALL
        (
            SELECT 2, number, root, NULL FROM audit_tile
            WHERE level = 1 AND number >= (SELECT (size >> 16) / 256 * 256 FROM tree)
            ORDER BY number LIMIT 256
        )
        UNION ALL
        (
            SELECT 3, number, root, NULL FROM audit_tile
            WHERE level = 2 AND number >= (SELECT (size >> 24) / 256 * 256 FROM tree)
            ORDER BY number LIMIT 256
        )
        UNION ALL
        (
            SELECT 4, waiting.position, coalesce(mac, ''), coalesce(record_id, '00000000-0000-0000-0000-000000000000')
            FROM waiting LEFT JOIN LATERAL (
                SELECT mac, record_id FROM audit_record
                WHERE audit_record.position = waiting.position OFFSET 0
            ) AS record ON true
        )
        ORDER BY kind, number
        """

    /// Parameters: positions. `OFFSET 0` has each record looked up by its own.
    static let recordsAtSQL = """
        SELECT record.* FROM unnest($1::bigint[]) AS given (position), LATERAL (
            SELECT position, record_id, at, line, mac FROM audit_record
            WHERE audit_record.position = given.position OFFSET 0
        ) AS record
        """

    /// Lets one process at a time add to the tree, until its transaction ends.
    static let lockTreeSQL = """
        SELECT 1::bigint FROM pg_advisory_xact_lock(hashtextextended('creditd audit tree ' || current_schema(), 0))
        """

    /// Parameters: the size before; of leaves numbers, positions, hashes; of tiles levels, numbers, hashes, roots; of
    /// the head size, note; positions that become no leaves. Returns the new size, and no row when the tree has another
    /// size than expected.
    static let growTreeSQL = """
        WITH tree AS MATERIALIZED (
            SELECT 1 WHERE coalesce((SELECT max(size) FROM audit_head), 0) = ($1::bigint[])[1]
        ), leaves AS (
            INSERT INTO audit_leaf (leaf, position, hash)
            SELECT leaf, position, hash
            FROM unnest($2::bigint[], $3::bigint[], $4::bytea[]) AS given (leaf, position, hash), tree
        ), tiles AS (
            INSERT INTO audit_tile (level, number, hashes, root)
            SELECT level::smallint, number, hashes, root
            FROM unnest($5::bigint[], $6::bigint[], $7::bytea[], $8::bytea[]) AS given (level, number, hashes, root),
                tree
        ), taken AS (
            DELETE FROM audit_queue USING tree WHERE position = ANY ($3::bigint[] || $11::bigint[])
        )
        INSERT INTO audit_head (size, note) SELECT ($9::bigint[])[1], ($10::bytea[])[1] FROM tree RETURNING size
        """

    private static let leafColumns = """
        SELECT audit_leaf.leaf, audit_leaf.hash, audit_record.position, record_id, at, line, mac
        FROM audit_leaf LEFT JOIN audit_record ON audit_record.position = audit_leaf.position
        """

    /// Parameters: the first leaf, how many at most.
    static let leavesSQL = """
        \(leafColumns) WHERE leaf >= ($1::bigint[])[1] ORDER BY leaf LIMIT ($2::bigint[])[1]
        """

    /// Parameters: identifiers of records.
    static let leafOfRecordSQL = "\(leafColumns) WHERE record_id = ANY ($1::uuid[])"

    /// Parameters: levels, numbers.
    static let tilesSQL = """
        SELECT audit_tile.level::bigint, audit_tile.number, hashes, root
        FROM unnest($1::bigint[], $2::bigint[]) AS given (level, number)
        JOIN audit_tile ON audit_tile.level = given.level::smallint AND audit_tile.number = given.number
        """

    /// Parameters: a size, how many at most.
    static let headsSQL = """
        SELECT note FROM audit_head WHERE size > ($1::bigint[])[1] ORDER BY size LIMIT ($2::bigint[])[1]
        """

    /// Parameters: from, to; a position; how many at most.
    static let findRecordsSQL = """
        SELECT audit_record.position, record_id, at, line, mac FROM audit_record
        WHERE at >= ($1::timestamptz[])[1] AND at < ($2::timestamptz[])[1]
            AND audit_record.position < ($3::bigint[])[1]
        ORDER BY audit_record.position DESC LIMIT ($4::bigint[])[1]
        """

    /// Parameters: a position, how many at most.
    static let strayRecordsSQL = """
        SELECT audit_record.position, record_id, at, line, mac FROM audit_record
        WHERE audit_record.position >= ($1::bigint[])[1]
            AND NOT EXISTS (SELECT FROM audit_leaf WHERE audit_leaf.position = audit_record.position)
            AND NOT EXISTS (SELECT FROM audit_queue WHERE audit_queue.position = audit_record.position)
        ORDER BY audit_record.position LIMIT ($2::bigint[])[1]
        """

    /// Parameters: the first tile, the tile behind the last, the MAC.
    static let dropSegmentSQL = """
        WITH leaves AS (
            DELETE FROM audit_leaf
            WHERE leaf >= ($1::bigint[])[1] * 256 AND leaf < ($2::bigint[])[1] * 256
            RETURNING position
        ), records AS (
            DELETE FROM audit_record USING leaves WHERE audit_record.position = leaves.position
        )
        INSERT INTO audit_segment (first_tile, past_tile, mac)
        VALUES (($1::bigint[])[1], ($2::bigint[])[1], ($3::bytea[])[1])
        """
}
