"""Whether a new snapshot goes on as those before it did: in how many rows it has, and how old its newest row is."""

from __future__ import annotations

from itertools import pairwise
from math import exp, expm1, inf, log
from typing import TYPE_CHECKING

from meshlake.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.audit.batches import Batch

# A week of daily builds has a weekend's end and its begin.
_FEWEST = 8
# What is told is so much further than anything before, and at least so much.
_UNUSUAL, _LEAST_STEP = 2.0, log(1.1)
# A day, less the hours by which builds differ.
_OLD, _LEAST_DAYS = 1.5, 0.9
_DAY_SECONDS = 86_400


def row_step(row_counts: Sequence[int]) -> str | None:
    """What is unusual of the step to the last of `row_counts`, those of snapshots in order; None where nothing is.

    Example:
        >>> row_step([1000, 1010, 1021, 1030, 1040, 1049, 1060, 1071, 1080])
        >>> row_step([1000, 1010, 1021, 1030, 1040, 1049, 1060, 1071, 540])
        '540 rows, before 1,071, 50 % fewer; builds before changed it by 1.1 % at most'
    """
    if len(row_counts) <= _FEWEST:
        return None
    *before, last = [log((now + 1) / (then + 1)) for then, now in pairwise(row_counts)]
    usual = max(map(abs, before))
    if abs(last) <= max(_LEAST_STEP, _UNUSUAL * usual):
        return None
    then, now = row_counts[-2:]
    most = f"{exp(usual):.1f} times" if usual > log(1.5) else _percent(expm1(usual))
    usually = f"builds before changed it by {most} at most"
    if not then:
        return f"{counted(now, 'row')}, before none; {usually}"
    share = f"{_percent(abs(now / then - 1))} {'fewer' if now < then else 'more'}"
    return f"{counted(now, 'row')}, before {then:,}, {share}; {usually}"


def newest_age(batches: Sequence[Batch], *, is_of_days: bool = False) -> str | None:
    """Which column of days ends earlier, from when its build ran, than in builds before; None where none does.

    Args:
        batches: what was built, in order; each knows when.
        is_of_days: whether each is of some days alone, and not of all rows.
    """
    if len(batches) <= _FEWEST:
        return None
    late: list[tuple[float, str]] = []
    for name in batches[-1].columns:
        ages = _ages(batches, name, is_of_days)
        if len(ages) <= _FEWEST or min(ages) < 0:
            continue
        *before, age = ages
        usual = max(before)
        if age > max(_OLD * usual, usual + _LEAST_DAYS):
            late.append(
                (usual, f"{name} ends {_days(age)} before this build, in others {_days(usual)} at most")
            )
    return min(late)[1] if late else None


def _ages(batches: Sequence[Batch], name: str, is_of_days: bool) -> list[float]:
    """How old the newest value of a column was at each build; of days that go on, the newest so far."""
    ages, newest = [], -inf
    for batch in batches:
        counts = batch.columns.get(name)
        if counts is None or counts.high is None:
            return []
        newest = max(newest, counts.high) if is_of_days else counts.high
        ages.append(batch.at / _DAY_SECONDS - newest)
    return ages


def _days(days: float) -> str:
    return f"{days:.1f} days" if days >= 1 else f"{24 * days:.1f} hours"


def _percent(share: float) -> str:
    return f"{100 * share:,.{0 if share >= 0.1 else 1}f} %"
