"""Of very many rows an engine draws a sample by the key; of others all are learned from."""

from __future__ import annotations

from types import SimpleNamespace

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from meshlake.engines.trino.transpiling import transpile_select
from meshlake.ml_assets.segmentation.spec import SegmentDocument
from meshlake.ml_assets.spec import ChurnDocument
from meshlake.models import learned_rows as module

ROWS = pd.DataFrame(
    {
        "id": [n // 2 for n in range(2_000)],
        "day": ["2024-01-01", "2024-02-01"] * 1_000,
        "usage": range(2_000),
        "is_churned": [None if n % 10 == 0 else n % 3 == 0 for n in range(2_000)],
    }
)
SAID = {"task": "churn", "features": "SELECT * FROM given", "key": "id", "label": "is_churned"}


class Session:
    """DuckDB, as far as rows are learned from; `asked` are the SELECTs of rows."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.connection = duckdb.connect()
        self.connection.register("given", pa.Table.from_pandas(rows, preserve_index=False))
        self.asked: list[str] = []

    def rows(self, select):
        return self.connection.execute(select).fetchall()

    def columns(self, select):
        return dict.fromkeys(self.connection.sql(select).columns)

    def table(self, select):
        self.asked.append(select)
        return self.connection.execute(select).to_arrow_table()


@pytest.fixture
def learned(monkeypatch):
    """The rows learned from where an engine draws above so many, and the session that was asked."""

    def ask(rows: pd.DataFrame, most: int, **said):
        monkeypatch.setattr(module, "MOST_ROWS", most)
        return _learned(rows, **said)

    return ask


def _learned(rows: pd.DataFrame, **said):
    document = ChurnDocument.model_validate(SAID | said)
    session = Session(rows)
    model = SimpleNamespace(features_sql=document.features, document=document)
    return module.learned_rows(model, session), session


def test_few_rows_are_learned_from_as_they_are(learned):
    found, _ = learned(ROWS, 2_000)
    assert len(found.frame) == 2_000
    assert found.told is None


def test_of_many_about_so_many_labelled_ones_are_drawn_whatever_their_order(learned):
    found, _ = learned(ROWS, 600)
    assert 500 < len(found.frame) < 700
    assert found.frame["is_churned"].notna().all()
    assert found.told == f"{len(found.frame)} of 1,800 rows are learned from, drawn by a hash of the key"
    again, _ = learned(ROWS.iloc[::-1], 600)
    assert sorted(again.frame["usage"]) == sorted(found.frame["usage"])


def test_all_rows_of_a_customer_are_drawn_or_none(learned):
    found, _ = learned(ROWS, 600)
    drawn = ROWS[ROWS["id"].isin(found.frame["id"]) & ROWS["is_churned"].notna()]
    assert sorted(drawn["usage"]) == sorted(found.frame["usage"])


def test_a_smaller_sample_is_part_of_a_larger_one(learned):
    few, many = (learned(ROWS, most)[0].frame for most in (300, 900))
    assert set(few["usage"]) < set(many["usage"])


def test_rows_without_a_label_are_left_out_before_any_is_drawn(learned):
    found, _ = learned(ROWS, 1_900)
    assert len(found.frame) == 1_800
    assert found.told is None


def test_where_nothing_is_predicted_rows_of_any_kind_are_drawn(monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS", 600)
    said = {
        "task": "segments",
        "features": "SELECT * FROM given",
        "key": "id",
        "columns": {"usage": "linear"},
    }
    document = SegmentDocument.model_validate(said)
    model = SimpleNamespace(features_sql=document.features, document=document)
    found = module.learned_rows(model, Session(ROWS))
    assert found.drawn_of == 2_000
    assert found.frame["is_churned"].isna().any()


def test_what_learns_from_unlabelled_rows_is_given_some_of_them(learned, monkeypatch):
    monkeypatch.setattr(module, "MAX_UNLABELLED_ROWS", 1_000)
    found, _ = learned(ROWS, 1_950, policy={"candidates": ["logistic_regression", "label_spreading"]})
    assert found.frame["is_churned"].notna().sum() == 1_800
    assert 60 < found.frame["is_churned"].isna().sum() < 140


@pytest.mark.parametrize("said", [{"key": "customer"}, {"label": "churned"}])
def test_a_column_that_is_missing_is_left_to_be_told_of(said, learned):
    found, _ = learned(ROWS, 600, **said)
    assert len(found.frame) == 2_000


def test_trino_draws_by_the_same_hash(learned):
    _, session = learned(ROWS, 600, key=["id", "day"])
    alone = session.asked[-1].replace(
        "FROM given", "FROM (VALUES (1, 'a', true)) AS given (id, day, is_churned)"
    )
    assert "LOWER(TO_HEX(MD5(TO_UTF8(" in transpile_select(alone, {}, "a test").upper()
