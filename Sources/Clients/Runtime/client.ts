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
        const violations = (details.data?.["violations"] ?? []) as Violation[];
        const places = violations.map((violation) => `${violation.pointer}: ${violation.reason}`);
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
        return (this.data["violations"] ?? []) as Violation[];
    }

    /** Milliseconds to wait before the next try, where the daemon tells them. */
    get retryAfterMs(): number | undefined {
        return this.data["retryAfterMs"] as number | undefined;
    }
}

/** The daemon cannot be started, has ended or is closed; whether it carried out the call is not known. */
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
    /** When the daemon gives up; a little later the client does, in case that the daemon hangs. */
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

interface Readable {
    setEncoding(encoding: "utf8"): void;
    on(event: "data", listener: (text: string) => void): void;
}

interface ChildProcess {
    readonly stdin: { write(text: string): boolean; end(): void; on(event: "error", listener: () => void): void };
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
    private static readonly logLines = 20;
    private static readonly logLineLength = 4096;

    private child: ChildProcess | undefined;
    private readonly waiting = new Map<number, Waiting>();
    private readonly log: string[] = [];
    private lost: { message: string; data: Record<string, unknown> } | undefined;
    private ended: Promise<number | null> = Promise.resolve(null);
    private last = 0;
    private longestLine = 1 << 20;

    constructor(private readonly options: ClientOptions = {}) {}

    /** Starts the daemon and waits until it answers; warns where its contracts are not those of this file. */
    async open(): Promise<this> {
        if (this.child !== undefined) throw new Error("a client is opened once");
        const program = this.options.program ?? "creditd";
        const home = this.options.home === undefined ? [] : ["--home", this.options.home];
        const child = spawn(program, [...(this.options.args ?? []), ...home], {
            env: { ...env, ...this.options.env },
            stdio: ["pipe", "pipe", "pipe"],
        }) as unknown as ChildProcess;
        this.child = child;
        this.ended = new Promise((resolve) => this.watch(child, program, resolve));
        try {
            const version = (await this.call("system.version")) as { version?: string; contracts?: string };
            const limits = (await this.call("system.limits")) as { maximumLineBytes: number };
            this.longestLine = limits.maximumLineBytes;
            if (version.version !== VERSION || version.contracts !== CONTRACTS) {
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

    /**
     * Ends the daemon's input, waits for the answers and for its end, and returns its exit code, null after a signal.
     *
     * After `timeoutMs` the daemon is killed.
     */
    async close(timeoutMs = 30_000): Promise<number | null> {
        const child = this.child;
        if (child === undefined) return null;
        child.stdin.end();
        const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
        const code = await this.ended;
        clearTimeout(timer);
        return code;
    }

    /** Calls any method by its name, with params as they are on the wire. */
    async call(method: string, params?: object, options: RawOptions = {}): Promise<unknown> {
        const isRepeatable = options.isRepeatable === true || options.idempotencyKey !== undefined;
        const { timeoutMs, signal } = options;
        const child = this.child;
        if (child === undefined) throw new ConnectionLost("The client is not open.", { reason: "connection_lost" });
        if (this.lost !== undefined) throw this.loss(true);
        if (signal?.aborted === true) throw Client.cancelled();
        const id = ++this.last;
        const line = this.line({ jsonrpc: "2.0", id, method, params, meta: Client.meta(id, options) });
        // A unit of UTF-16 has at most three bytes in UTF-8.
        if (line.length * 3 > this.longestLine && utf8Length(line) > this.longestLine) {
            const details = { code: -32600, reason: "line_too_long" };
            throw failure("The request is longer than a line may be.", details);
        }
        return new Promise<unknown>((resolve, reject) => {
            const abandon = (error: CreditdError) => {
                this.waiting.delete(id);
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
            child.stdin.write(line + "\n");
        });
    }

    private static meta(id: number, options: RawOptions): object | undefined {
        const { timeoutMs, idempotencyKey } = options;
        const meta = {
            deadlineMs: timeoutMs === undefined ? undefined : Math.min(Math.max(Math.ceil(timeoutMs), 1), 86_400_000),
            idempotencyKey,
            workDoneToken: options.onProgress === undefined ? undefined : id,
            dryRun: options.dryRun,
        };
        return Object.values(meta).some((value) => value !== undefined) ? meta : undefined;
    }

    /** A message as one line; JSON has no text for numbers without end, which would arrive as null. */
    private line(message: object): string {
        return JSON.stringify(message, (_, value: unknown) => {
            if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`${value} has no JSON text`);
            return value;
        });
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
            for (const call of [...this.waiting.values()]) call.reject(this.loss(call.isRepeatable));
            this.waiting.clear();
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

    /** Passes an answer to the call that waits for it, and progress to its callback. */
    private take(line: string): void {
        let message: Answer;
        try {
            message = JSON.parse(line) as Answer;
        } catch {
            return;
        }
        if (message.method === "$/progress") {
            const value = message.params?.value;
            if (value !== undefined) notify(this.waiting.get(message.params?.token ?? 0)?.onProgress, value);
            return;
        }
        // Nobody waits for what was cancelled, nor for the answer to a line whose id could not be read.
        const call = this.waiting.get(message.id ?? 0);
        if (call === undefined) return;
        this.waiting.delete(message.id ?? 0);
        const { error } = message;
        if (error === undefined) return call.resolve(message.result);
        const { code, data } = error;
        const details = { code, reason: data?.reason ?? "", data: data ?? {}, isRepeatable: call.isRepeatable };
        call.reject(failure(error.message, details));
    }
}

interface Answer {
    id?: number | null;
    result?: unknown;
    error?: { code: number; message: string; data?: { reason?: string } };
    method?: string;
    params?: { token?: number; value?: Progress };
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
