#!/usr/bin/env python3
"""Computes the answers of Tests/ModellingTests/Fixtures/statistics.json by scikit-learn, OptBinning, SciPy and
statsmodels.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install optbinning scikit-learn scipy statsmodels
    /tmp/oracle/bin/python Tests/Oracles/score_statistics.py --check     # recomputes, and compares with what is kept
    /tmp/oracle/bin/python Tests/Oracles/score_statistics.py > Tests/ModellingTests/Fixtures/statistics.json
"""

import json
import sys
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from optbinning.binning.binning_statistics import BinningTable
from optbinning.binning.metrics import jeffrey
from optbinning.metrics.classification import gini
from scipy import special, stats
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve

FIXTURE = Path(__file__).parents[1] / "ModellingTests" / "Fixtures" / "statistics.json"
RANDOM = np.random.default_rng(20261129)
SCALE = {"pointsToDouble": 50.0, "odds": 19.0, "at": 600.0}


def log_odds_of_bad(scores):
    return -(np.log(SCALE["odds"]) + (scores - SCALE["at"]) / SCALE["pointsToDouble"] * np.log(2))


def sample(name, scores, bad):
    """One sample as counts of each score, and all measures of it from its cases."""
    scores, bad = np.asarray(scores, dtype=float), np.asarray(bad, dtype=int)
    distinct = np.unique(scores)
    good_share, bad_share, _ = roc_curve(bad, -scores, drop_intermediate=False)
    log_odds = log_odds_of_bad(scores)
    probability = special.expit(log_odds)
    line = sm.GLM(bad, sm.add_constant(log_odds), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=100)
    answers = {
        "auc": roc_auc_score(bad, -scores),
        "gini": gini(bad, -scores),
        "ks": float(np.max(bad_share - good_share)),
        "brier": brier_score_loss(bad, probability),
        "intercept": line.params[0],
        "slope": line.params[1],
    }
    return {
        "name": name,
        "scores": distinct.tolist(),
        "good": [int(((scores == s) & (bad == 0)).sum()) for s in distinct],
        "bad": [int(((scores == s) & (bad == 1)).sum()) for s in distinct],
        "answers": answers,
    }


def samples():
    def drawn(n, step):
        scores = np.round(RANDOM.normal(620, 70, n) / step) * step
        return scores, RANDOM.random(n) < special.expit(log_odds_of_bad(scores) * 0.8 + 0.3)

    yield sample("hardly a tie", *drawn(300, 1e-6))
    yield sample("integer points", *drawn(2000, 1))
    yield sample("many ties", *drawn(500, 50))
    scores, bad = drawn(200, 10)
    yield sample("inverted", 1200 - scores, bad)


def bins():
    """Tables of bins: IV and WoE as OptBinning has them, empty cells included."""
    for name, good, bad in [
        ("six bins", [90, 130, 160, 120, 100, 100], [80, 70, 60, 45, 25, 20]),
        ("a bin without bad cases", [400, 280, 20], [200, 100, 0]),
        ("two bins", [3, 997], [9, 91]),
    ]:
        table = BinningTable(
            name="x", dtype="numerical", special_codes=None, splits=np.arange(1, len(good)) + 0.0,
            n_nonevent=np.array(good + [0, 0]), n_event=np.array(bad + [0, 0]),
        )
        rows = table.build(add_totals=False)
        yield {
            "name": name, "good": good, "bad": bad, "iv": float(table.iv),
            "woe": [float(w) for w in rows["WoE"][: len(good)]],
        }


def stability():
    for expected, actual in [
        ([100] * 10, [83, 95, 120, 101, 99, 104, 97, 88, 111, 102]),
        ([500, 300, 200], [40, 35, 25]),
        ([20, 30, 50], [50, 30, 20]),
    ]:
        e, a = np.array(expected), np.array(actual)
        degrees = len(e) - 1
        scale = 1 / e.sum() + 1 / a.sum()
        yield {
            "expected": expected, "actual": actual,
            "psi": float(jeffrey(a / a.sum(), e / e.sum(), return_sum=True)),
            "limit": float(stats.chi2.ppf(0.95, degrees) * scale),
        }


def two_samples():
    """Kolmogorov-Smirnov: SciPy's statistic, the limit's p with Stephens's correction, and SciPy's own p beside it."""
    for n, m, shift in [(200, 300, 0.0), (1000, 400, 0.1), (60, 60, 0.6)]:
        x, y = RANDOM.normal(0, 1, n), RANDOM.normal(shift, 1, m)
        result = stats.ks_2samp(x, y)
        root = np.sqrt(n * m / (n + m))
        yield {
            "first": sorted(x.tolist()), "second": sorted(y.tolist()), "statistic": float(result.statistic),
            "p": float(special.kolmogorov((root + 0.12 + 0.11 / root) * result.statistic)),
            "exact": float(result.pvalue),
        }


def survivals():
    for degrees in (1, 2, 5, 10, 33):
        for value in (0.01, 0.7, 4.0, 11.5, 60.0):
            yield {"degrees": degrees, "value": value, "survival": float(stats.chi2.sf(value, degrees))}


def differences(kept, now, path=""):
    if isinstance(kept, dict):
        keys = kept.keys() | now.keys()
        return [d for key in keys for d in differences(kept.get(key), now.get(key), f"{path}/{key}")]
    if isinstance(kept, list):
        if len(kept) != len(now):
            return [path]
        return [d for i, (k, n) in enumerate(zip(kept, now)) for d in differences(k, n, f"{path}/{i}")]
    if isinstance(kept, float) and isinstance(now, float):
        return [] if abs(kept - now) <= 1e-9 * max(1, abs(kept)) else [f"{path}: {kept} is now {now}"]
    return [] if kept == now else [f"{path}: {kept} is now {now}"]


def main():
    answers = {
        "about": "made by Tests/Oracles/score_statistics.py",
        "scale": SCALE, "samples": list(samples()), "bins": list(bins()), "stability": list(stability()),
        "twoSamples": list(two_samples()), "chiSquare": list(survivals()),
    }
    if "--check" not in sys.argv[1:]:
        print(json.dumps(answers, separators=(",", ":")).replace('{"name"', '\n{"name"').replace('},"', '},\n"'))
        return 0
    found = differences(json.loads(FIXTURE.read_text()), json.loads(json.dumps(answers)))
    print("\n".join(found) or "every answer is as kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
