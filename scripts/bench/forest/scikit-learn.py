"""scikit-learn's Isolation Forest as a process that answers one JSON line for each line that it is asked."""

import base64
import json
import pickle
import sys
import time

import numpy
from sklearn.ensemble import IsolationForest

table = None
forest = None


def use(values, columns):
    global table
    table = numpy.frombuffer(base64.b64decode(values), dtype="<f8").reshape(-1, columns)
    return {}


def fit(seed, trees, sampleSize):
    global forest
    forest = IsolationForest(
        n_estimators=trees, max_samples=min(sampleSize, len(table)), random_state=seed, n_jobs=1
    )
    began = time.perf_counter()
    forest.fit(table)
    return {"ms": (time.perf_counter() - began) * 1000}


def score(rows):
    judged = table[:rows]
    began = time.perf_counter()
    scores = -forest.score_samples(judged)
    ms = (time.perf_counter() - began) * 1000
    return {"ms": ms, "scores": base64.b64encode(scores.astype("<f8").tobytes()).decode()}


def size():
    return {"bytes": len(pickle.dumps(forest))}


asked = {"use": use, "fit": fit, "score": score, "size": size}
for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(asked[question.pop("ask")](**question)), flush=True)
