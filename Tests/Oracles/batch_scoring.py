#!/usr/bin/env python3
"""Scores one CSV file by `creditd score run`, by jpmml-evaluator (Java) and by OptBinning, each from file to file and
with the same card, compares the scores of all rows, and prints the rates.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install optbinning pandas jpmml-evaluator
    /tmp/oracle/bin/python Tests/Oracles/batch_scoring.py .build/release/creditd --rows 1000000

Needs javac (openjdk-17-jdk-headless). The card is fitted by OptBinning to rows with a known truth, of a fixed seed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jpmml_evaluator
import numpy as np
import pandas as pd
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression

NUMBERS = ["income", "assets", "tenure", "queries", "debts"]
CATEGORIES = {"housing": ["own", "rent", "for_free"], "region": ["N", "NE", "CO", "SE", "S"]}
MISSING = ["no_record", "not_applicable", "truncated", "not_known_then"]


def rows(count, generator):
    data = pd.DataFrame({"id": np.arange(count)})
    data["income"] = generator.lognormal(8, 0.6, count).round(2)
    data["assets"] = generator.integers(-50_000, 400_000, count)
    data["tenure"] = generator.integers(0, 240, count)
    data["queries"] = generator.poisson(2, count)
    data["debts"] = generator.poisson(0.7, count)
    for name, values in CATEGORIES.items():
        data[name] = generator.choice(values, count)
    log_odds = (
        -1.2 + 0.35 * data.debts + 0.15 * data.queries - 0.006 * data.tenure - 0.5 * (np.log(data.income) - 8)
        - 0.4 * (data.housing == "own")
    )
    bad = generator.random(count) < 1 / (1 + np.exp(-log_odds))
    for name in ("income", "assets"):
        data[name] = data[name].astype(float).mask(generator.random(count) < 0.05)
    return data, bad.astype(int)


def fitted(data, bad):
    names = NUMBERS + list(CATEGORIES)
    binning = BinningProcess(names, categorical_variables=list(CATEGORIES), max_n_bins=6)
    card = Scorecard(
        binning, LogisticRegression(), scaling_method="pdo_odds", rounding=True,
        scaling_method_params={"pdo": 50, "odds": 19, "scorecard_points": 600},
    )
    return card.fit(data[names], bad, metric_missing="empirical")


def as_file(card):
    """The card in the format of creditd."""
    table = card.table(style="detailed")
    characteristics = []
    for name in table["Variable"].unique():
        bins, categories, missing = [], [], 0
        for bin, points in table[table["Variable"] == name][["Bin", "Points"]].itertuples(index=False):
            points = int(round(points))
            if isinstance(bin, str) and bin in ("Missing", "Special"):
                missing = points if bin == "Missing" else missing
            elif isinstance(bin, str):
                low, high = (float(bound) for bound in bin.strip("[]()").split(","))
                bounds = {"from": low, "to": high}
                bins.append({key: value for key, value in bounds.items() if np.isfinite(value)} | {"points": points})
            else:
                categories.append({"values": [str(value) for value in bin], "points": points})
        item = {"characteristic": name, "baseline": max(entry["points"] for entry in bins + categories)}
        item |= {"bins": bins} if bins else {"categories": categories, "other": {"points": 0}}
        characteristics.append(item | {"missing": {kind: {"points": missing} for kind in MISSING}})
    return {
        "format": 2, "model": "batch", "version": 1, "role": "champion", "description": "fitted by OptBinning",
        "usesAge": False, "requiresConsent": False, "basePoints": 0, "characteristics": characteristics,
    }


def timed(name, count, work):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, own = time.monotonic(), time.process_time()
    work()
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = time.process_time() - own + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name:12} {seconds:7.2f} s  {count / seconds:11,.0f} rows/s  {spent:7.2f} s of CPU", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("creditd")
    parser.add_argument("--rows", type=int, default=1_000_000)
    arguments = parser.parse_args()
    generator = np.random.default_rng(20261129)
    card = fitted(*rows(20_000, generator))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        data, _ = rows(arguments.rows, generator)
        data.to_csv(folder / "rows.csv", index=False)
        (folder / "card.json").write_text(json.dumps(as_file(card)))
        with (folder / "card.pmml").open("wb") as pmml:
            subprocess.run([arguments.creditd, "score", "export", folder / "card.json"], stdout=pmml, check=True)
        package = Path(jpmml_evaluator.__file__).parent
        jars = f"{package}/resources/*:{package}/dependencies/*"
        source = Path(__file__).with_name("ScoreRows.java")
        subprocess.run(["javac", "-cp", jars, "-d", folder, source], check=True)

        def creditd():
            with (folder / "rows.csv").open() as stdin, (folder / "creditd.csv").open("w") as stdout:
                subprocess.run(
                    [arguments.creditd, "score", "run", folder / "card.json"], stdin=stdin, stdout=stdout, check=True)

        def jpmml():
            files = [folder / name for name in ("card.pmml", "rows.csv", "jpmml.csv")]
            subprocess.run(["java", "-cp", f"{folder}:{jars}", "ScoreRows", *files], check=True)

        def optbinning():
            read = pd.read_csv(folder / "rows.csv")
            read["rawScore"] = card.score(read[NUMBERS + list(CATEGORIES)])
            read[["id", "rawScore"]].to_csv(folder / "optbinning.csv", index=False)

        for name, work in (("creditd", creditd), ("jpmml", jpmml), ("optbinning", optbinning)):
            timed(name, arguments.rows, work)
        ours = pd.read_csv(folder / "creditd.csv", keep_default_na=False)
        peer = pd.read_csv(folder / "jpmml.csv", keep_default_na=False)
        other = pd.read_csv(folder / "optbinning.csv")
        wrong = (ours.rawScore != peer.rawScore.astype(float)).sum()
        others = (ours.rawScore != other.rawScore).sum()
        print(f"scores that differ from jpmml's: {wrong}, from OptBinning's: {others}")
        return 1 if wrong or others else 0


if __name__ == "__main__":
    sys.exit(main())
