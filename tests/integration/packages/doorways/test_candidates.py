"""An algorithm is one file and one line: naive Bayes competes, wins and is stored and loaded again."""

from __future__ import annotations

import pytest

from meshlake.ml_assets.candidates.candidate import CANDIDATES, DEFAULT_CANDIDATES, ENSEMBLES, Candidate
from support.package_copy import PackageCopy

NAIVE_BAYES = '''
"""Naive Bayes on scaled numbers and one-hot text."""

from sklearn.naive_bayes import GaussianNB

from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.encoding import linear_preprocessing


class NaiveBayesCandidate(Candidate):
    def preprocessing(self, plan):
        return linear_preprocessing(plan)

    def estimator(self, plan, seed, rows):
        return GaussianNB()
'''
TRAIN = """
import json
import numpy as np
import pandas as pd
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.explaining.reasons import explain_churn
from meshlake.ml_assets.scoring import score_churn
from meshlake.ml_assets.spec import ChurnSpec

random = np.random.default_rng(0)
tickets = random.poisson(2, 400)
rows = pd.DataFrame({"id": range(400), "tickets": tickets, "is_churned": random.random(400) < tickets / 8})
mapping = {"task": "churn", "features": "crm.x", "key": "id", "label": "is_churned"}
spec = ChurnSpec.from_mapping(mapping | {"policy": {"candidates": ["naive_bayes"], "folds": 2}})
training = train_churn(rows, spec)
again = load_model(dump_model(training.model), training.algorithm)
assert score_churn(again, rows).equals(score_churn(training.model, rows))
worst = rows.nlargest(1, "tickets")
area = training.candidates[0].out_of_fold["roc_auc"]
reason = explain_churn(again, worst)["reason_1"].item()
print(json.dumps({"algorithm": training.algorithm, "roc_auc": area, "reason": reason}))
"""


def test_one_more_algorithm_is_one_file_and_one_line(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add_file("ml_assets/candidates/naive_bayes.py", NAIVE_BAYES)
    copy.add_line(
        "ml_assets/candidates/candidate.py",
        '"random_forest": "meshlake.ml_assets',
        '        "naive_bayes": "meshlake.ml_assets.candidates.naive_bayes:NaiveBayesCandidate",',
    )
    told = copy.run(TRAIN).facts
    assert told["algorithm"] == "naive_bayes"
    assert told["roc_auc"] > 0.6
    assert told["reason"].startswith("tickets = ")
    assert len(copy.touched) <= 2


@pytest.mark.parametrize("name", CANDIDATES.names)
def test_every_algorithm_can_be_loaded(name):
    assert issubclass(CANDIDATES.get(name), Candidate)


def test_those_compared_by_default_are_there():
    assert set(DEFAULT_CANDIDATES) <= {*CANDIDATES.names, *ENSEMBLES}
