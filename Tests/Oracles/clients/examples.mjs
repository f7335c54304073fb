// Runs every example of every contract through a client that `creditd client typescript` has printed, compiled.
//
//     node examples.mjs FOLDER-OF-creditd.mjs CREDITD SCHEMA/rpc
//
// Prints the number of examples, and each that was not answered as its contract says.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isDeepStrictEqual } from "node:util";

const [folder, program, contracts] = process.argv.slice(2);
const { Creditd, CreditdError } = await import(`${folder}/creditd.mjs`);
process.on("warning", (warning) => {
    throw warning;
});

const steps = (pointer) => pointer.split("/").slice(1);
const at = (value, pointer) => steps(pointer).reduce((inner, step) => inner[step], value);

function put(value, pointer, replacement) {
    const path = steps(pointer);
    const last = path.pop();
    if (last === undefined) return replacement;
    path.reduce((inner, step) => inner[step], value)[last] = replacement;
    return value;
}

/** A copy without the numbers that a double cannot hold, which JSON has no text for in JavaScript. */
const representable = (value) =>
    JSON.parse(JSON.stringify(value, (_, item) => (item === Infinity ? undefined : Object.is(item, -0) ? 0 : item)));

function complaint(example, result, error) {
    if (example.error !== undefined) {
        if (error === undefined) return `no error but ${JSON.stringify(result)}`;
        const told = error.violations[0]?.reason ?? error.reason;
        if (error.code !== example.error.code || told !== example.error.reason) return String(error);
        return error.constructor === CreditdError ? `${error} has no class` : undefined;
    }
    if (error !== undefined) return String(error.stack);
    let expected = representable(example.result);
    for (const pointer of example.varies ?? []) expected = put(expected, pointer, at(result, pointer));
    if (isDeepStrictEqual(result, expected)) return undefined;
    return `${JSON.stringify(result)} is not ${JSON.stringify(expected)}`;
}

async function play(creditd, method, example) {
    const results = [];
    for (const call of [...(example.given ?? []), { ...example, method }]) {
        let params = representable(call.params);
        for (const [target, source] of Object.entries(call.takes ?? {})) {
            params = put(params, target, at(results, source));
        }
        const [namespace, name] = call.method.split(".");
        // A method without params takes the options alone.
        const isTyped = creditd[namespace][name].toString().split("\n")[0].includes("params");
        const options = { timeoutMs: 60_000 };
        const answer = isTyped
            ? creditd[namespace][name](params, options)
            : creditd.call(call.method, params, options);
        if (call.method === method && results.length === (example.given ?? []).length) {
            try {
                return complaint(example, await answer);
            } catch (error) {
                if (!(error instanceof CreditdError)) throw error;
                return complaint(example, undefined, error);
            }
        }
        results.push(await answer);
    }
}

async function run(examples) {
    const home = mkdtempSync(`${tmpdir()}/creditd-`);
    const creditd = await new Creditd({ program, home }).open();
    try {
        for (const [method, example] of examples) {
            const text = await play(creditd, method, example);
            if (text !== undefined) wrong.push(`${method}, ${example.name}: ${text}`);
        }
    } finally {
        await creditd.close();
        rmSync(home, { recursive: true });
    }
}

/** Whom alone it is about, empty where it neither finds nor leaves anything in a home, null where it may be more. */
function subject(access, example) {
    const isIdle = example.error !== undefined || (access?.changes === undefined && access?.duty === undefined);
    if (example.given === undefined && isIdle) return "";
    const people = new Set(JSON.stringify([example.given, example.params]).match(/\b\d{11}\b/g));
    return people.size === 1 && access !== undefined && access.duty === undefined ? [...people][0] : null;
}

/** The examples of each daemon: a start takes longer than an example. */
const groups = [[]];
const bySubject = new Map();
for (const file of readdirSync(contracts).sort()) {
    const { access, examples } = JSON.parse(readFileSync(`${contracts}/${file}`, "utf8"));
    for (const example of examples) {
        const one = [file.slice(0, -".json".length), example];
        const who = subject(access, example);
        if (who === null) groups.push([one]);
        else if (who === "") groups[0].push(one);
        else bySubject.set(who, [...(bySubject.get(who) ?? []), one]);
    }
}
const longest = Math.max(...[...bySubject.values()].map((some) => some.length));
for (let index = 0; index < longest; index++) {
    groups.push([...bySubject.values()].flatMap((some) => some.slice(index, index + 1)));
}
const wrong = [];
let next = 0;
const worker = async () => {
    while (next < groups.length) await run(groups[next++]);
};
await Promise.all([worker(), worker(), worker(), worker()]);
console.log(groups.flat().length, "examples");
wrong.forEach((text) => console.log(text));
process.exitCode = wrong.length === 0 ? 0 : 1;
