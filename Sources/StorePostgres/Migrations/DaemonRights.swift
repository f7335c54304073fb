/// The rights of the group role `creditd`, of which the daemon's role is a member.
enum DaemonRights {
    /// The rights on each table, and the step that creates the table; nil for the table of the migrations itself.
    static let tables: [(name: String, step: String?, rights: [String])] = [
        ("creditd_migration", nil, ["SELECT"]),
        ("person", "0001_person", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("debt", "0001_person", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("audit", "0001_person", ["INSERT"]),
        ("key_ring", "0002_key_ring", ["SELECT", "INSERT"]),
        ("deleted_person", "0003_payments_and_receipts", ["SELECT", "INSERT", "UPDATE"]),
        ("payment", "0003_payments_and_receipts", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("receipt", "0003_payments_and_receipts", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("audit_record", "0004_audit_tree", ["SELECT", "INSERT"]),
        ("audit_queue", "0004_audit_tree", ["SELECT", "INSERT", "DELETE"]),
        ("audit_leaf", "0004_audit_tree", ["SELECT", "INSERT"]),
        ("audit_tile", "0004_audit_tree", ["SELECT", "INSERT"]),
        ("audit_head", "0004_audit_tree", ["SELECT", "INSERT"]),
        ("audit_segment", "0004_audit_tree", ["SELECT"]),
        ("tombstone", "0006_erasure", ["SELECT", "INSERT", "UPDATE"]),
        ("outbox", "0006_erasure", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("blocked_subject", "0006_erasure", ["SELECT", "INSERT", "DELETE"]),
        ("request", "0007_rights", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("consent", "0007_rights", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("cadastro", "0007_rights", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("wrapping_key", "0008_wrapping_keys", ["SELECT", "INSERT", "UPDATE"]),
        ("data_key_generation", "0009_data_keys", ["SELECT", "UPDATE"]),
        // More than the steps have granted that made the tables.
        ("deleted_person", "0006_erasure", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("blocked_subject", "0010_token_keys", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ]

    /// SQL that gives the role these rights, and no others, on the tables of the applied steps; the owner of tables and
    /// schema runs it. It creates the role when it is missing.
    static func sql(_ applied: Set<String>) -> String {
        let grants = chosen(applied).map { table in
            """
            REVOKE ALL ON \(table.name) FROM PUBLIC, creditd;
            GRANT \(table.rights.joined(separator: ", ")) ON \(table.name) TO creditd;
            """
        }
        return """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'creditd') THEN
                    CREATE ROLE creditd NOLOGIN;
                END IF;
                IF NOT has_schema_privilege('creditd', current_schema(), 'USAGE') THEN
                    EXECUTE format('GRANT USAGE ON SCHEMA %I TO creditd', current_schema());
                END IF;
            END $$;

            """ + grants.joined(separator: "\n")
    }

    /// A query with a sentence for the schema or table on which the caller may grant nothing, and for each right that
    /// the role lacks all the same.
    static func missing(_ applied: Set<String>) -> String {
        let rights = chosen(applied).flatMap { table in table.rights.map { "('\(table.name)', '\($0)')" } }
        let tables = chosen(applied).map { "to_regclass('\($0.name)')" }
        return """
            SELECT format('the schema %I belongs to the role %I', nspname, pg_get_userbyid(nspowner))
            FROM pg_namespace WHERE nspname = current_schema() AND NOT has_schema_privilege('creditd', oid, 'USAGE')
            UNION ALL SELECT format('the table %I belongs to the role %I', relname, pg_get_userbyid(relowner))
            FROM pg_class
            WHERE oid IN (\(tables.joined(separator: ", "))) AND NOT pg_has_role(relowner, 'USAGE')
            UNION ALL SELECT format('creditd still lacks %s on the table %I', kind, name)
            FROM (VALUES \(rights.joined(separator: ", "))) AS needed (name, kind)
            WHERE NOT has_table_privilege('creditd', to_regclass(name), kind)
            """
    }

    private static func chosen(_ applied: Set<String>) -> [(name: String, step: String?, rights: [String])] {
        tables.filter { table in table.step.map(applied.contains) ?? true }
    }
}
