"""The inputs that fuzzing starts from: the transcripts, the contracts' examples, the sample, and the public suite."""

import json
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITE = ROOT.parent / "shared" / "json-schema-test-suite" / "tests" / "draft2020-12"
LONGEST = 4096
REQUESTS_IN_SEED = 6


def write(folder, target, longest):
    """Fills a folder with the seeds of a target, a file each, and gives their number."""
    folder.mkdir(parents=True)
    seeds = sorted({seed for seed in TARGETS[target]() if 0 < len(seed) <= max(longest, LONGEST)})
    for number, seed in enumerate(seeds):
        (folder / f"{number:05}").write_bytes(seed)
    return len(seeds)


def parse():
    for case in transcripts():
        yield from case
    for path in (ROOT / "schema").glob("**/*.json"):
        yield path.read_bytes()
    for group in suite():
        yield compact(group)


def pattern():
    for group in suite():
        texts = [test["data"] for test in group["tests"] if isinstance(test["data"], str) and "\n" not in test["data"]]
        texts += [key for test in group["tests"] if isinstance(test["data"], dict) for key in test["data"]]
        for source in patterns(group["schema"]):
            yield "\n".join([source, *texts]).encode("utf-8", "replace")
        if patterns_are_data(group):
            yield from ("\n".join([text, "", "a", "ab1 é"]).encode("utf-8", "replace") for text in texts)


def validate():
    for group in suite():
        yield b"\n".join(compact(value) for value in [group["schema"], *(test["data"] for test in group["tests"])])
    for method, contract in contracts():
        for example in contract.get("examples", []):
            yield b"\n".join([method.encode(), compact(example.get("params", {}))])


def line():
    for case in transcripts():
        yield b"\n".join(case)
    for method, contract in contracts():
        for example in contract.get("examples", []):
            calls = [*example.get("given", []), {"method": method, "params": example.get("params", {})}]
            yield b"\n".join(request(number, call) for number, call in enumerate(calls))
    sample = (ROOT / "schema" / "sample" / "bureau.ndjson").read_bytes().splitlines()
    for start in range(0, min(len(sample), 120), REQUESTS_IN_SEED):
        yield b"\n".join(sample[start:start + REQUESTS_IN_SEED])


def pmml():
    for path in (ROOT / "Tests" / "ScorecardsTests" / "Fixtures").glob("*.pmml"):
        yield path.read_bytes()


TARGETS = {"parse": parse, "pattern": pattern, "validate": validate, "line": line, "pmml": pmml}


def transcripts():
    """The input of each case, as lines; those that stand for many bytes are left out."""
    for path in sorted((ROOT / "Tests" / "DaemonTests" / "Transcripts").glob("*.txt")):
        for case in re.split(r"^-- ", path.read_text(), flags=re.M)[1:]:
            lines = re.findall(r"^-->\|? (.*)$", case, flags=re.M)
            yield [raw(text) for text in lines if not re.search(r"\\(\*|fill)", text)]


def raw(text):
    return re.sub(rb"\\x([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), text.encode())


def contracts():
    for path in sorted((ROOT / "schema" / "rpc").glob("*.json")):
        yield path.stem, json.loads(path.read_text())


def suite():
    """The groups of the public suite, where it lies beside the repository."""
    if not SUITE.exists():
        complaint = f"there is no {SUITE.relative_to(ROOT.parent)} beside the repository: its cases are no seeds"
        if os.environ.get("CREDITD_REQUIRE_SHARED") == "1":
            sys.exit(complaint)
        print(f"*** NOT TESTED: {complaint}", file=sys.stderr)
    for path in sorted(SUITE.glob("**/*.json")):
        yield from json.loads(path.read_text())


def patterns(schema):
    if isinstance(schema, list):
        for part in schema:
            yield from patterns(part)
    elif isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        if isinstance(schema.get("patternProperties"), dict):
            yield from schema["patternProperties"]
        yield from patterns(list(schema.values()))


def patterns_are_data(group):
    return isinstance(group["schema"], dict) and group["schema"].get("format") == "regex"


def request(number, call):
    return compact({"jsonrpc": "2.0", "id": number, "method": call["method"], "params": call.get("params", {})})


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
