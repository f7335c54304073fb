"""A typed client of creditd, as `creditd client python` prints it: one file, Python 3.11 or later, nothing to install.

    from creditd import Creditd, NotFound

    async with Creditd(home="data") as creditd:
        person = await creditd.person.get(cpf="52998224725", purpose="credit_protection", timeout=0.5)

`CreditdSync` has the same methods for programs without asyncio. Members have the names that they have on the wire;
a parameter that is a word of Python has `_` after its name. A parameter that is None is not sent.
"""

from __future__ import annotations

import asyncio
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
from collections.abc import Callable, Coroutine, Mapping, Sequence
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
        places = [f"{violation['pointer']}: {violation['reason']}" for violation in self.violations]
        super().__init__(f"{message} [{', '.join([reason, *places])}]" if reason else message)

    @property
    def violations(self) -> Sequence[Violation]:
        """Where the params are invalid; empty for other errors."""
        return cast("Sequence[Violation]", self.data.get("violations", []))

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
    """The daemon cannot be started, has ended or is closed; whether it carried out the call is not known."""

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
            raise ConnectionLost(message, reason="connection_lost", is_repeatable=True) from error
        self._process = process
        try:
            await self._connect(process)
            version = cast("dict[str, object]", await self.call("system.version"))
            limits = cast("dict[str, int]", await self.call("system.limits"))
        except BaseException:
            _ = await self.close(timeout=0)
            raise
        self._longest_line = limits["maximumLineBytes"]
        if (version.get("version"), version.get("contracts")) != (VERSION, CONTRACTS):
            message = "the daemon has other contracts than this client: print it again with `creditd client python`"
            warnings.warn(message, stacklevel=2)
        return self

    async def close(self, timeout: float = 30) -> int | None:
        """Ends the daemon's input, waits for the answers and for its end, and returns its exit code.

        After `timeout` seconds the daemon is killed.
        """
        process = self._process
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

        The daemon gives up after `timeout` seconds, and a little later the client, in case that the daemon hangs.
        With `dry_run` nothing is done, and the answer tells what would be. `is_repeatable` tells that the call
        cannot take effect twice, so that more errors are `retryable`. A task that is cancelled cancels the request.
        """
        if self._writer is None:
            raise ConnectionLost("The client is not open.", reason="connection_lost")
        if self._lost is not None:
            raise self._loss(is_repeatable=True)
        self._last += 1
        identifier = self._last
        meta: dict[str, object] = {}
        if timeout is not None:
            meta["deadlineMs"] = min(max(math.ceil(timeout * 1000), 1), 86_400_000)
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
        if len(line) - 1 > self._longest_line:
            raise ERRORS[-32600]("The request is longer than a line may be.", code=-32600, reason="line_too_long")
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

    @staticmethod
    def _line(message: Mapping[str, object]) -> bytes:
        return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"

    def _cancel(self, identifier: int) -> None:
        """Tells the daemon that nobody waits for an answer any more."""
        if self._lost is None and self._writer is not None:
            message = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": identifier}}
            self._writer.write(self._line(message))

    async def _read(
        self, process: subprocess.Popen[bytes], answers: asyncio.StreamReader, logging_task: asyncio.Task[None]
    ) -> None:
        """Reads answers, of any length, until the daemon ends; then fails the calls that wait."""
        pieces: list[bytes] = []
        while chunk := await answers.read(self.CHUNK):
            first, *others = chunk.split(b"\n")
            pieces.append(first)
            for piece in others:
                self._take(b"".join(pieces))
                pieces = [piece]
        while (code := process.poll()) is None:
            await asyncio.sleep(0.005)
        # What the daemon said at its end explains it. Somebody else may hold its stderr open.
        _ = await asyncio.wait([logging_task], timeout=1)
        ending = f"was killed by signal {-code}" if code < 0 else f"has ended with exit code {code}"
        explanation = f": {' '.join(list(self._log)[-3:])}" if code != 0 and self._log else ""
        data = {"exitCode": code, "log": list(self._log)}
        self._lost = ConnectionLost(f"The daemon {ending}{explanation}", reason="connection_lost", data=data)
        for waiter, is_repeatable in self._waiting.values():
            if not waiter.done():
                waiter.set_exception(self._loss(is_repeatable=is_repeatable))

    def _loss(self, *, is_repeatable: bool) -> ConnectionLost:
        lost = cast("ConnectionLost", self._lost)
        return ConnectionLost(lost.message, reason=lost.reason, data=lost.data, is_repeatable=is_repeatable)

    def _take(self, line: bytes) -> None:
        """Passes an answer to the call that waits for it, and progress to its callback."""
        try:
            value = cast("object", json.loads(line))
        except ValueError:
            return
        if not isinstance(value, dict):
            return
        message = cast("dict[str, object]", value)
        if message.get("method") == "$/progress":
            params = cast("dict[str, object]", message.get("params", {}))
            callback = self._progress.get(str(params.get("token")))
            if callback is not None:
                self._notify(callback, cast("Progress", params.get("value")))
            return
        identifier = message.get("id")
        # Nobody waits for what was cancelled, nor for the answer to a line whose id could not be read.
        if not isinstance(identifier, int) or identifier not in self._waiting:
            return
        waiter, is_repeatable = self._waiting[identifier]
        if waiter.done():
            return
        if "error" in message:
            waiter.set_exception(self._failure(cast("dict[str, object]", message["error"]), is_repeatable))
        else:
            waiter.set_result(message.get("result"))

    @staticmethod
    def _notify(callback: Callable[[T], None], value: T) -> None:
        """Calls what the user gave; its failure is no reason to stop reading."""
        try:
            callback(value)
        except Exception:
            logging.getLogger("creditd").exception("a callback failed")

    @staticmethod
    def _failure(error: Mapping[str, object], is_repeatable: bool) -> CreditdError:
        code = cast("int", error.get("code", 0))
        data = cast("Mapping[str, object]", error.get("data") or {})
        return ERRORS.get(code, CreditdError)(
            str(error.get("message", "")),
            code=code,
            reason=str(data.get("reason", "")),
            data=data,
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

    def _stop(self) -> None:
        if self._loop is not None and self._thread is not None and not self._loop.is_closed():
            _ = self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


def given(**params: object) -> dict[str, object]:
    """The params that are not None."""
    return {name.removesuffix("_"): value for name, value in params.items() if value is not None}
