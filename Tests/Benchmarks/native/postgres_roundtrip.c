// postgres_roundtrip URL COUNT SUBJECTS AUDIT READ: one person at a time by libpq, on the tables that
// bare_postgres.py made: the prepared statements AUDIT (audit id, n) and READ (n) in one transaction, one round trip.
#include "samples.h"
#include <postgresql/libpq-fe.h>

static PGconn *postgres;

static void check(int is_good) {
    if (is_good) return;
    fprintf(stderr, "postgres_roundtrip: %s\n", PQerrorMessage(postgres));
    exit(1);
}

// The rows of the next result, and the NULL behind it.
static int rows(ExecStatusType expected) {
    PGresult *result = PQgetResult(postgres);
    check(PQresultStatus(result) == expected);
    int count = PQntuples(result);
    PQclear(result);
    if (expected != PGRES_PIPELINE_SYNC) check(PQgetResult(postgres) == NULL);
    return count;
}

static void prepare(const char *name, const char *sql) {
    PGresult *result = PQprepare(postgres, name, sql, 0, NULL);
    check(PQresultStatus(result) == PGRES_COMMAND_OK);
    PQclear(result);
}

int main(int count, char **arguments) {
    if (count != 6) return 64;
    postgres = PQconnectdb(arguments[1]);
    check(PQstatus(postgres) == CONNECTION_OK);
    long rounds = atol(arguments[2]), subjects = atol(arguments[3]);
    prepare("audit", arguments[4]);
    prepare("read", arguments[5]);
    check(PQenterPipelineMode(postgres));
    struct samples samples = {0};
    int64_t audit_id = now();
    for (long round = 0; round < rounds; round++) {
        char id[32], subject[32];
        snprintf(id, sizeof id, "%ld", (long)audit_id++);
        snprintf(subject, sizeof subject, "%ld", 1 + random() % subjects);
        const char *audit[] = {id, subject}, *read[] = {subject};
        int64_t start = now();
        check(PQsendQueryPrepared(postgres, "audit", 2, audit, NULL, NULL, 1)
              && PQsendQueryPrepared(postgres, "read", 1, read, NULL, NULL, 1) && PQpipelineSync(postgres));
        rows(PGRES_COMMAND_OK);
        check(rows(PGRES_TUPLES_OK) > 0);
        rows(PGRES_PIPELINE_SYNC);
        add_sample(&samples, now() - start);
    }
    print_samples(&samples);
    return 0;
}
