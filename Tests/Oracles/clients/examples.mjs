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

async function run(method, example) {
    const home = mkdtempSync(`${tmpdir()}/creditd-`);
    const creditd = await new Creditd({ program, home }).open();
    try {
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
    } finally {
        await creditd.close();
        rmSync(home, { recursive: true });
    }
}

const examples = readdirSync(contracts)
    .sort()
    .flatMap((file) => {
        const { examples } = JSON.parse(readFileSync(`${contracts}/${file}`, "utf8"));
        return examples.map((example) => [file.slice(0, -".json".length), example]);
    });
const wrong = [];
let next = 0;
const worker = async () => {
    while (next < examples.length) {
        const [method, example] = examples[next++];
        const text = await run(method, example);
        if (text !== undefined) wrong.push(`${method}, ${example.name}: ${text}`);
    }
};
await Promise.all([worker(), worker(), worker(), worker()]);
console.log(examples.length, "examples");
wrong.forEach((text) => console.log(text));
process.exitCode = wrong.length === 0 ? 0 : 1;
