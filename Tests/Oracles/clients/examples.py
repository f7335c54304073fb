"""Runs every example of every contract through a client that `creditd client python` has printed.

    examples.py FOLDER-OF-creditd.py CREDITD SCHEMA/rpc

Half of the examples use the asyncio client, the others the plain one. Prints the number of examples, and each that was
not answered as its contract says.
"""

import asyncio
import inspect
import itertools
import json
import pathlib
import re
import sys
import tempfile
import warnings

folder, program, contracts = sys.argv[1:]
sys.path.insert(0, folder)
import creditd as client  # noqa: E402

warnings.simplefilter("error")


def at(value, pointer):
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def put(value, pointer, new):
    steps = pointer.split("/")[1:]
    if not steps:
        return new
    parent = at(value, pointer[: pointer.rindex("/")])
    parent[int(steps[-1]) if isinstance(parent, list) else steps[-1]] = new
    return value


def representable(value):
    """Without the numbers that a double cannot hold, which JSON has no text for in Python."""
    if isinstance(value, dict):
        return {key: representable(item) for key, item in value.items() if item != float("inf")}
    return value


def invocation(creditd, method, params):
    """The typed method where the params fit its signature, so that wrong params too get to the daemon."""
    namespace, name = method.split(".")
    typed = getattr(getattr(creditd, namespace), name)
    signature = inspect.signature(typed)
    if "params" in signature.parameters:
        return typed, (params,), {}
    if isinstance(params, dict):
        named = {key + "_" if key == "from" else key: value for key, value in params.items()}
        try:
            signature.bind(**named)
            return typed, (), named
        except TypeError:
            pass
    return creditd.call, (method, params), {}


def steps(example):
    """The calls before the example's own, then that; `takes` puts what an earlier one answered into params."""
    results = []
    for method, call in [(given["method"], given) for given in example.get("given", [])] + [(None, example)]:
        params = representable(json.loads(json.dumps(call["params"])))
        for target, source in call.get("takes", {}).items():
            params = put(params, target, at(results, source))
        results.append((yield method, params))


def complaint(example, result, error):
    if "error" in example:
        if error is None:
            return f"no error but {result}"
        told = error.violations[0]["reason"] if error.violations else error.reason
        if (error.code, told) != (example["error"]["code"], example["error"]["reason"]):
            return repr(error)
        if type(error) is client.CreditdError:
            return f"{error!r} has no class"
        return None
    if error is not None:
        return repr(error)
    expected = representable(example["result"])
    for pointer in example.get("varies", []):
        expected = put(expected, pointer, at(result, pointer))
    return None if result == expected else f"{result} is not {expected}"


async def play(creditd, method, example):
    script = steps(example)
    name, params = next(script)
    while True:
        call, args, kwargs = invocation(creditd, name or method, params)
        try:
            result, error = await call(*args, **kwargs, timeout=60), None
        except client.CreditdError as raised:
            result, error = None, raised
        if name is None:
            return complaint(example, result, error)
        name, params = script.send(result)


def play_plain(creditd, method, example):
    script = steps(example)
    name, params = next(script)
    while True:
        call, args, kwargs = invocation(creditd, name or method, params)
        try:
            result, error = call(*args, **kwargs, timeout=60), None
        except client.CreditdError as raised:
            result, error = None, raised
        if name is None:
            return complaint(example, result, error)
        name, params = script.send(result)


async def run(examples):
    with tempfile.TemporaryDirectory() as home:
        async with client.Creditd(program=program, home=home) as creditd:
            return [await play(creditd, *pair) for pair in examples]


def run_plain(examples):
    with tempfile.TemporaryDirectory() as home, client.CreditdSync(program=program, home=home) as creditd:
        return [play_plain(creditd, *pair) for pair in examples]


def subject(contract, example):
    """Whom alone it is about, empty where it neither finds nor leaves anything in a home, None where it may be more."""
    access = contract.get("access", {})
    if "given" not in example and ("error" in example or not {"changes", "duty"} & set(access)):
        return ""
    people = set(re.findall(r"\b\d{11}\b", json.dumps([example.get("given"), example["params"]])))
    return people.pop() if len(people) == 1 and access and "duty" not in access else None


def grouped():
    """The examples of each daemon: a start takes longer than an example."""
    shared, alone, by_subject = [[], []], [], {}
    for path in sorted(pathlib.Path(contracts).glob("*.json")):
        contract = json.loads(path.read_text())
        for index, example in enumerate(contract["examples"]):
            who = subject(contract, example)
            if who is None:
                alone.append([(path.stem, example)])
            elif who:
                by_subject.setdefault(who, []).append((path.stem, example))
            else:
                shared[index % 2].append((path.stem, example))
    together = [list(filter(None, group)) for group in itertools.zip_longest(*by_subject.values())]
    return shared + alone + together


async def main():
    room = asyncio.Semaphore(4)

    async def one(index, examples):
        async with room:
            texts = await (asyncio.to_thread(run_plain, examples) if index % 2 else run(examples))
            return [(f"{method}, {example['name']}", text) for (method, example), text in zip(examples, texts)]

    groups = await asyncio.gather(*(one(index, examples) for index, examples in enumerate(grouped())))
    outcomes = [outcome for group in groups for outcome in group]
    print(len(outcomes), "examples")
    wrong = [f"{name}: {text}" for name, text in outcomes if text]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


sys.exit(asyncio.run(main()))
