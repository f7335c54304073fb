-- What persons ask for by their rights, what they consent to, and whether their register of positive data is open.

-- Requests outlive their persons, because the law's clock runs on, hence no reference to them. `details` are sealed
-- with the person's data key: they cannot be opened once the person is deleted. `late_from` is the instant at which
-- the law's term is over.
CREATE TABLE request (
    request_id uuid PRIMARY KEY,
    token bytea NOT NULL CHECK (octet_length(token) = 32),
    kind text NOT NULL,
    debt_id uuid,
    received_at timestamptz NOT NULL,
    late_from timestamptz NOT NULL,
    details bytea,
    done_at timestamptz,
    outcome text,
    CHECK ((done_at IS NULL) = (outcome IS NULL))
);

CREATE INDEX request_token ON request (token, request_id);
CREATE INDEX request_open ON request (late_from, request_id) WHERE done_at IS NULL;
CREATE INDEX request_late_from ON request (late_from, request_id);
CREATE UNIQUE INDEX request_dispute ON request (token, debt_id) WHERE done_at IS NULL AND kind = 'dispute';

CREATE TABLE consent (
    token bytea NOT NULL REFERENCES person (token) ON DELETE CASCADE,
    consent_id uuid NOT NULL,
    details bytea NOT NULL,
    granted_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (token, consent_id)
);

-- A row for each register that was ever closed; it outlives the person, so that nobody opens it by another creation.
CREATE TABLE cadastro (
    token bytea PRIMARY KEY CHECK (octet_length(token) = 32),
    cancelled_at timestamptz NOT NULL,
    reopened_at timestamptz
);

REVOKE ALL ON request, consent, cadastro FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON request, consent, cadastro TO creditd;
