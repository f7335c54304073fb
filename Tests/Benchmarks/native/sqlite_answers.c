// sqlite_answers FILE: the least that could answer event.latest from SQLite through a pipe, line by line: the CPF is
// looked up as it is found in the line, and nothing is checked, parsed or keyed. `make` as the second argument takes
// the CPFs of stdin, a line each, and makes the file.
#define _GNU_SOURCE
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static sqlite3 *database;

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK) return statement;
    fprintf(stderr, "sqlite_answers: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static void run(const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) exit(1);
}

static void make(void) {
    static const char *kinds[] = {"bureau_query", "movement", "card_purchase"};
    static const char body[] = "{\"occurredAt\":\"2026-11-21T00:00:00Z\",\"amountCents\":620000,\"channel\":\"pix\"}";
    char cpf[64];
    run("CREATE TABLE latest (cpf TEXT, kind TEXT, body BLOB, PRIMARY KEY (cpf, kind)) WITHOUT ROWID; BEGIN");
    sqlite3_stmt *insert = prepare("INSERT INTO latest VALUES (?, ?, ?)");
    while (fgets(cpf, sizeof cpf, stdin)) {
        for (int kind = 0; kind < 3; kind++) {
            sqlite3_bind_text(insert, 1, cpf, 11, SQLITE_TRANSIENT);
            sqlite3_bind_text(insert, 2, kinds[kind], -1, SQLITE_STATIC);
            sqlite3_bind_blob(insert, 3, body, sizeof body - 1, SQLITE_STATIC);
            if (sqlite3_step(insert) != SQLITE_DONE) exit(1);
            sqlite3_reset(insert);
        }
    }
    run("COMMIT");
}

// The daemon's drivers begin with a ping, which has no CPF: it is answered with an empty object as well.
static int answer(sqlite3_stmt *select, const char *line, char *answer, size_t room) {
    const char *id = strstr(line, "\"id\":"), *cpf = strstr(line, "\"cpf\":\"");
    long number = id ? strtol(id + 5, NULL, 10) : 0;
    int length = snprintf(answer, room, "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":{", number);
    if (cpf) sqlite3_bind_text(select, 1, cpf + 7, 11, SQLITE_STATIC);
    for (int row = 0; cpf && sqlite3_step(select) == SQLITE_ROW; row++) {
        length += snprintf(answer + length, room - (size_t)length, "%s\"%s\":%.*s", row ? "," : "",
                           (const char *)sqlite3_column_text(select, 0), sqlite3_column_bytes(select, 1),
                           (const char *)sqlite3_column_blob(select, 1));
    }
    sqlite3_reset(select);
    return length + snprintf(answer + length, room - (size_t)length, "}}\n");
}

int main(int count, char **arguments) {
    if (count < 2 || sqlite3_open(arguments[1], &database) != SQLITE_OK) return 64;
    if (count == 3) {
        make();
        return 0;
    }
    sqlite3_stmt *select = prepare("SELECT kind, body FROM latest WHERE cpf = ?");
    char line[4096], result[4096];
    while (fgets(line, sizeof line, stdin)) {
        int length = answer(select, line, result, sizeof result);
        if (write(STDOUT_FILENO, result, (size_t)length) != length) return 1;
    }
    return 0;
}
