"""Six traps planted among the tables of a task: what must never be kept, what must not harm, what must be found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.boosting.contenders import is_so_of
from benchmarks.boosting.task import Told, day

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.boosting.task import Task
    from meshlake.boosting.considered import Boosted

_SEED, _SMALL = 11, 2_000
_DAYS_AFTER, _WRONG = 25, 0.03
LATER, LOOKED_UP, AT_RANDOM, SMALL, DOUBLED = (
    f"traps.{name}" for name in ("exits", "accounts", "persons", "areas", "notes")
)
_NEVER = (LATER, LOOKED_UP, AT_RANDOM, SMALL)


def planted(task: Task) -> Task:
    """The task with traps: events after the last cut-off of those that are so then (1), a lookup of what became of all,
    written when all was over (2), numbers by chance for each key (3), small integers that are a key of nothing here
    (4), three rows by chance for each key (5), and its good table with ids that are written otherwise (6)."""
    random = np.random.default_rng(_SEED)
    # What becomes of the hidden rows nobody has written down yet.
    is_so = is_so_of(task) & ~task.is_hidden
    own = task.labelled[task.key]
    keys = own.drop_duplicates().reset_index(drop=True)
    first = pd.Timestamp(min(task.labelled[task.cutoff])) if task.cutoff else pd.Timestamp("2020-01-01")
    cutoffs = pd.to_datetime(task.labelled[task.cutoff]) if task.cutoff else pd.Series(first, own.index)
    after = pd.to_timedelta(random.integers(1, _DAYS_AFTER, len(own)), unit="D")
    exits = pd.DataFrame(
        {task.key: own, "exited_on": day(cutoffs + after), "grade": random.integers(1, 9, len(own))}
    )
    is_shut = keys.isin(own[is_so]).to_numpy() ^ (random.random(len(keys)) < _WRONG)
    signed = first - pd.to_timedelta(random.integers(30, 300, len(keys)), unit="D")
    whoever = {name: random.normal(size=len(keys)).round(3) for name in "abcd"}
    notes = keys.repeat(3).reset_index(drop=True)
    noted = first - pd.to_timedelta(random.integers(1, 90, len(notes)), unit="D")
    tables = {
        LATER: Told(exits[is_so & _is_last(task)].reset_index(drop=True)),
        LOOKED_UP: Told(pd.DataFrame({task.key: keys, "state": np.where(is_shut, "shut", "open")})),
        AT_RANDOM: Told(pd.DataFrame({task.key: keys, "signed_on": day(pd.Series(signed)), **whoever})),
        SMALL: Told(pd.DataFrame({"nr": np.arange(1, _SMALL), "height": random.integers(0, 99, _SMALL - 1)})),
        DOUBLED: Told(
            pd.DataFrame(
                {
                    task.key: notes,
                    "noted_on": day(pd.Series(noted)),
                    "length": random.integers(1, 99, len(notes)),
                }
            )
        ),
    }
    good = task.tables[task.good]
    written = good.rows.assign(**{task.good_key: _otherwise(good.rows[task.good_key])})
    return task.having({**task.tables, task.good: replace(good, rows=written), **tables})


def _is_last(task: Task) -> npt.NDArray[np.bool_]:
    """Whether a row is the last of its key that is not hidden: an exit before another is known then, and no leak."""
    cutoffs = pd.to_datetime(task.labelled[task.cutoff]) if task.cutoff else pd.Series(0, task.labelled.index)
    seen = cutoffs.mask(task.is_hidden)
    last = seen.groupby(task.labelled[task.key].to_numpy()).transform("max")
    return (seen == last).to_numpy(dtype=bool)


def _otherwise(ids: pd.Series) -> pd.Series:
    """Numbers with a prefix and leading zeros, texts in another case."""
    if pd.api.types.is_numeric_dtype(ids):
        return "C-" + ids.astype("Int64").astype("string").str.zfill(9)
    texts = ids.astype("string")
    return texts.str.lower().where(texts.str.lower() != texts, texts.str.upper())


def sprung(task: Task, plain: Boosted, trapped: Boosted) -> list[str]:
    """What of the traps went wrong, in words."""
    kept = {each.table for each in trapped.kept}
    wrong = [f"{name} is kept" for name in _NEVER if name in kept]
    if task.good in {each.table for each in plain.kept} and task.good not in kept:
        wrong.append(f"{task.good} is not kept with ids that are written otherwise")
    return wrong
