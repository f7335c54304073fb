"""Tries what goes wrong between a client that `creditd client python` has printed and its daemon.

    failures.py FOLDER-OF-creditd.py CREDITD STAND-IN
"""

import asyncio
import os
import pathlib
import pickle
import signal
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
    await raised(ConnectionLost, Creditd(program="/nowhere/creditd").open())
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
    asyncio.run(cancelled_starts(home))
asyncio.run(with_stand_in())
asyncio.run(without_daemon())
print("done")
