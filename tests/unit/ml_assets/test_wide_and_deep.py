from __future__ import annotations

import numpy as np
import pytest

from meshlake.ml_assets.candidates.wide_and_deep_classifier import WideAndDeep
from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.preprocessing import plan_features
from support.extras import skip_without_packages

# Of Keras, which reads its own variables in a way that NumPy will not take for ever.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:__array__ implementation")]


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    numbers = random.normal(size=(400, 3))
    return numbers, numbers[:, 0] * numbers[:, 1] + 0.5 * random.normal(size=400) > 0


@pytest.fixture(scope="module")
def learned(rows):
    skip_without_packages("wide_and_deep")
    return WideAndDeep(hidden=[16, 8], epochs=40, patience=5, batch_size=32, seed=1).fit(*rows)


def test_what_is_said_is_what_keras_says_of_the_same_weights(rows, learned):
    network = learned.network(3)
    network.set_weights(learned.weights_)
    said = network.predict(rows[0].astype(np.float32), verbose=0)[:, 0]
    assert learned.predict_proba(rows[0])[:, 1] == pytest.approx(said, abs=1e-5)
    assert learned.predict_proba(rows[0]).sum(axis=1) == pytest.approx(1)


def test_the_weights_are_those_of_the_best_round(rows, learned):
    longer = WideAndDeep(**{**learned.get_params(), "epochs": learned.best_epoch_}).fit(*rows)
    assert learned.best_epoch_ < len(learned.history_)
    assert learned.history_[learned.best_epoch_ - 1] == min(learned.history_)
    assert all((a == b).all() for a, b in zip(learned.weights_, longer.weights_, strict=True))


def test_it_is_unsure_by_dropout_alone(rows, learned):
    spread = learned.predict_spread(rows[0], passes=20)
    assert spread.shape == (400,)
    assert (spread > 0).all()
    assert (learned.predict_spread(rows[0], passes=20) == spread).all()
    certain = WideAndDeep(**{**learned.get_params(), "dropout": 0.0})
    certain.weights_ = learned.weights_
    assert certain.predict_spread(rows[0], passes=3).max() < 1e-12


def test_what_was_tampered_with_does_not_load(make_customers, churn_spec):
    skip_without_packages("wide_and_deep")
    customers = make_customers(120)
    plan = plan_features(customers, ["tickets", "minutes"])
    content = bytearray(dump_model(fit("wide_and_deep", plan, customers, churn_spec)))
    content[len(content) // 2] ^= 255
    with pytest.raises(ValueError, match="cannot be read"):
        load_model(bytes(content), "wide_and_deep")
