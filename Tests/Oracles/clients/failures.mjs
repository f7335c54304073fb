// Tries what goes wrong between a client that `creditd client typescript` has printed, compiled, and its daemon.
//
//     node failures.mjs FOLDER-OF-creditd.mjs CREDITD STAND-IN

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const [folder, program, standIn] = process.argv.slice(2);
const {
    ConnectionLost,
    Creditd,
    DeadlineExceeded,
    InvalidParams,
    InvalidRequest,
    NotFound,
    RequestCancelled,
    VersionConflict,
    idempotencyKey,
} = await import(`${folder}/creditd.mjs`);

const warnings = [];
process.on("warning", (warning) => warnings.push(warning.message));

const address = {
    postalCode: "20040002",
    street: "Avenida Rio Branco",
    number: "1",
    district: "Centro",
    city: "Rio de Janeiro",
    state: "RJ",
};
const person = (cpf = "52998224725") => ({ cpf, name: "Maria", birthDate: "1959-01-01", address });
const cpf = "52998224725";

async function raised(kind, call) {
    const error = await call.then((result) => assert.fail(`${JSON.stringify(result)} instead of ${kind.name}`), (e) => e);
    assert.equal(error.constructor, kind, String(error.stack));
    return error;
}

/** Stops a process, and returns once every thread of it stands. */
function stop(pid) {
    process.kill(pid, "SIGSTOP");
    const state = (task) => readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8").split(") ").pop()[0];
    while (readdirSync(`/proc/${pid}/task`).some((task) => state(task) !== "T"));
}

async function withDaemon(home) {
    const creditd = await new Creditd({ program, home }).open();
    const nobody = await raised(NotFound, creditd.person.get({ cpf, purpose: "credit_protection" }));
    assert.deepEqual([nobody.code, nobody.reason, nobody.retryable], [1001, "not_found", false]);
    const wrong = await raised(InvalidParams, creditd.person.get({ cpf: "1", purpose: "credit_protection" }));
    assert.deepEqual(wrong.violations.map(({ pointer }) => pointer), ["/cpf"]);

    const key = idempotencyKey();
    const first = await creditd.person.create(person(), { idempotencyKey: key });
    assert.deepEqual(await creditd.person.create(person(), { idempotencyKey: key }), first);
    const patch = { name: "Ana" };
    assert.equal((await raised(VersionConflict, creditd.person.update({ cpf, patch, expectedVersion: 9 }))).version, 1);
    assert.equal((await creditd.call("person.delete", { cpf }, { dryRun: true })).dryRun, true);
    const notices = [];
    const onProgress = ({ kind }) => notices.push(kind);
    await creditd.person.get({ cpf, purpose: "credit_protection" }, { onProgress });
    assert.deepEqual(notices, ["begin", "report", "end"]);

    await raised(InvalidRequest, creditd.system.echo({ text: "ã".repeat(1 << 20) }));
    await assert.rejects(creditd.system.echo({ number: NaN }), TypeError);
    const pid = creditd.child.pid;
    stop(pid);
    assert.ok((await raised(DeadlineExceeded, creditd.event.latest({ cpf }, { timeoutMs: 50 }))).retryable);
    const late = await raised(DeadlineExceeded, creditd.person.create(person("11144477735"), { timeoutMs: 50 }));
    assert.ok(!late.retryable);
    process.kill(pid, "SIGCONT");
    assert.equal(await creditd.system.ping(), "pong");

    stop(pid);
    const reads = Array.from({ length: 10 }, () => raised(ConnectionLost, creditd.event.latest({ cpf })));
    const write = raised(ConnectionLost, creditd.person.create(person("39053344705")));
    await sleep(50);
    process.kill(pid, "SIGKILL");
    for (const read of reads) assert.ok((await read).retryable);
    assert.ok(!(await write).retryable);
    assert.match((await raised(ConnectionLost, creditd.system.ping())).message, /SIGKILL/);
    assert.equal(await creditd.close(), null);
}

async function withStandIn() {
    let lines = 0;
    const creditd = await new Creditd({ program: standIn, onLog: () => lines++ }).open();
    assert.equal((await creditd.call("system.echo", { bytes: 40_000_000 })).length, 40_000_000);
    const controller = new AbortController();
    const waiting = raised(RequestCancelled, creditd.call("system.echo", { silent: true }, controller));
    await sleep(50);
    controller.abort();
    await waiting;
    await raised(RequestCancelled, creditd.call("system.echo", { silent: true }, controller));
    const options = { idempotencyKey: "k", timeoutMs: 2000 };
    const received = await creditd.call("system.echo", { received: true }, options);
    const silent = received.filter(({ params }) => params?.silent);
    assert.equal(silent.length, 1);
    const cancelled = received.filter(({ method }) => method === "$/cancelRequest");
    assert.deepEqual(cancelled.map(({ params }) => params), [{ id: silent[0].id }]);
    assert.deepEqual(received.at(-1).meta, { deadlineMs: 2000, idempotencyKey: "k" });
    assert.equal(await creditd.close(), 0);
    assert.equal(lines, 4 * 8738);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /creditd client typescript/);
}

async function withoutDaemon() {
    await raised(ConnectionLost, new Creditd({ program: "/nowhere/creditd" }).open());
    const refused = await raised(ConnectionLost, new Creditd({ program, home: "/proc/nowhere" }).open());
    assert.equal(refused.data.exitCode, 69);
    assert.match(refused.message, /\/proc\/nowhere/);
    const creditd = await new Creditd({ program, home: `${home}/ends` }).open();
    assert.equal(await creditd.close(), 0);
    await raised(ConnectionLost, creditd.system.ping());
}

const home = mkdtempSync(`${tmpdir()}/creditd-`);
await withDaemon(home);
await withStandIn();
await withoutDaemon();
rmSync(home, { recursive: true });
console.log("done");
