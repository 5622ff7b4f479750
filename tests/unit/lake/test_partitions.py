"""Tables partitioned by date: some days are replaced, all others stay as they are, at no cost."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from pyiceberg.expressions import visitors

from meshlake.column import Column
from meshlake.errors import ContractError
from meshlake.lake.draft import Draft, rollback
from meshlake.lake.snapshot import rows_by_day
from meshlake.partitions import Partitions
from meshlake.types.tree import Scalar

USE = ("usage", "calls")
DAY_CALLS = (Column("day", Scalar.DATE, partition_position=1), Column("calls", Scalar.BIGINT))
THREE_DAYS = "SELECT DATE '2024-01-01' + i::INTEGER AS day, i AS calls FROM range(3) AS numbers (i)"


def january(*days: int) -> Partitions:
    return Partitions("day", frozenset(date(2024, 1, day) for day in days))


def calls(day: int, count: int) -> str:
    return f"SELECT DATE '2024-01-{day:02}' AS day, {count}::BIGINT AS calls"


class Calls:
    """The table `usage.calls`, its drafts taken all the way."""

    def __init__(self, folder):
        self.folder = folder
        self.runs = 0

    def publish(self, select, partitions=None, columns=DAY_CALLS):
        self.runs += 1
        draft = Draft(self.folder.lake, USE, columns, f"r{self.runs}")
        draft.write_branch(self.folder.stage(draft, select), {}, partitions)
        return draft.publish()

    def rows(self):
        rows = self.folder.lake.table(USE).scan().to_arrow().to_pylist()
        return {row["day"].day: row["calls"] for row in rows}


@pytest.fixture
def table(folder):
    return Calls(folder)


def test_rows_are_counted_by_day_also_after_days_came_and_were_replaced(table):
    table.publish(THREE_DAYS)
    table.publish(f"{calls(4, 7)} UNION ALL {calls(4, 8)}", january(4))
    table.publish(f"{calls(2, 1)} UNION ALL {calls(2, 1)} UNION ALL {calls(2, 5)}", january(2))
    head = table.publish(
        "SELECT * FROM (SELECT DATE '2024-01-01' AS day, 1::BIGINT AS calls) WHERE false", january(1)
    )
    counts = rows_by_day(table.folder.lake.table(USE), head.snapshot_id)
    assert {day.day: count for day, count in counts.items()} == {2: 3, 3: 1, 4: 2}


def test_each_day_is_a_file_of_its_own(table):
    snapshot = table.publish(THREE_DAYS)
    files = table.folder.lake.files(snapshot)
    assert [Path(file).parent.name for file in files] == [f"day=2024-01-0{day}" for day in (1, 2, 3)]
    assert table.rows() == {1: 0, 2: 1, 3: 2}


def test_the_days_named_are_replaced_and_the_files_of_the_others_stay(table):
    first = table.publish(THREE_DAYS)
    second = table.publish(calls(2, 9), january(2))
    assert table.rows() == {1: 0, 2: 9, 3: 2}
    assert second.row_count == 3
    lake = table.folder.lake
    assert lake.files(first, january(1, 3)) == lake.files(second, january(1, 3))
    assert set(lake.files(first)) & set(lake.files(second)) == set(lake.files(first, january(1, 3)))


@pytest.mark.parametrize(
    ("select", "days", "expected"),
    [
        (calls(4, 7), (4,), {1: 0, 2: 1, 3: 2, 4: 7}),
        (f"{calls(1, 5)} UNION ALL {calls(4, 7)}", (1, 3, 4), {1: 5, 2: 1, 4: 7}),
        (f"{calls(1, 5)} WHERE false", (1, 2, 3), {}),
        (f"{calls(1, 5)} WHERE false", (), {1: 0, 2: 1, 3: 2}),
    ],
    ids=["a new day", "one replaced, one emptied, one new", "all emptied", "nothing"],
)
def test_days_come_and_go(table, select, days, expected):
    table.publish(THREE_DAYS)
    snapshot = table.publish(select, january(*days))
    assert table.rows() == expected
    assert snapshot.row_count == len(expected)


@pytest.mark.slow
def test_one_day_of_many_opens_no_manifest_of_the_others(table, monkeypatch):
    from pyiceberg.manifest import ManifestFile

    table.publish(calls(1, 1))
    for day in range(2, 7):
        table.publish(calls(day, day), january(day))
    opened = []
    fetch = ManifestFile.fetch_manifest_entry

    def counted(manifest, *arguments, **options):
        opened.append(manifest.manifest_path)
        return fetch(manifest, *arguments, **options)

    monkeypatch.setattr(ManifestFile, "fetch_manifest_entry", counted)
    table.publish(calls(3, 30), january(3))
    assert len(set(opened)) == 1
    assert table.rows() == {1: 1, 2: 2, 3: 30, 4: 4, 5: 5, 6: 6}


@pytest.mark.slow
def test_more_days_than_pyiceberg_compares_one_by_one_are_still_these_days(table):
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + n) for n in range(250)]
    snapshot = table.publish(
        "SELECT DATE '2024-01-01' + i::INTEGER AS day, i AS calls FROM range(250) AS numbers (i)"
    )
    some = Partitions("day", frozenset(days[5:225]))
    assert len(table.folder.lake.files(snapshot, some)) == 220


PLAIN = (Column("day", Scalar.DATE), Column("calls", Scalar.BIGINT))
BY_MONTH = (Column("month", Scalar.DATE, partition_position=1), Column("calls", Scalar.BIGINT))


def test_a_contract_may_begin_to_partition_and_end_it(table):
    lake = table.folder.lake
    for columns, file_count in [(PLAIN, 1), (DAY_CALLS, 3), (PLAIN, 1), (DAY_CALLS, 3)]:
        assert len(lake.files(table.publish(THREE_DAYS, columns=columns))) == file_count
    assert table.rows() == {1: 0, 2: 1, 3: 2}


def test_a_column_may_be_new_and_partition_at_once_and_rolled_back_from(table):
    first = table.publish("SELECT 1::BIGINT AS calls", columns=(Column("calls", Scalar.BIGINT),))
    table.publish(THREE_DAYS)
    assert rollback(table.folder.lake, USE, first.snapshot_id).row_count == 1
    table.publish(THREE_DAYS)
    assert table.rows() == {1: 0, 2: 1, 3: 2}


def test_a_partition_column_goes_in_two_steps_and_older_snapshots_are_still_read(table):
    lake, by_month = table.folder.lake, THREE_DAYS.replace("AS day", "AS month")
    first = table.publish(THREE_DAYS)
    with pytest.raises(ContractError, match="column 'day' partitions what is published"):
        table.publish(by_month, columns=BY_MONTH)
    table.publish(THREE_DAYS, columns=PLAIN)
    last = table.publish(by_month, columns=BY_MONTH)
    assert [len(lake.files(snapshot)) for snapshot in (first, last)] == [3, 3]


def test_a_draft_that_was_never_published_does_not_change_what_is_replaced(table):
    table.publish(THREE_DAYS)
    plain = Draft(
        table.folder.lake, USE, (Column("day", Scalar.DATE), Column("calls", Scalar.BIGINT)), "failed"
    )
    plain.write_branch(table.folder.stage(plain, THREE_DAYS), {})
    table.publish(calls(2, 9), january(2))
    assert table.rows() == {1: 0, 2: 9, 3: 2}


@pytest.mark.slow
def test_days_are_found_whatever_the_order_in_which_threads_read_manifests(table, monkeypatch):
    """pyiceberg's threads share what remembers the manifest it is at: one can see another's days, and lose files."""
    for day in range(1, 9):
        table.publish(calls(day, day), january(day))
    visit = visitors.visit

    def visit_later(*arguments, **options):
        time.sleep(0.002)  # another thread's turn
        return visit(*arguments, **options)

    monkeypatch.setattr(visitors, "visit", visit_later)
    table.publish(calls(4, 40), january(4))
    assert table.rows() == {day: 40 if day == 4 else day for day in range(1, 9)}
