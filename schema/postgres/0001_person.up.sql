-- Base A: persons, their debts and the audit log. Every personal value is sealed before it gets here.
--
-- Who is who: the role that runs this owns the tables (a migrator, who needs CREATE on the schema). The daemon logs in
-- as another role, which owns nothing, and gets its rights as a member of the group role `creditd`:
--
--     CREATE ROLE creditd NOLOGIN;                                   -- done below when it is not there yet
--     CREATE ROLE creditd_app LOGIN PASSWORD '...' IN ROLE creditd;  -- the administrator's, once for each daemon
--
-- A role belongs to the whole cluster, so `down` leaves it: other databases may use it too.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'creditd') THEN
        CREATE ROLE creditd NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- another database's migration was faster
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the role creditd is missing, and only an administrator may run CREATE ROLE creditd NOLOGIN';
END
$$;

-- The token is the key everywhere: it is what every statement looks for, and what a sharded engine (Citus, YugabyteDB)
-- can spread all the tables by.
CREATE TABLE person (
    token bytea PRIMARY KEY CHECK (octet_length(token) = 32),
    data_key bytea NOT NULL,
    identity bytea NOT NULL,
    address bytea,
    version bigint NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE debt (
    token bytea NOT NULL REFERENCES person (token) ON DELETE CASCADE,
    debt_id uuid NOT NULL,
    position bigint NOT NULL,
    details bytea NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (token, debt_id)
);

-- It outlives the persons that it tells of, hence no reference to them. Identifiers grow with time, so the index grows
-- at its end.
CREATE TABLE audit (
    audit_id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    token bytea NOT NULL CHECK (octet_length(token) = 32),
    action text NOT NULL,
    purpose text,
    requester text
);

-- Rights do not bind the owner and superusers; these make a slip of theirs fail as well.
CREATE FUNCTION audit_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is insert-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses_change();

REVOKE ALL ON person, debt, audit, creditd_migration FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON person, debt TO creditd;
GRANT INSERT ON audit TO creditd;
GRANT SELECT ON creditd_migration TO creditd;
