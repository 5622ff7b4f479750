"""What is wrong in a `model.yaml` is told when products are loaded, before anything is built."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from meshlake.names import ProductName

NAME = ProductName("crm", "leavers")
CHURN = {"task": "churn", "features": "crm.features", "key": "id", "label": "is_churned"}
MULTILABEL = {
    "task": "multilabel",
    "features": "crm.features",
    "key": "id",
    "labels": ["is_churned", "is_rich"],
}
SEGMENTS = {"task": "segments", "features": "crm.features", "key": "id", "columns": {"usage": "log"}}


@pytest.fixture
def loaded(mesh):
    """Load a mesh of one model; the error by which it is set aside, if any."""
    mesh.product(
        "crm.features", {"id": "string", "usage": "number", "is_churned": "boolean", "is_rich": "boolean"}
    )

    def load(model):
        mesh.product("crm.leavers", {"id": "string"}, {"model.yaml": yaml.safe_dump(model)})
        broken = mesh.workspace.products.broken
        return broken[NAME].error if broken else None

    return load


@pytest.mark.parametrize(
    "model",
    [
        CHURN,
        CHURN | {"features": "SELECT id, is_churned FROM crm.features"},
        CHURN | {"policy": {"folds": 3, "retrain_cron": "0 4 * * 1"}},
        MULTILABEL,
        MULTILABEL
        | {"wanted": {"is_rich": False}, "policy": {"candidates": ["random_forest", "classifier_chain"]}},
        SEGMENTS,
        SEGMENTS | {"policy": {"k_min": 2, "retrain_cron": "*/5 * * * *"}},
        SEGMENTS | {"policy": {"candidates": ["birch", {"hdbscan": {"min_samples": 5}}], "min_share": 0.05}},
        SEGMENTS | {"words": {"usage": "{} hours"}, "useful_for": "is_churned"},
        CHURN | {"task": "uplift", "treatment": "usage", "aim": "less"},
        CHURN | {"task": "survival", "duration": "usage", "unit": "months", "policy": {"horizons": [3, 12]}},
    ],
)
def test_a_model_that_can_be_trained(loaded, model):
    assert loaded(model) is None


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (CHURN | {"labell": "x"}, "'labell' is not known. Did you mean 'label'?"),
        (CHURN | {"policy": {"fold": 3}}, "'policy.fold' is not known. Did you mean 'folds'?"),
        (CHURN | {"policy": {"folds": 1}}, "'policy.folds' is 1"),
        (CHURN | {"policy": {"candidates": ["oracle"]}}, "'policy.candidates' is 'oracle'"),
        (
            CHURN | {"policy": {"candidates": [{"label_spreading": {"alpha": 0.5}}]}},
            "'policy.candidates' needs one beside 'label_spreading' that learns from labels alone",
        ),
        (CHURN | {"columns": {"usage": "log"}}, "'columns' is not known"),
        (CHURN | {"task": "uplift", "treatment": "usage"}, "'aim'"),
        (CHURN | {"task": "survival"}, "said by 'duration', or by 'start' and 'end'"),
        (CHURN | {"task": "survival", "start": "usage"}, "said by 'duration', or by 'start' and 'end'"),
        (CHURN | {"task": "survival", "duration": "id"}, "must name columns of their own"),
        (CHURN | {"task": "survival", "duration": "usage", "unit": "moons"}, "'unit' is 'moons'"),
        (CHURN | {"task": "survival", "start": "usage", "end": "id", "unit": "weeks"}, "it is days"),
        (
            CHURN | {"task": "survival", "duration": "usage", "policy": {"horizons": [9, 3]}},
            "'policy.horizons'",
        ),
        (MULTILABEL | {"labels": ["is_churned"]}, "'labels'"),
        (MULTILABEL | {"wanted": {"is_reich": True}}, "'wanted' names what is not in 'labels': is_reich"),
        (MULTILABEL | {"policy": {"candidates": ["classifier_chain"]}}, "needs at least one other"),
        (CHURN | {"task": "chrun"}, "task is 'chrun'"),
        (SEGMENTS | {"label": "is_churned"}, "'label' is not known"),
        (SEGMENTS | {"columns": {"usage": "square"}}, "'columns.usage' is 'square'"),
        (SEGMENTS | {"policy": {"candidates": ["k_meens"]}}, "Did you mean 'k_means'?"),
        (
            SEGMENTS | {"policy": {"candidates": [{"dbscan": {"epz": 1}}]}},
            "'epz' is not known. Did you mean 'eps'?",
        ),
        (SEGMENTS | {"words": {"usage": "hours"}}, "it must say a value in words, with {} in its place"),
        (SEGMENTS | {"words": {"age": "{} years"}}, "'words' names what is not in 'columns': age"),
        (SEGMENTS | {"useful_for": "usage"}, "'useful_for' must be no column that rows are compared by"),
        (CHURN | {"policy": {"retrain_cron": "every monday"}}, "cron 'every monday' has 2 fields, not 5"),
        (CHURN | {"policy": {"retrain_cron": "0 25 * * *"}}, "cron '0 25 * * *': '25' is not a"),
    ],
)
def test_a_model_that_cannot_be_is_told_with_its_file(loaded, model, told):
    error = loaded(model)
    assert told in error.message
    assert re.search(r"crm/leavers/model\.yaml:\d+: ", error.message)
    assert error.hint


def test_every_mistake_is_told_with_its_line(loaded):
    error = loaded(CHURN | {"labell": "x", "policy": {"fold": 3, "seed": -1}, "key": ["id", "id"]})
    lines = [line.partition("model.yaml:")[2] for line in error.message.splitlines()]
    assert lines == [
        "2: 'key' is ['id', 'id']; it names a column twice",
        "6: 'labell' is not known. Did you mean 'label'? "
        "Allowed: task, features, key, policy, cutoff, horizon_days, group, exclude, known_before, protected, "
        "protected_features, label, changeable",
        "8: 'policy.fold' is not known. Did you mean 'folds'? "
        "Allowed: retrain_cron, keep_versions, minutes, folds, seed, retrain_when_off, candidates, search, flag_share, "
        "threshold, min_recall, min_precision, capacity, profit, boost_minutes",
        "9: 'policy.seed' is -1; it must be a whole number of at least 0",
    ]


@pytest.mark.slow
def test_it_is_checked_without_scikit_learn(loaded, mesh):
    assert loaded(CHURN) is None
    program = (
        "import sys; from pathlib import Path; from meshlake.products.load import load_products\n"
        "assert load_products(Path(sys.argv[1])).products; assert not {'sklearn', 'pandas'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program, mesh.products], check=True)
