"""The micro-benchmarks of `Micro`, run by the benchmark package's own command."""

import json
import os
import pathlib
import subprocess

PACKAGE = pathlib.Path(__file__).resolve().parents[3]
REQUEST = PACKAGE / "Tests/Benchmarks/Micro/params.json"
SECONDS = {"ns": 1e-9, "μs": 1e-6, "ms": 1e-3, "s": 1}
OPERATIONS = 100_000  # of one iteration


def rates(build_folder):
    """Operations a second of each benchmark, by the median."""
    output = subprocess.run(
        ["swift", "package", "--package-path", PACKAGE, "--scratch-path", build_folder, "--disable-sandbox",
         "benchmark", "--no-progress", "--format", "jmh", "--path", "stdout"],
        check=True, capture_output=True, text=True, env={**os.environ, "CREDITD_EXTRA": "micro"}).stdout
    results = json.loads(next(line for line in output.splitlines() if line.startswith("[{")))
    return {result["benchmark"].rpartition(".")[2].replace("_", " "): rate(result) for result in results}


def rate(result):
    metric = result["secondaryMetrics"]["Time (wall clock)"]
    return OPERATIONS / metric["scorePercentiles"]["50.0"] / SECONDS[metric["scoreUnit"]]
