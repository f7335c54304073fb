"""Tries what goes wrong between a client that `creditd client python` has printed and its daemon.

    failures.py FOLDER-OF-creditd.py CREDITD STAND-IN
"""

import asyncio
import math
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import warnings

folder, program, stand_in = sys.argv[1:]
sys.path.insert(0, folder)
from creditd import (  # noqa: E402
    ConnectionLost,
    Creditd,
    CreditdError,
    CreditdSync,
    DeadlineExceeded,
    InvalidParams,
    InvalidRequest,
    NotFound,
    ParseError,
    StoreUnavailable,
    VersionConflict,
    idempotency_key,
)


ADDRESS = {
    "postalCode": "20040002",
    "street": "Avenida Rio Branco",
    "number": "1",
    "district": "Centro",
    "city": "Rio de Janeiro",
    "state": "RJ",
}


def person(cpf="52998224725"):
    return {"cpf": cpf, "name": "Maria", "birthDate": "1959-01-01", "address": ADDRESS}


def stop(pid):
    """Stops a process, and returns once every thread of it stands."""
    os.kill(pid, signal.SIGSTOP)
    while any(state(task) != "T" for task in pathlib.Path(f"/proc/{pid}/task").iterdir()):
        pass


def state(task):
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


async def raised(kind, awaitable):
    try:
        result = await awaitable
    except CreditdError as error:
        assert type(error) is kind, repr(error)
        return error
    raise AssertionError(f"{result} instead of {kind.__name__}")


async def with_daemon(home):
    async with Creditd(program=program, home=home) as creditd:
        nobody = await raised(NotFound, creditd.person.get(cpf="52998224725", purpose="credit_protection"))
        assert (nobody.code, nobody.reason, nobody.retryable) == (1001, "not_found", False)
        wrong = await raised(InvalidParams, creditd.person.get(cpf="1", purpose="credit_protection"))
        assert [violation["pointer"] for violation in wrong.violations] == ["/cpf"], wrong
        assert "/cpf" in str(wrong), wrong
        again = pickle.loads(pickle.dumps(wrong))
        assert (str(again), again.violations) == (str(wrong), wrong.violations)

        key = idempotency_key()
        first = await creditd.person.create(**person(), idempotency_key=key)
        assert first == await creditd.person.create(**person(), idempotency_key=key)
        patch = {"name": "Ana"}
        stale = await raised(
            VersionConflict, creditd.person.update(cpf="52998224725", patch=patch, expectedVersion=9))
        assert stale.version == 1, stale
        plan = await creditd.call("person.delete", {"cpf": "52998224725"}, dry_run=True)
        assert plan["dryRun"] is True, plan
        notices = []
        await creditd.person.get(cpf="52998224725", purpose="credit_protection", on_progress=notices.append)
        assert [notice["kind"] for notice in notices] == ["begin", "report", "end"], notices

        await raised(InvalidRequest, creditd.system.echo({"text": "x" * (1 << 21)}))
        await unsendable(creditd)
        creditd.GRACE = 0.1
        pid = creditd._process.pid
        stop(pid)
        late = await raised(DeadlineExceeded, creditd.event.latest(cpf="52998224725", timeout=0.05))
        assert late.retryable
        late = await raised(DeadlineExceeded, creditd.person.create(**person("11144477735"), timeout=0.05))
        assert not late.retryable
        os.kill(pid, signal.SIGCONT)
        assert await creditd.system.ping() == "pong"

        stop(pid)
        reads = [asyncio.create_task(creditd.event.latest(cpf="52998224725")) for _ in range(10)]
        write = asyncio.create_task(creditd.person.create(**person("39053344705")))
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        assert all([(await raised(ConnectionLost, read)).retryable for read in reads])
        assert not (await raised(ConnectionLost, write)).retryable
        gone = await raised(ConnectionLost, creditd.system.ping())
        assert gone.data["exitCode"] == -signal.SIGKILL, gone.data
    await raised(ConnectionLost, creditd.system.ping())


async def unsendable(creditd):
    """What the daemon could not read, and thus not answer by its id, is not sent; the nearest to it is."""
    deep = []
    for _ in range(61):
        deep = [deep]
    for value in (10**1023, -(10**1022), deep):
        assert await creditd.system.echo({"value": value}) == {"value": value}
    bottomless = []
    bottomless.append(bottomless)
    for reason, value in [
        ("unpaired_surrogate", "secret\ud83d"),
        ("unpaired_surrogate", {"secret\ud83d": 1}),
        *(("number_too_long", number) for number in (10**1024, -(10**1023), 10**4000, [10**5000])),
        *(("too_deep", value) for value in ([deep], bottomless)),
    ]:
        error = await raised(ParseError, creditd.system.echo({"value": value}))
        assert error.reason == reason and error.__context__ is None, error
        assert "secret" not in str(error) and "000" not in str(error), error
    for timeout in (math.inf, 40 * 86_400.0, 0):
        assert await creditd.system.ping(timeout=timeout) == "pong"
    for timeout in (math.nan, -1):
        try:
            raise AssertionError(await creditd.system.ping(timeout=timeout))
        except ValueError:
            pass


async def wrong_lines(creditd):
    """Lines that are no answers are passed over, and what answers a call wrongly fails it."""

    def echo(*lines):
        return creditd.call("system.echo", {"lines": lines})

    passed_over = [
        *("null", "5", "[]", '"text"', "{}", "[" * 100_000, '{"id":true,"result":1}', '{"id":[],"result":1}'),
        *('{"method":"$/progress"}', '{"method":"$/progress","params":[5]}', '{"method":"$/progress","params":null}'),
        '{"id":null}',
    ]
    assert await echo(*passed_over, '{"id":ID,"result":7}') == 7
    for rest in ("", ',"error":5', ',"error":null', ',"error":[]', ',"error":{"code":"x"}'):
        await raised(ConnectionLost, echo('{"id":ID%s}' % rest))
    await raised(InvalidParams, echo('{"id":ID,"error":{"code":-32602,"data":{"violations":[5,{}]}}}'))
    await raised(InvalidParams, echo('{"id":ID,"error":{"code":-32602,"data":{"violations":5}}}'))
    await raised(InvalidParams, echo('{"id":ID,"error":{"code":-32602,"data":5}}'))
    unread = '{"id":null,"error":{"code":-32700,"message":"m","data":{"reason":"too_deep"}}}'
    assert (await raised(ParseError, echo(unread))).reason == "too_deep"
    other = asyncio.create_task(creditd.call("system.echo", {"silent": True}, is_repeatable=True))
    await asyncio.sleep(0)
    assert not (await raised(ConnectionLost, echo(unread))).retryable
    assert (await raised(ConnectionLost, other)).retryable


FORGOTTEN = """
import asyncio, os, sys
sys.path.insert(0, sys.argv[1])
from creditd import Creditd, CreditdSync
plain = CreditdSync(program=sys.argv[2], home=sys.argv[3]).open()
plain.system.ping()
fork = os.fork()
if fork == 0:
    sys.exit()
os.waitpid(fork, 0)
loop = asyncio.new_event_loop()
creditd = Creditd(program=sys.argv[2], home=sys.argv[4])
loop.run_until_complete(creditd.open())
async def main():
    await Creditd(program=sys.argv[2], home=sys.argv[4]).open()
asyncio.run(main())
"""


def forgotten(home):
    """A program that closes no client ends at once, and says nothing; so does a fork of it."""
    with tempfile.TemporaryDirectory() as other:
        command = [sys.executable, "-c", FORGOTTEN, folder, program, home, other]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", ""), ended


async def with_stand_in():
    lines = []
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        async with Creditd(program=stand_in, on_log=lines.append) as creditd:
            assert len(warned) == 1 and "creditd client python" in str(warned[0].message), warned
            text = await creditd.call("system.echo", {"bytes": 40_000_000})
            assert len(text) == 40_000_000
            waiting = asyncio.create_task(creditd.call("system.echo", {"silent": True}))
            await asyncio.sleep(0.05)
            waiting.cancel()
            try:
                await waiting
                raise AssertionError("a cancelled call has an answer")
            except asyncio.CancelledError:
                pass
            received = await creditd.call("system.echo", {"received": True}, idempotency_key="k", timeout=2)
            silent = next(line["id"] for line in received if "silent" in line.get("params", {}))
            assert {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": silent}} in received, received
            assert received[-1]["meta"] == {"deadlineMs": 2000, "idempotencyKey": "k"}, received[-1]
            await wrong_lines(creditd)
    assert len(lines) == 4 * 8738 and set(lines) == {("flood " * 20)}, len(lines)


async def cancelled_starts(home):
    for milliseconds in range(0, 40, 4):
        creditd = Creditd(program=program, home=home)
        start = asyncio.create_task(creditd.open())
        await asyncio.sleep(milliseconds / 1000)
        start.cancel()
        await asyncio.wait([start], timeout=20)
        assert start.done(), "a cancelled start hangs"
        await creditd.close()


async def without_daemon():
    for unfit in ("/nowhere/creditd", "cat", "true"):
        assert not (await raised(ConnectionLost, Creditd(program=unfit).open())).retryable
    refused = await raised(ConnectionLost, Creditd(program=program, home="/proc/nowhere").open())
    assert refused.data["exitCode"] == 69 and "/proc/nowhere" in str(refused), refused


def plain(home):
    with CreditdSync(program=program, home=home, args=["--requester", "Banco Exemplo"]) as creditd:
        assert creditd.system.ping(timeout=5) == "pong"
        creditd.person.create(**person())
        found = []
        threads = [
            threading.Thread(
                target=lambda: found.append(creditd.person.get(cpf="52998224725", purpose="credit_protection")))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [each["name"] for each in found] == ["Maria"] * 8, found
        os.kill(creditd._client._process.pid, signal.SIGKILL)
        try:
            creditd.system.ping()
            creditd.system.ping()
            raise AssertionError("a daemon that was killed answers")
        except ConnectionLost:
            pass
    creditd = CreditdSync(program=program, home=home).open()
    assert creditd.close() == 0


assert StoreUnavailable("m", data={"retryAfterMs": 250}).retry_after == 0.25
with tempfile.TemporaryDirectory() as home:
    asyncio.run(with_daemon(home))
with tempfile.TemporaryDirectory() as home:
    plain(home)
    forgotten(home)
    asyncio.run(cancelled_starts(home))
asyncio.run(with_stand_in())
asyncio.run(without_daemon())
print("done")
