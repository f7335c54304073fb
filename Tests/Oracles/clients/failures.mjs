// Tries what goes wrong between a client that `creditd client typescript` has printed, compiled, and its daemon.
//
//     node failures.mjs FOLDER-OF-creditd.mjs CREDITD STAND-IN

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const [folder, program, standIn] = process.argv.slice(2);
const {
    Client,
    ConnectionLost,
    Creditd,
    DeadlineExceeded,
    InvalidParams,
    InvalidRequest,
    NotFound,
    ParseError,
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
    await unsendable(creditd);
    Client.graceMs = 100;
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

/** What the daemon could not read, and thus not answer by its id, is not sent; the nearest to it is. */
async function unsendable(creditd) {
    const nested = (levels) => (levels === 0 ? [] : [nested(levels - 1)]);
    const bottomless = Array.from({ length: 100_000 }).reduce((inner) => [inner], []);
    for (const value of ["\\ud83d", "\\\\ud83d", "[[[\"".repeat(99), "\u{1f600}", nested(61)]) {
        assert.deepEqual(await creditd.system.echo({ value }), { value });
    }
    for (const [reason, value] of [
        ["unpaired_surrogate", "secret\ud83d"],
        ["unpaired_surrogate", { "secret\\\udc00": 1 }],
        ["too_deep", nested(62)],
        ["too_deep", bottomless],
    ]) {
        const error = await raised(ParseError, creditd.system.echo({ value }));
        assert.equal(error.reason, reason);
        assert.ok(!String(error.stack).includes("secret"));
    }
    for (const timeoutMs of [Infinity, 30 * 86_400_000, 0]) {
        assert.equal(await creditd.system.ping({ timeoutMs }), "pong");
    }
    for (const timeoutMs of [NaN, -1]) await assert.rejects(creditd.system.ping({ timeoutMs }), RangeError);
}

/** Lines that are no answers are passed over, and what answers a call wrongly fails it. */
async function wrongLines(creditd) {
    const echo = (...lines) => creditd.call("system.echo", { lines });
    const passedOver = [
        ...["null", "5", "[]", '"text"', "{}", "[".repeat(100_000), '{"id":true,"result":1}', '{"id":[],"result":1}'],
        ...['{"method":"$/progress"}', '{"method":"$/progress","params":[5]}', '{"method":"$/progress","params":null}'],
        '{"id":null}',
    ];
    assert.equal(await echo(...passedOver, '{"id":ID,"result":7}'), 7);
    for (const rest of ["", ',"error":5', ',"error":null', ',"error":[]', ',"error":{"code":"x"}']) {
        await raised(ConnectionLost, echo(`{"id":ID${rest}}`));
    }
    for (const data of ['{"violations":[5,{}]}', '{"violations":5}', "5"]) {
        await raised(InvalidParams, echo(`{"id":ID,"error":{"code":-32602,"data":${data}}}`));
    }
    const unread = '{"id":null,"error":{"code":-32700,"message":"m","data":{"reason":"too_deep"}}}';
    assert.equal((await raised(ParseError, echo(unread))).reason, "too_deep");
    const other = raised(ConnectionLost, creditd.call("system.echo", { silent: true }, { isRepeatable: true }));
    assert.ok(!(await raised(ConnectionLost, echo(unread))).retryable);
    assert.ok((await other).retryable);
}

/** A program that closes no client ends at once, and says nothing. */
function forgotten(home) {
    const code = `import { Creditd } from "${folder}/creditd.mjs";
        const creditd = await new Creditd(${JSON.stringify({ program, home })}).open();
        await creditd.system.ping();`;
    const options = { encoding: "utf8", timeout: 60_000 };
    const ended = spawnSync(process.execPath, ["--input-type=module", "-e", code], options);
    assert.deepEqual([ended.status, ended.stdout, ended.stderr], [0, "", ""]);
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
    await wrongLines(creditd);
    assert.equal(await creditd.close(), 0);
    assert.equal(lines, 4 * 8738);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /creditd client typescript/);
}

async function withoutDaemon() {
    for (const unfit of ["/nowhere/creditd", "/etc/passwd/creditd", "cat", "true"]) {
        assert.ok(!(await raised(ConnectionLost, new Creditd({ program: unfit }).open())).retryable);
    }
    const refused = await raised(ConnectionLost, new Creditd({ program, home: "/proc/nowhere" }).open());
    assert.equal(refused.data.exitCode, 69);
    assert.match(refused.message, /\/proc\/nowhere/);
    const creditd = await new Creditd({ program, home: `${home}/ends` }).open();
    assert.equal(await creditd.close(), 0);
    await raised(ConnectionLost, creditd.system.ping());
}

const home = mkdtempSync(`${tmpdir()}/creditd-`);
await withDaemon(home);
forgotten(home);
await withStandIn();
await withoutDaemon();
rmSync(home, { recursive: true });
console.log("done");
