"""Columns that are known only after a label: told with evidence; what is known before, and what is merely good, not."""

from __future__ import annotations

from random import Random

import pytest

SIZE = 1_200
HEADER = (
    "customer_id,plan,spent,joined_on,closed_on,last_working_day,agent_note,previous_cancellations,has_left"
)
CALLS = ("asked for an invoice", "moved house and told us", "praised the new app", "wanted a new phone")


def _rows(size: int = SIZE) -> list[str]:
    chance = Random(3)  # noqa: S311 - a table, no secret
    rows = []
    for n in range(size):
        has_left = chance.random() < 0.3
        day = f"2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        spent = round(chance.gauss(60 if has_left else 80, 20), 2)
        # A good feature, and no leak: those who left on the basic plan are twice as many.
        plan = chance.choice(("basic", "basic", "plus") if has_left else ("basic", "plus", "plus"))
        note = "confirmed that the contract ends" if has_left else chance.choice(CALLS)
        note += f" on call {n} with a colleague from team {chance.randrange(99)} who wrote it down at length"
        rows.append(
            f"K{n},{plan},{spent},{day},{day if has_left else ''},{'' if has_left else day},"
            f"{note},{chance.randrange(3)},{'yes' if has_left else 'no'}"
        )
    return rows


def _told(made) -> dict[str, list[str]]:
    return {column.name: [leak.told for leak in column.leaks] for column in made.columns if column.leaks}


def _csv(rows: list[str], header: str = HEADER) -> dict[str, str | bytes]:
    return {"a.csv": "\n".join([header, *rows]) + "\n"}


def test_dates_and_long_texts_that_tell_the_label_are_told_and_features_are_not(profile) -> None:
    told = _told(profile(_csv(_rows())))
    assert told.keys() == {"closed_on", "last_working_day", "agent_note"}
    (closed,), (last,) = told["closed_on"], told["last_working_day"]
    assert closed.startswith(
        "most likely known only after has_left: tells the label by itself (ROC AUC 1.000); "
    )
    assert "is filled in 100.0% of the rows that are so, and in 0.0% of the others" in closed
    assert "is filled in 0.0% of the rows that are so, and in 100.0% of the others" in last
    assert "tells the label by itself" in told["agent_note"][0]


def test_what_is_named_like_the_label_is_told_though_its_values_say_nothing(profile) -> None:
    chance = Random(5)  # noqa: S311
    rows = [f"{n},{chance.randrange(9)},{chance.randrange(9)},{n * 7 % 3 // 2}" for n in range(300)]
    made = profile(_csv(rows, "id,churn_code,previous_churns,is_churned"))
    assert _told(made) == {"churn_code": ["most likely known only after is_churned: is named like the label"]}
    assert made.columns[1].leaks[0].roc_auc is None


def test_a_date_after_the_day_that_rows_stop_at_is_told(profile) -> None:
    chance = Random(5)  # noqa: S311
    rows = [
        f"{n},2025-06-30,2025-0{chance.randrange(1, 6)}-11,2025-0{chance.randrange(5, 9)}-11,{n * 7 % 3 // 2}"
        for n in range(300)
    ]
    told = _told(profile(_csv(rows, "id,snapshot_date,joined_on,settled_on,is_fraud")))
    assert list(told) == ["settled_on"]
    assert "lies after the cut-off in " in told["settled_on"][0]


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_NS"])
def test_days_of_any_type_are_asked(profile, mesh, kind) -> None:
    mesh.land_rows(
        "crm/people/a.parquet",
        f"SELECT i AS id, CASE WHEN i % 3 = 0 THEN DATE '2025-01-01' + (i % 90)::INTEGER END::{kind} AS closed_on, "
        "i % 3 = 0 AS has_left, [i] AS visits, CASE WHEN i = 9 THEN 'infinity'::DATE ELSE '2024-01-01' END AS joined "
        "FROM range(600) AS rows (i)",
    )
    assert list(_told(profile({}))) == ["closed_on"]


def test_few_rows_suspect_nothing(profile) -> None:
    assert not _told(profile(_csv(_rows()[:20])))


def test_a_word_for_no_value_fills_nothing(profile) -> None:
    rows = [f"{n},{'NA' if n % 3 else n % 7},{'yes' if n % 2 else 'no'}" for n in range(400)]
    assert not _told(profile(_csv(rows, "id,rating,has_left")))


def test_a_contract_without_an_end_has_one_in_9999(profile) -> None:
    rows = [f"{n},{'2025-03-01' if n % 3 else '9999-12-31'},{'yes' if n % 3 else 'no'}" for n in range(600)]
    made = profile(_csv(rows, "id,ends_on,has_left"))
    assert list(_told(made)) == ["ends_on"]
