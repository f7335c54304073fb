/**
 * A typed client of creditd, as `creditd client typescript` prints it: one module for Node 18 or later, nothing to
 * install; TypeScript 4.8 or later compiles it, with or without @types/node.
 *
 *     const creditd = await new Creditd({ home: "data" }).open();
 *     const person = await creditd.person.get({ cpf, purpose: "credit_protection" }, { timeoutMs: 500 });
 *     await creditd.close();
 *
 * Members have the names that they have on the wire.
 */

// @ts-ignore: @types/node may be missing.
import { spawn } from "node:child_process";
// @ts-ignore: @types/node may be missing.
import { randomUUID } from "node:crypto";
// @ts-ignore: @types/node may be missing.
import { emitWarning, env } from "node:process";
// @ts-ignore: @types/node may be missing.
import { clearTimeout, setTimeout } from "node:timers";

/** One place where params are invalid: pointers and a reason, never a value. */
export interface Violation {
    pointer: string;
    keyword: string;
    reason: string;
    accepted?: string;
}

/** A notice of work under way, as the Language Server Protocol has it. */
export interface Progress {
    kind: "begin" | "report" | "end";
    title?: string;
    message?: string;
    percentage?: number;
}

/** What an error says beside its message. */
export interface ErrorDetails {
    code?: number;
    reason?: string;
    data?: Readonly<Record<string, unknown>>;
    isRepeatable?: boolean;
}

/** A call without a result. `reason` is stable; no text holds a value of the request. */
export class CreditdError extends Error {
    /** Whether the same call may succeed, made again: always, never, or where it cannot take effect twice. */
    static readonly retry: "always" | "repeatable" | "never" = "never";

    readonly code: number;
    readonly reason: string;
    readonly data: Readonly<Record<string, unknown>>;
    /** Whether the same call can be made again without harm, and may then succeed. */
    readonly retryable: boolean;

    constructor(message: string, details: ErrorDetails = {}) {
        const reason = details.reason ?? "";
        const places = violationsOf(details.data).map((violation) => `${violation.pointer}: ${violation.reason}`);
        super(reason === "" ? message : `${message} [${[reason, ...places].join(", ")}]`);
        this.name = new.target.name;
        this.code = details.code ?? 0;
        this.reason = reason;
        this.data = details.data ?? {};
        const retry = new.target.retry;
        this.retryable = retry === "always" || (retry === "repeatable" && details.isRepeatable === true);
    }

    /** Where the params are invalid; empty for other errors. */
    get violations(): readonly Violation[] {
        return violationsOf(this.data);
    }

    /** Milliseconds to wait before the next try, where the daemon tells them. */
    get retryAfterMs(): number | undefined {
        return this.data["retryAfterMs"] as number | undefined;
    }
}

/** Where the params are invalid, as an error's data tell it. */
function violationsOf(data: Readonly<Record<string, unknown>> | undefined): readonly Violation[] {
    const entries = data?.["violations"];
    return Array.isArray(entries) ? entries.filter((entry) => typeof entry === "object" && entry !== null) : [];
}

/**
 * The daemon cannot be started, has ended, is closed or answers otherwise than creditd does; whether it carried out
 * the call is not known.
 */
export class ConnectionLost extends CreditdError {
    static override readonly retry: "always" | "repeatable" | "never" = "repeatable";
}

/** What an AbortSignal has. */
export interface CancelSignal {
    readonly aborted: boolean;
    addEventListener(event: "abort", listener: () => void): void;
    removeEventListener(event: "abort", listener: () => void): void;
}

/** How one call is made. */
export interface CallOptions {
    /**
     * When the daemon gives up; a little later the client does, in case that the daemon hangs. Infinity is no
     * deadline, and none is later than a day.
     */
    timeoutMs?: number | undefined;
    /** Cancels the request when it is aborted; the call then fails with RequestCancelled. */
    signal?: CancelSignal | undefined;
    onProgress?: ((progress: Progress) => void) | undefined;
}

/** How a call that writes is made. */
export interface WriteOptions extends CallOptions {
    /** A write that is sent again under its key takes effect once; `idempotencyKey()` makes one. */
    idempotencyKey?: string | undefined;
}

/** How any call by its name is made. */
export interface RawOptions extends WriteOptions {
    /** Nothing is done, and the answer tells what would be. */
    dryRun?: boolean | undefined;
    /** The call cannot take effect twice, so that more errors are `retryable`. */
    isRepeatable?: boolean | undefined;
}

/** What the daemon is started with. */
export interface ClientOptions {
    program?: string | undefined;
    home?: string | undefined;
    args?: readonly string[] | undefined;
    /** Added to this process's environment. */
    env?: Readonly<Record<string, string>> | undefined;
    /** Is given the lines of the daemon's stderr. */
    onLog?: ((line: string) => void) | undefined;
}

/** Makes a key under which a write that is sent again takes effect once. */
export function idempotencyKey(): string {
    return randomUUID() as string;
}

/** What holds the process open, or not. */
interface Handle {
    ref?(): void;
    unref?(): void;
}

interface Readable extends Handle {
    setEncoding(encoding: "utf8"): void;
    on(event: "data", listener: (text: string) => void): void;
}

interface Writable extends Handle {
    write(text: string): boolean;
    end(): void;
    on(event: "error", listener: () => void): void;
}

interface ChildProcess extends Handle {
    readonly stdin: Writable;
    readonly stdout: Readable;
    readonly stderr: Readable;
    kill(signal: "SIGKILL"): boolean;
    on(event: "error", listener: (error: Error) => void): void;
    on(event: "exit" | "close", listener: (code: number | null, signal: string | null) => void): void;
}

interface Waiting {
    resolve(result: unknown): void;
    reject(error: CreditdError): void;
    isRepeatable: boolean;
    onProgress: ((progress: Progress) => void) | undefined;
}

/** One daemon as a child process, and the calls that wait for its answers. */
export class Client {
    /** Milliseconds after a deadline when the client stops waiting for the daemon to tell that it has passed. */
    static readonly graceMs = 500;
    /** The longest deadline in milliseconds; the daemon has no longer ones. */
    private static readonly longestMs = 86_400_000;
    private static readonly logLines = 20;
    private static readonly logLineLength = 4096;

    private child: ChildProcess | undefined;
    private readonly waiting = new Map<number, Waiting>();
    private readonly log: string[] = [];
    private lost: { message: string; data: Record<string, unknown> } | undefined;
    private ended: Promise<number | null> = Promise.resolve(null);
    private isClosing = false;
    private isHeld = true;
    private last = 0;
    private longestLine = 1 << 20;
    private deepest = 64;
    private readonly options: ClientOptions;

    constructor(options: ClientOptions = {}) {
        this.options = options;
    }

    /** Starts the daemon and waits until it answers; warns where its contracts are not those of this file. */
    async open(): Promise<this> {
        if (this.child !== undefined) throw new Error("a client is opened once");
        const program = this.options.program ?? "creditd";
        const home = this.options.home === undefined ? [] : ["--home", this.options.home];
        const child = this.start(program, [...(this.options.args ?? []), ...home]);
        this.child = child;
        this.ended = new Promise((resolve) => this.watch(child, program, resolve));
        try {
            const version = Client.members(await this.call("system.version"));
            const limits = Client.members(await this.call("system.limits"));
            this.longestLine = Number(limits["maximumLineBytes"] ?? this.longestLine);
            this.deepest = Number(limits["maximumDepth"] ?? this.deepest);
            if (version["version"] !== VERSION || version["contracts"] !== CONTRACTS) {
                emitWarning(
                    "the daemon has other contracts than this client: print it again with `creditd client typescript`",
                );
            }
        } catch (error) {
            await this.close(0);
            throw error;
        }
        return this;
    }

    private start(program: string, args: string[]): ChildProcess {
        try {
            const options = { env: { ...env, ...this.options.env }, stdio: ["pipe", "pipe", "pipe"] };
            return (spawn as (program: string, args: string[], options: object) => unknown)(
                program,
                args,
                options,
            ) as ChildProcess;
        } catch (error) {
            // Node throws some of the system's errors, and tells others later.
            const { errno, message } = error as { errno?: number; message: string };
            if (errno === undefined) throw error;
            throw new ConnectionLost(`${program} cannot be started: ${message}`, { reason: "connection_lost" });
        }
    }

    /** The members of an object among what every daemon answers. */
    private static members(result: unknown): Record<string, unknown> {
        if (typeof result === "object" && result !== null) return result as Record<string, unknown>;
        throw new ConnectionLost("The program does not answer as creditd does.", { reason: "connection_lost" });
    }

    /**
     * Ends the daemon's input, waits for the answers and for its end, and returns its exit code, null after a signal.
     *
     * After `timeoutMs` the daemon is killed.
     */
    async close(timeoutMs = 30_000): Promise<number | null> {
        const child = this.child;
        const latest = Client.milliseconds(timeoutMs);
        if (child === undefined) return null;
        this.isClosing = true;
        this.hold();
        child.stdin.end();
        const timer = latest === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), latest);
        const code = await this.ended;
        clearTimeout(timer);
        return code;
    }

    /** Calls any method by its name, with params as they are on the wire. */
    async call(method: string, params?: object, options: RawOptions = {}): Promise<unknown> {
        const isRepeatable = options.isRepeatable === true || options.idempotencyKey !== undefined;
        const { signal } = options;
        const child = this.child;
        const timeoutMs = Client.milliseconds(options.timeoutMs);
        if (child === undefined) throw new ConnectionLost("The client is not open.", { reason: "connection_lost" });
        if (this.lost !== undefined) throw this.loss(true);
        if (signal?.aborted === true) throw Client.cancelled();
        const id = ++this.last;
        const line = this.line({ jsonrpc: "2.0", id, method, params, meta: Client.meta(id, timeoutMs, options) });
        return new Promise<unknown>((resolve, reject) => {
            const abandon = (error: CreditdError) => {
                this.settle(id);
                this.send({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id } });
                finish();
                reject(error);
            };
            const abort = () => abandon(Client.cancelled());
            const expire = () => {
                const details = { code: 1007, reason: "deadline_exceeded", isRepeatable };
                abandon(failure("The daemon did not answer in time.", details));
            };
            const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs + Client.graceMs);
            const finish = () => {
                clearTimeout(timer);
                signal?.removeEventListener("abort", abort);
            };
            signal?.addEventListener("abort", abort);
            this.waiting.set(id, {
                resolve: (result) => (finish(), resolve(result)),
                reject: (error) => (finish(), reject(error)),
                isRepeatable,
                onProgress: options.onProgress,
            });
            this.hold();
            child.stdin.write(line + "\n");
        });
    }

    /** A time that timers and deadlines can have; none without one, or without an end. */
    private static milliseconds(timeoutMs: number | undefined): number | undefined {
        if (timeoutMs === undefined || timeoutMs === Infinity) return undefined;
        if (!(timeoutMs >= 0)) throw new RangeError("a timeout is zero or more milliseconds");
        return Math.min(timeoutMs, Client.longestMs);
    }

    private static meta(id: number, timeoutMs: number | undefined, options: RawOptions): object | undefined {
        const { idempotencyKey } = options;
        const meta = {
            deadlineMs: timeoutMs === undefined ? undefined : Math.max(Math.ceil(timeoutMs), 1),
            idempotencyKey,
            workDoneToken: options.onProgress === undefined ? undefined : id,
            dryRun: options.dryRun,
        };
        return Object.values(meta).some((value) => value !== undefined) ? meta : undefined;
    }

    /**
     * A message as one line; refuses what the daemon could not read, and thus not tell whose line it is.
     *
     * JSON has no text for numbers without end, which would arrive as null.
     */
    private line(message: object): string {
        let fault: string | undefined;
        let line = "";
        try {
            line = JSON.stringify(message, (_, value: unknown) => {
                if (typeof value === "number" && !Number.isFinite(value)) {
                    throw new TypeError(`${value} has no JSON text`);
                }
                return value;
            });
            fault = this.fault(line);
        } catch (error) {
            if (!(error instanceof RangeError)) throw error;
            fault = error.message.includes("string length") ? "line_too_long" : "too_deep";
        }
        if (fault === undefined) return line;
        if (fault === "line_too_long") {
            throw failure("The request is longer than a line may be.", { code: -32600, reason: fault });
        }
        throw failure("The request cannot be sent as JSON that the daemon reads.", { code: -32700, reason: fault });
    }

    private fault(line: string): string | undefined {
        // A unit of UTF-16 has at most three bytes in UTF-8.
        if (line.length * 3 > this.longestLine && utf8Length(line) > this.longestLine) return "line_too_long";
        // Half of a pair, such as that of an emoji cut in two, is escaped; whole pairs are not.
        if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(line)) return "unpaired_surrogate";
        return depth(line) > this.deepest ? "too_deep" : undefined;
    }

    /** The process stays while a call waits, or the daemon's end; it need not end what nobody has closed. */
    private hold(): void {
        const isHeld = this.isClosing || this.waiting.size > 0;
        const child = this.child;
        if (child === undefined || isHeld === this.isHeld) return;
        this.isHeld = isHeld;
        for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
            if (isHeld) handle.ref?.();
            else handle.unref?.();
        }
    }

    /** Takes a call from those that wait. */
    private settle(id: number): Waiting | undefined {
        const call = this.waiting.get(id);
        this.waiting.delete(id);
        this.hold();
        return call;
    }

    private send(message: object): void {
        if (this.lost === undefined) this.child?.stdin.write(this.line(message) + "\n");
    }

    private static cancelled(): CreditdError {
        return failure("The request was cancelled.", { code: -32800, reason: "request_cancelled" });
    }

    private watch(child: ChildProcess, program: string, resolve: (code: number | null) => void): void {
        // A daemon that has gone fails all that wait once what it wrote has been read.
        child.stdin.on("error", () => undefined);
        lines(child.stdout, Infinity, (line) => this.take(line));
        lines(child.stderr, Client.logLineLength, (line) => {
            this.log.push(line);
            if (this.log.length > Client.logLines) this.log.shift();
            notify(this.options.onLog, line);
        });
        const end = (ending: string, code: number | null) => {
            if (this.lost !== undefined) return;
            const said = code !== 0 && this.log.length > 0 ? `: ${this.log.slice(-3).join(" ")}` : "";
            this.lost = { message: `${ending}${said}`, data: { exitCode: code, log: [...this.log] } };
            for (const [id, call] of [...this.waiting]) {
                this.settle(id);
                call.reject(this.loss(call.isRepeatable));
            }
            resolve(code);
        };
        const ending = (code: number | null, signal: string | null) =>
            signal === null ? `The daemon has ended with exit code ${code}` : `The daemon was killed by ${signal}`;
        child.on("error", (error) => end(`${program} cannot be started: ${error.message}`, null));
        child.on("close", (code, signal) => end(ending(code, signal), code));
        // Somebody else may hold the daemon's stdout or stderr open.
        child.on("exit", (code, signal) => setTimeout(() => end(ending(code, signal), code), 1000).unref());
    }

    private loss(isRepeatable: boolean): ConnectionLost {
        const { message, data } = this.lost ?? { message: "", data: {} };
        return new ConnectionLost(message, { reason: "connection_lost", data, isRepeatable });
    }

    /** Passes an answer to the call that waits for it, and progress to its callback; ignores other lines. */
    private take(line: string): void {
        let message: Answer | null;
        try {
            message = JSON.parse(line) as Answer | null;
        } catch {
            return;
        }
        if (typeof message !== "object" || message === null) return;
        if (message.method === "$/progress") {
            const value = message.params?.value;
            const onProgress = this.waiting.get(message.params?.token ?? 0)?.onProgress;
            if (typeof value === "object" && value !== null) notify(onProgress, value);
            return;
        }
        const { id, result, error } = message;
        if (id === null && error !== undefined) return this.takeUnread(error);
        // Nobody waits for what was cancelled.
        const call = this.settle(id ?? 0);
        if (call === undefined) return;
        if (error === undefined && result !== undefined) return call.resolve(result);
        call.reject(answered(error, call.isRepeatable));
    }

    /** Fails the call whose line the daemon could not read: the only one that waits, or else each, as unknown. */
    private takeUnread(error: unknown): void {
        const calls = [...this.waiting];
        const text = "The daemon could not read one of the lines, and cannot tell which call's.";
        for (const [id, { reject, isRepeatable }] of calls) {
            this.settle(id);
            const unknown = new ConnectionLost(text, { reason: "connection_lost", isRepeatable });
            reject(calls.length === 1 ? answered(error, isRepeatable) : unknown);
        }
    }
}

/** A line of the daemon, where it is as it should be. */
interface Answer {
    id?: number | null;
    result?: unknown;
    error?: unknown;
    method?: string;
    params?: { token?: number; value?: Progress } | null;
}

/** The error that an answer tells. */
function answered(error: unknown, isRepeatable: boolean): CreditdError {
    const { code, message, data } = (error ?? {}) as Record<string, unknown>;
    if (typeof code !== "number") {
        const text = "The daemon's answer is none of JSON-RPC 2.0.";
        return new ConnectionLost(text, { reason: "connection_lost", isRepeatable });
    }
    const known = (typeof data === "object" ? (data ?? {}) : {}) as Record<string, unknown>;
    return failure(String(message ?? ""), { code, reason: String(known["reason"] ?? ""), data: known, isRepeatable });
}

function failure(message: string, details: ErrorDetails): CreditdError {
    return new (ERRORS[details.code ?? 0] ?? CreditdError)(message, details);
}

/** Calls what the user gave; its failure is no reason to stop reading. */
function notify<T>(callback: ((value: T) => void) | undefined, value: T): void {
    try {
        callback?.(value);
    } catch (error) {
        emitWarning(`a callback failed: ${String(error)}`);
    }
}

/** Passes on each line of a stream, the longer ones cut. */
function lines(stream: Readable, longest: number, take: (line: string) => void): void {
    let pieces: string[] = [];
    let length = 0;
    const add = (piece: string) => {
        const part = length + piece.length > longest ? piece.slice(0, longest - length) : piece;
        length += part.length;
        if (part !== "") pieces.push(part);
    };
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
        const [first = "", ...others] = text.split("\n");
        add(first);
        for (const piece of others) {
            take(pieces.join(""));
            pieces = [];
            length = 0;
            add(piece);
        }
    });
}

/** Bytes of a text as UTF-8. */
function utf8Length(text: string): number {
    let length = 0;
    for (const character of text) {
        const point = character.codePointAt(0) ?? 0;
        length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
    return length;
}

/** How deep arrays and objects of a JSON text lie in each other. */
function depth(line: string): number {
    let isText = false;
    let level = 0;
    let deepest = 0;
    for (let index = 0; index < line.length; index++) {
        const unit = line.charCodeAt(index);
        if (isText) {
            if (unit === 0x5c) index++;
            else if (unit === 0x22) isText = false;
        } else if (unit === 0x22) isText = true;
        else if (unit === 0x5b || unit === 0x7b) deepest = Math.max(deepest, ++level);
        else if (unit === 0x5d || unit === 0x7d) level--;
    }
    return deepest;
}
