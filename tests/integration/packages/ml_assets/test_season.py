"""The level of a season, where it repeats, where levels are chance, and where there are none."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets import honest
from meshlake.ml_assets.churn import ChurnTraining, train_churn
from meshlake.ml_assets.explaining.reasons import explain_churn
from meshlake.ml_assets.linear_terms import linear_terms
from meshlake.ml_assets.persistence import dump_model, load_model
from meshlake.ml_assets.scoring import churn_probability
from meshlake.ml_assets.season import learn_season
from meshlake.ml_assets.spec import ChurnSpec

SHARE = 0.2
SPEC = ChurnSpec(
    key=("customer_id",),
    label="is_churned",
    cutoff="cutoff",
    flag_share=SHARE,
    candidates=("logistic_regression",),
)
SEASONS = (-1.0, 0.6, 0.3, 0.1)
FIRST = pd.Timestamp("2009-09-15")


def _quarters(levels, rows=400, seed=0) -> pd.DataFrame:
    """Customers at a cut-off every three months, whose log odds are `spending` and a level of the cut-off."""
    random = np.random.default_rng(seed)
    parts = []
    for number, level in enumerate(levels):
        spending = random.normal(size=rows)
        odds = spending + level
        cutoff = FIRST + pd.DateOffset(months=3 * number)
        churned = random.random(rows) < 1 / (1 + np.exp(-odds))
        parts.append(
            {"customer_id": range(rows), "cutoff": cutoff, "spending": spending, "is_churned": churned}
        )
    return pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)


def _learned(levels, rows=400, seed=0):
    """The season of the cut-off after `levels`, of predictions that know all but the level."""
    table = _quarters([*levels, 0], rows, seed)
    is_later = table["cutoff"] == table["cutoff"].max()
    known = table[~is_later]
    said = (1 / (1 + np.exp(-known["spending"]))).to_numpy()
    return learn_season(known.reset_index(drop=True), said, table[is_later], SPEC)


def test_half_of_a_season_is_believed_when_none_came_back():
    season = _learned(SEASONS)
    assert (season.month, season.years, season.returns, season.share) == ("September", 1, 0, 0.5)
    assert season.shift == pytest.approx(-0.5, abs=0.12)


def test_seasons_that_come_back_are_believed_more():
    season = _learned(SEASONS * 3)
    assert (season.years, season.returns) == (3, 8)
    assert season.share > 0.8
    assert season.shift == pytest.approx(-0.9, abs=0.15)


def test_levels_that_are_chance_are_believed_less_as_it_shows():
    shares = []
    for seed in range(8):
        levels = np.random.default_rng(seed).normal(0, 0.6, 16)
        season = _learned(levels, 200, seed)
        shares.append(season.share if season else 0)
    assert np.mean(shares) < 0.3


def test_where_no_cutoff_differs_nothing_is_moved():
    seasons = [_learned([0.0] * 4, 400, seed) for seed in range(8)]
    assert max(abs(season.shift) if season else 0 for season in seasons) < 0.06


@pytest.mark.parametrize(
    ("count", "spec"),
    [(2, SPEC), (3, SPEC), (6, replace(SPEC, cutoff=None))],
    ids=["two quarters", "three quarters", "no cut-off"],
)
def test_without_a_year_before_there_is_no_season(count, spec):
    table = _quarters(SEASONS[:1] * count)
    assert learn_season(table, np.full(len(table), 0.5), table, spec) is None


def test_cutoffs_that_are_no_dates_have_none():
    table = _quarters(SEASONS * 2).assign(cutoff=lambda rows: rows["cutoff"].dt.year)
    assert learn_season(table, np.full(len(table), 0.5), table, SPEC) is None


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Five labelled quarters, of which the first September comes back as the fifth, and December to be scored."""
    rows = _quarters([*SEASONS, SEASONS[0], SEASONS[1]])
    rows["is_churned"] = rows["is_churned"].astype("boolean").mask(rows["cutoff"] == rows["cutoff"].max())
    return rows


@pytest.fixture(scope="module")
def training(table) -> ChurnTraining:
    return train_churn(table, SPEC)


def test_the_tested_model_knows_the_season(training, table):
    later = honest.tested_rows(training.honest)
    blind = train_churn(table[table["cutoff"] > FIRST], SPEC)
    assert later["cutoff"].unique().tolist() == [pd.Timestamp("2010-09-15")]
    assert training.test.metrics["log_loss"] < blind.test.metrics["log_loss"] - 0.03
    assert [told for told in training.warnings if "in December are moved by +" in told]


def test_a_share_is_of_the_same_rows_as_without_a_season(training, table):
    shares = [training.test.metrics["flagged_share"]]
    december = table[table["cutoff"] == table["cutoff"].max()]
    shares.append((churn_probability(training.model.pipeline, december) >= training.model.threshold).mean())
    assert shares == pytest.approx([SHARE, SHARE], abs=0.06)


def test_rows_of_its_month_alone_are_moved(training, table):
    december = table[table["cutoff"] == table["cutoff"].max()]
    march = december.assign(cutoff=pd.Timestamp("2011-03-15"))
    moved, usual = (churn_probability(training.model.pipeline, rows) for rows in (december, march))
    difference = np.log(moved / (1 - moved)) - np.log(usual / (1 - usual))
    assert np.ptp(difference) < 1e-9
    assert difference[0] > 0.2
    assert all(np.array_equal(np.argsort(a), np.argsort(b)) for a, b in pairwise([moved, usual]))


def test_a_model_with_a_season_is_kept_and_explained(training, table):
    again = load_model(dump_model(training.model), "logistic_regression")
    assert np.array_equal(*(churn_probability(m.pipeline, table) for m in (training.model, again)))
    reasons = explain_churn(again, table.iloc[:50])["reason_1"]
    assert reasons.str.startswith("spending = ").any()
    assert not reasons.str.contains("month").any()


def test_no_sql_is_written_that_would_not_know_the_season(training):
    assert linear_terms(training.model) is None
