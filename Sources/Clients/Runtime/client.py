"""A typed client of creditd, as `creditd client python` prints it: one file, Python 3.11 or later, nothing to install.

    from creditd import Creditd, NotFound

    async with Creditd(home="data") as creditd:
        person = await creditd.person.get(cpf="52998224725", purpose="credit_protection", timeout=0.5)

`CreditdSync` has the same methods for programs without asyncio. Members have the names that they have on the wire;
a parameter that is a word of Python has `_` after its name. A parameter that is None is not sent.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import logging
import math
import os
import subprocess
import threading
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import IO, ClassVar, Literal, NotRequired, Self, TypeAlias, TypedDict, TypeVar, cast, overload

T = TypeVar("T")


class Violation(TypedDict):
    """One place where params are invalid: pointers and a reason, never a value."""

    pointer: str
    keyword: str
    reason: str
    accepted: NotRequired[str]


class Progress(TypedDict):
    """A notice of work under way, as the Language Server Protocol has it."""

    kind: Literal["begin", "report", "end"]
    title: NotRequired[str]
    message: NotRequired[str]
    percentage: NotRequired[float]


class CreditdError(Exception):
    """A call without a result. `reason` is stable; no text holds a value of the request."""

    #: Whether the same call may succeed when it is made again: always, never, or where it cannot take effect twice.
    retry: ClassVar[Literal["always", "repeatable", "never"]] = "never"

    def __init__(
        self,
        message: str,
        *,
        code: int = 0,
        reason: str = "",
        data: Mapping[str, object] | None = None,
        is_repeatable: bool = False,
    ) -> None:
        self.message: str = message
        self.code: int = code
        self.reason: str = reason
        self.data: Mapping[str, object] = {} if data is None else data
        #: Whether the same call can be made again without harm, and may then succeed.
        self.retryable: bool = self.retry == "always" or (self.retry == "repeatable" and is_repeatable)
        places = [f"{violation.get('pointer')}: {violation.get('reason')}" for violation in self.violations]
        super().__init__(f"{message} [{', '.join([reason, *places])}]" if reason else message)

    @property
    def violations(self) -> Sequence[Violation]:
        """Where the params are invalid; empty for other errors."""
        given = self.data.get("violations")
        entries = cast("list[object]", given) if isinstance(given, list) else []
        return [cast("Violation", cast("object", entry)) for entry in entries if isinstance(entry, dict)]

    @property
    def cause(self) -> str | None:
        """What is behind the reason, such as `erased`, where the daemon tells it."""
        return cast("str | None", self.data.get("cause"))

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before the next try, where the daemon tells them."""
        milliseconds = cast("float | None", self.data.get("retryAfterMs"))
        return None if milliseconds is None else milliseconds / 1000


class ConnectionLost(CreditdError):
    """The daemon cannot be started, has ended, is closed or answers otherwise than creditd does; whether it carried
    out the call is not known.
    """

    retry: ClassVar[Literal["always", "repeatable", "never"]] = "repeatable"


def idempotency_key() -> str:
    """Makes a key under which a write that is sent again takes effect once."""
    return str(uuid.uuid4())


class AsyncClient:
    """One daemon as a child process, and the calls that wait for its answers."""

    #: Bytes that one read takes.
    CHUNK: ClassVar[int] = 1 << 18
    #: Seconds after a deadline when the client stops waiting for the daemon to tell that it has passed.
    GRACE: ClassVar[float] = 0.5
    #: The longest deadline in seconds; the daemon has no longer ones.
    LONGEST: ClassVar[float] = 86_400
    #: Characters kept of a line of the log, and lines kept for the error of a lost connection.
    LOG_LINE: ClassVar[int] = 4096
    LOG_LINES: ClassVar[int] = 20

    def __init__(
        self,
        *,
        program: str | os.PathLike[str] = "creditd",
        home: str | os.PathLike[str] | None = None,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        on_log: Callable[[str], None] | None = None,
    ) -> None:
        """Takes what the daemon is started with; `env` is added to this process's environment.

        `on_log` is given the lines of the daemon's stderr; without it they go to the logger `creditd`.
        """
        home_args = [] if home is None else ["--home", os.fspath(home)]
        self._command: list[str] = [os.fspath(program), *args, *home_args]
        self._environment: dict[str, str] = {**os.environ, **(env or {})}
        self._on_log: Callable[[str], None] = on_log or logging.getLogger("creditd").info
        self._process: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._transports: list[asyncio.BaseTransport] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: dict[int, tuple[asyncio.Future[object], bool]] = {}
        self._progress: dict[str, Callable[[Progress], None]] = {}
        self._log: deque[str] = deque(maxlen=self.LOG_LINES)
        self._lost: ConnectionLost | None = None
        self._last: int = 0
        self._longest_line: int = 1 << 20
        self._deepest: int = 64
        self._longest_number: int = 1024

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *error: object) -> None:
        _ = await self.close()

    async def open(self) -> Self:
        """Starts the daemon and waits until it answers; warns where its contracts are not those of this file."""
        if self._process is not None:
            raise RuntimeError("a client is opened once")
        pipe = subprocess.PIPE
        try:
            # asyncio's own processes hang where their start is cancelled, or where others hold their pipes open.
            process = subprocess.Popen(
                self._command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, env=self._environment
            )
        except OSError as error:
            message = f"{self._command[0]} cannot be started: {error.strerror}"
            raise ConnectionLost(message, reason="connection_lost") from error
        self._process = process
        try:
            await self._connect(process)
            version = self._members(await self.call("system.version"))
            limits = self._members(await self.call("system.limits"))
        except BaseException:
            _ = await self.close(timeout=0)
            raise
        self._longest_line = self._limit(limits, "maximumLineBytes", self._longest_line)
        self._deepest = self._limit(limits, "maximumDepth", self._deepest)
        self._longest_number = self._limit(limits, "maximumNumberBytes", self._longest_number)
        if (version.get("version"), version.get("contracts")) != (VERSION, CONTRACTS):
            message = "the daemon has other contracts than this client: print it again with `creditd client python`"
            warnings.warn(message, stacklevel=2)
        return self

    async def close(self, timeout: float = 30) -> int | None:
        """Ends the daemon's input, waits for the answers and for its end, and returns its exit code.

        After `timeout` seconds the daemon is killed.
        """
        process = self._process
        timeout = self._seconds(timeout)
        if process is None:
            return None
        try:
            if self._writer is not None:
                self._writer.close()
            if self._tasks:
                _ = await asyncio.wait(self._tasks, timeout=timeout)
        finally:
            if process.poll() is None:
                process.kill()
                # Somebody else may hold the daemon's stdout or stderr open.
                if self._tasks:
                    _ = await asyncio.wait(self._tasks, timeout=1)
            _ = process.wait()
            for transport in self._transports:
                transport.close()
        return process.returncode

    async def _connect(self, process: subprocess.Popen[bytes]) -> None:
        """Starts to read what the daemon writes."""
        loop = asyncio.get_running_loop()

        async def reader(pipe: IO[bytes] | None) -> asyncio.StreamReader:
            stream = asyncio.StreamReader(limit=self.CHUNK)
            transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
            self._transports.append(transport)
            return stream

        answers, log = await reader(process.stdout), await reader(process.stderr)
        flow = asyncio.StreamReaderProtocol(asyncio.StreamReader())
        transport, _ = await loop.connect_write_pipe(lambda: flow, process.stdin)
        self._transports.append(transport)
        self._writer = asyncio.StreamWriter(transport, flow, None, loop)
        logging_task = asyncio.create_task(self._read_log(log))
        self._tasks = [logging_task, asyncio.create_task(self._read(process, answers, logging_task))]
        for task in self._tasks:
            # A loop that nobody closes ends with tasks that wait, of which asyncio would print each.
            setattr(task, "_log_destroy_pending", False)

    async def call(
        self,
        method: str,
        params: Mapping[str, object] | Sequence[object] | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        dry_run: bool = False,
        is_repeatable: bool = False,
    ) -> object:
        """Calls any method by its name, with params as they are on the wire.

        The daemon gives up after `timeout` seconds, and a little later the client, in case that the daemon hangs;
        `math.inf` is no deadline, and none is later than a day.
        With `dry_run` nothing is done, and the answer tells what would be. `is_repeatable` tells that the call
        cannot take effect twice, so that more errors are `retryable`. A task that is cancelled cancels the request.
        """
        if self._writer is None:
            raise ConnectionLost("The client is not open.", reason="connection_lost")
        if self._lost is not None:
            raise self._loss(is_repeatable=True)
        if timeout is not None:
            timeout = None if self._seconds(timeout) == math.inf else min(timeout, self.LONGEST)
        self._last += 1
        identifier = self._last
        meta: dict[str, object] = {}
        if timeout is not None:
            meta["deadlineMs"] = max(math.ceil(timeout * 1000), 1)
        if idempotency_key is not None:
            meta["idempotencyKey"] = idempotency_key
            is_repeatable = True
        if on_progress is not None:
            meta["workDoneToken"] = f"progress-{identifier}"
        if dry_run:
            meta["dryRun"] = True
        message: dict[str, object] = {"jsonrpc": "2.0", "id": identifier, "method": method}
        if params is not None:
            message["params"] = params
        if meta:
            message["meta"] = meta
        line = self._line(message)
        waiter: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[identifier] = (waiter, is_repeatable)
        if on_progress is not None:
            self._progress[f"progress-{identifier}"] = on_progress
        try:
            async with asyncio.timeout(None if timeout is None else timeout + self.GRACE):
                self._writer.write(line)
                # A daemon that has gone fails all that wait once what it wrote has been read.
                with contextlib.suppress(ConnectionError):
                    await self._writer.drain()
                return await waiter
        except TimeoutError as error:
            self._cancel(identifier)
            late = ERRORS[1007]
            text = "The daemon did not answer in time."
            raise late(text, code=1007, reason="deadline_exceeded", is_repeatable=is_repeatable) from error
        except asyncio.CancelledError:
            self._cancel(identifier)
            raise
        finally:
            _ = self._waiting.pop(identifier, None)
            _ = self._progress.pop(f"progress-{identifier}", None)

    def _line(self, message: Mapping[str, object]) -> bytes:
        """A message as one line; refuses what the daemon could not read, and thus not tell whose line it is."""
        fault, line = "", b""
        try:
            line = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        except UnicodeEncodeError:
            fault = "unpaired_surrogate"
        except (RecursionError, ValueError):
            fault = self._fault(message)
            if not fault:
                raise
        # Outside of the handlers: what Python raises for a surrogate holds the whole line.
        if fault or len(line) - 1 > self._longest_line:
            fault = fault or "line_too_long"
        elif line.count(b"[") + line.count(b"{") > self._deepest or len(line) > self._longest_number:
            fault = self._fault(message)
        if fault == "line_too_long":
            raise ERRORS[-32600]("The request is longer than a line may be.", code=-32600, reason=fault)
        if fault:
            raise ERRORS[-32700]("The request cannot be sent as JSON that the daemon reads.", code=-32700, reason=fault)
        return line

    def _fault(self, message: object) -> str:
        """What the daemon does not read in a message: its depth, or a number; empty where there is nothing."""
        room = cast("int", 10**self._longest_number)
        values: list[tuple[object, int]] = [(message, 1)]
        while values:
            value, depth = values.pop()
            if isinstance(value, int):
                if not -room < value * (1 if value > 0 else 10) < room:
                    return "number_too_long"
                continue
            inner: Iterable[object] | None = None
            if isinstance(value, dict):
                inner = cast("dict[object, object]", value).values()
            elif isinstance(value, list | tuple):
                inner = cast("Sequence[object]", value)
            if inner is not None:
                if depth > self._deepest:
                    return "too_deep"
                values += [(item, depth + 1) for item in inner]
        return ""

    @staticmethod
    def _seconds(timeout: float) -> float:
        if not timeout >= 0:
            raise ValueError("a timeout is zero or more seconds")
        return timeout

    @staticmethod
    def _members(result: object) -> dict[str, object]:
        """The members of an object among what every daemon answers."""
        if not isinstance(result, dict):
            raise ConnectionLost("The program does not answer as creditd does.", reason="connection_lost")
        return cast("dict[str, object]", result)

    @staticmethod
    def _limit(limits: Mapping[str, object], name: str, usual: int) -> int:
        value = limits.get(name)
        return value if isinstance(value, int) else usual

    def _cancel(self, identifier: int) -> None:
        """Tells the daemon that nobody waits for an answer any more."""
        if self._lost is None and self._writer is not None:
            message = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": identifier}}
            self._writer.write(self._line(message))

    async def _read(
        self, process: subprocess.Popen[bytes], answers: asyncio.StreamReader, logging_task: asyncio.Task[None]
    ) -> None:
        """Reads answers, of any length, until the daemon ends; then fails the calls that wait."""
        # What holds where this task itself is ended.
        ending, explanation, data = "is not read any more", "", dict[str, object]()
        try:
            pieces: list[bytes] = []
            while chunk := await answers.read(self.CHUNK):
                first, *others = chunk.split(b"\n")
                pieces.append(first)
                for piece in others:
                    self._take(b"".join(pieces))
                    pieces = [piece]
            ending, explanation, data = await self._end(process, logging_task)
        finally:
            self._lost = ConnectionLost(f"The daemon {ending}{explanation}", reason="connection_lost", data=data)
            self._fail_all(self._lost)

    async def _end(
        self, process: subprocess.Popen[bytes], logging_task: asyncio.Task[None]
    ) -> tuple[str, str, dict[str, object]]:
        """Waits for the daemon's end, and tells it."""
        while (code := process.poll()) is None:
            await asyncio.sleep(0.005)
        # What the daemon said at its end explains it. Somebody else may hold its stderr open.
        _ = await asyncio.wait([logging_task], timeout=1)
        ending = f"was killed by signal {-code}" if code < 0 else f"has ended with exit code {code}"
        explanation = f": {' '.join(list(self._log)[-3:])}" if code != 0 and self._log else ""
        return ending, explanation, {"exitCode": code, "log": list(self._log)}

    def _loss(self, *, is_repeatable: bool) -> ConnectionLost:
        return self._copy(cast("ConnectionLost", self._lost), is_repeatable=is_repeatable)

    @staticmethod
    def _copy(lost: ConnectionLost, *, is_repeatable: bool) -> ConnectionLost:
        return ConnectionLost(lost.message, reason=lost.reason, data=lost.data, is_repeatable=is_repeatable)

    def _fail_all(self, lost: ConnectionLost) -> None:
        for waiter, is_repeatable in self._waiting.values():
            if not waiter.done() and not waiter.get_loop().is_closed():
                waiter.set_exception(self._copy(lost, is_repeatable=is_repeatable))

    def _take(self, line: bytes) -> None:
        """Passes an answer to the call that waits for it, and progress to its callback; ignores other lines."""
        try:
            value = cast("object", json.loads(line))
        except (ValueError, RecursionError):
            return
        if not isinstance(value, dict):
            return
        message = cast("dict[str, object]", value)
        if message.get("method") == "$/progress":
            params = message.get("params")
            if isinstance(params, dict):
                notice = cast("dict[str, object]", params)
                callback = self._progress.get(str(notice.get("token")))
                if callback is not None and isinstance(notice.get("value"), dict):
                    self._notify(callback, cast("Progress", notice["value"]))
            return
        identifier = message.get("id", 0)
        if identifier is None and "error" in message:
            return self._take_unread(message["error"])
        # Nobody waits for what was cancelled.
        if type(identifier) is not int or identifier not in self._waiting:
            return
        waiter, is_repeatable = self._waiting[identifier]
        if waiter.done():
            return
        if "error" in message:
            waiter.set_exception(self._failure(message["error"], is_repeatable))
        elif "result" in message:
            waiter.set_result(message["result"])
        else:
            waiter.set_exception(self._failure(None, is_repeatable))

    def _take_unread(self, error: object) -> None:
        """Fails the call whose line the daemon could not read: the only one that waits, or else each, as unknown."""
        waiting = [call for call in self._waiting.values() if not call[0].done()]
        if len(waiting) == 1:
            waiter, is_repeatable = waiting[0]
            return waiter.set_exception(self._failure(error, is_repeatable))
        text = "The daemon could not read one of the lines, and cannot tell which call's."
        self._fail_all(ConnectionLost(text, reason="connection_lost"))

    @staticmethod
    def _notify(callback: Callable[[T], None], value: T) -> None:
        """Calls what the user gave; its failure is no reason to stop reading."""
        try:
            callback(value)
        except Exception:
            logging.getLogger("creditd").exception("a callback failed")

    @staticmethod
    def _failure(error: object, is_repeatable: bool) -> CreditdError:
        members = cast("dict[str, object]", error) if isinstance(error, dict) else {}
        code, data = members.get("code"), members.get("data")
        if not isinstance(code, int):
            text = "The daemon's answer is none of JSON-RPC 2.0."
            return ConnectionLost(text, reason="connection_lost", is_repeatable=is_repeatable)
        known = cast("dict[str, object]", data) if isinstance(data, dict) else {}
        return ERRORS.get(code, CreditdError)(
            str(members.get("message", "")),
            code=code,
            reason=str(known.get("reason", "")),
            data=known,
            is_repeatable=is_repeatable,
        )

    async def _read_log(self, log: asyncio.StreamReader) -> None:
        """Reads the daemon's log, so that it never waits for somebody to do so; keeps the last lines."""
        rest = b""
        while chunk := await log.read(self.CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[: self.LOG_LINE]
            for line in lines:
                self._say(line)
        if rest:
            self._say(rest)

    def _say(self, line: bytes) -> None:
        text = line[: self.LOG_LINE].decode(errors="replace")
        self._log.append(text)
        self._notify(self._on_log, text)


class SyncClient:
    """A client for programs without asyncio. Threads may share it; callbacks run in a thread of its own."""

    def __init__(
        self,
        *,
        program: str | os.PathLike[str] = "creditd",
        home: str | os.PathLike[str] | None = None,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        on_log: Callable[[str], None] | None = None,
    ) -> None:
        """Takes what the daemon is started with, as `AsyncClient` does."""
        self._client: AsyncClient = AsyncClient(program=program, home=home, args=args, env=env, on_log=on_log)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *error: object) -> None:
        _ = self.close()

    def open(self) -> Self:
        """Starts the daemon and waits until it answers."""
        if self._loop is not None:
            raise RuntimeError("a client is opened once")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="creditd", daemon=True)
        self._thread.start()
        # Where nobody closes it: a daemon that still runs when the program ends ends with it, without noise.
        _ = atexit.register(self._leave)
        try:
            _ = self._run(self._client.open())
        except BaseException:
            self._stop()
            raise
        return self

    def close(self, timeout: float = 30) -> int | None:
        """Ends the daemon's input, waits for the answers and for its end, and returns its exit code."""
        if self._loop is None:
            return None
        try:
            return self._run(self._client.close(timeout))
        finally:
            self._stop()

    def call(
        self,
        method: str,
        params: Mapping[str, object] | Sequence[object] | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        dry_run: bool = False,
        is_repeatable: bool = False,
    ) -> object:
        """Calls any method by its name, as `AsyncClient.call` does; an interrupt cancels the request."""
        return self._run(
            self._client.call(
                method,
                params,
                timeout=timeout,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
                dry_run=dry_run,
                is_repeatable=is_repeatable,
            )
        )

    def _run(self, coroutine: Coroutine[object, object, T]) -> T:
        if self._loop is None or self._loop.is_closed():
            coroutine.close()
            raise ConnectionLost("The client is not open.", reason="connection_lost")
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except BaseException:
            _ = future.cancel()
            raise

    def _leave(self) -> None:
        # A fork of the program has no thread that could close it.
        if self._thread is None or not self._thread.is_alive():
            return
        with contextlib.suppress(Exception):
            _ = self.close(timeout=1)

    def _stop(self) -> None:
        atexit.unregister(self._leave)
        if self._loop is not None and self._thread is not None and not self._loop.is_closed():
            _ = self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


def given(**params: object) -> dict[str, object]:
    """The params that are not None."""
    return {name.removesuffix("_"): value for name, value in params.items() if value is not None}
