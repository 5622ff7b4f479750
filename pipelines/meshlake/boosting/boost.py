"""The search for what makes a model better: each path's features tried on rows that choose nothing else."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.boosting.considered import (
    CANNOT,
    NOT_REACHED,
    NOTHING,
    SUSPECT,
    UNDATED,
    Boosted,
    Considered,
    not_reached,
)
from meshlake.boosting.evidence import evidence_of
from meshlake.boosting.guarded import guarded, held_out
from meshlake.boosting.labelled import LABEL, ROWS, labelled, period_names, without_outcomes
from meshlake.boosting.making import First, telling_of
from meshlake.boosting.model_start import LEARNED, labelled_start, open_start
from meshlake.boosting.most_telling import MOST_COLUMNS, MostTelling
from meshlake.boosting.others import source_of_others
from meshlake.boosting.others_paths import MOST_PATHS_TO_OTHERS, paths_to_others
from meshlake.boosting.outcomes import Outcomes
from meshlake.boosting.paths import MOST_HOPS, MOST_PATHS, paths_from
from meshlake.boosting.sources import source_of
from meshlake.boosting.tables import open_tables
from meshlake.counting import counted
from meshlake.drafting.feature_table import open_features
from meshlake.errors import MeshError, UsageError
from meshlake.products.load import load_products

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from meshlake.boosting.evidence import Evidence
    from meshlake.boosting.guarded import Guarded
    from meshlake.boosting.labelled import Labelled
    from meshlake.boosting.model_start import ModelStart
    from meshlake.boosting.paths import Path
    from meshlake.boosting.tables import Tables
    from meshlake.boosting.task import Task
    from meshlake.ml_assets.blocks.selection import Selection
    from meshlake.names import ProductName
    from meshlake.settings import Settings

_SECONDS_PER_MINUTE, _FEWEST_ROWS = 60, 100
_NO_TIME = "no time was left: --minutes gives more"
_ENOUGH_OTHERS = f"of rows of others {MOST_PATHS_TO_OTHERS} paths are tried, those to labels first"
_UNDISCOVERED = "no time was left to discover it: --minutes gives more, and what mesh discover reads is kept"


@dataclass(frozen=True)
class Search:
    """What is asked for: `is_undated` turns on tables without dates, `minutes` bound how long is looked, and `hops` how
    far. `task` says what the label is, where its values do not. A label is known `horizon` days after its cut-off,
    where that is said.

    The label, its cut-off, key, value and task are a model's own where the search starts from one.
    """

    label: str = ""
    cutoff: str | None = None
    key: str | None = None
    churned: str | None = None
    is_undated: bool = False
    minutes: float = 10.0
    hops: int = MOST_HOPS
    horizon: int | None = None
    task: Task | None = None


def boost(
    settings: Settings, product: ProductName, search: Search, progress: Callable[[str], None] = lambda _: None
) -> Boosted:
    """Look through the mesh for what makes a model of a product's label better.

    Raises:
        UsageError: the product, its label, cut-off or key are none, or too few of its rows have a label.
    """
    with open_features(settings, product) as table:
        asked = labelled(table, search.label, search.cutoff, search.key, search.churned, search.task)
        others = Outcomes(load_products(settings.products)).of(product)
        asked = replace(asked, horizon_days=search.horizon)
        return _searched(settings, without_outcomes(asked, others), search, progress)


def boost_model(
    settings: Settings, start: ModelStart, search: Search, progress: Callable[[str], None] = lambda _: None
) -> Boosted:
    """Look through the mesh for what makes a model better that is there: what it learns from is the base.

    Raises:
        UsageError: its features cannot be read yet, or too few of their rows have a label.
    """
    with open_start(settings, start) as table:
        asked = labelled_start(table, start)
        found = _searched(settings, asked, search, progress)
    others = {*asked.key, asked.label, asked.cutoff}
    return replace(found, start=start, base=tuple(name for name in asked.table.columns if name not in others))


def _searched(
    settings: Settings, asked: Labelled, search: Search, progress: Callable[[str], None]
) -> Boosted:
    began = time.monotonic()
    end = began + search.minutes * _SECONDS_PER_MINUTE
    rows = asked.take_rows()
    known = int(rows[LABEL].notna().sum())
    if known < _FEWEST_ROWS:
        raise UsageError(
            f"{asked.product}: the label '{asked.label}' is known in {known} rows",
            f"Of fewer than {_FEWEST_ROWS} nothing can be told.",
        )
    half = (began + end) / 2  # else discovery leaves no time to look
    with open_tables(settings, asked, progress, lambda: time.monotonic() < half) as tables:
        taken = {"labelled", "asked", "found", ROWS, LEARNED, *asked.table.columns}
        looker = _Looker(tables, rows, search, end, progress, taken)
        considered, selection = looker.look()
        progress("reading again what was kept, for whoever reviews it")
        evidence = dict(_evidence(tables, considered))
    seconds = time.monotonic() - began
    facts = asked.predicted, asked.cutoff, asked.key, asked.features
    found = tuple(considered), selection, known, seconds
    periods = period_names(rows, asked.cutoff)
    return Boosted(asked.product, *facts, *found, periods, evidence, asked.excluded, looker.apart)


def _evidence(tables: Tables, considered: Sequence[Considered]) -> Iterator[tuple[str, Evidence]]:
    """Of each kept path what a reviewer wants to see; its tables are read again."""
    for each in considered:
        if each.features and each.found:
            for step in each.found.path.steps:
                tables.open(step.dataset)
            yield each.path, evidence_of(tables.labelled, each.found, each.source)


@dataclass
class _Looker:
    tables: Tables
    rows: pd.DataFrame
    search: Search
    end: float
    progress: Callable[[str], None]
    taken: set[str]
    considered: dict[str, Considered] = field(default_factory=dict)
    apart: tuple[str, ...] = ()

    @property
    def labelled(self) -> Labelled:
        """The product to be predicted better."""
        return self.tables.labelled

    @cached_property
    def telling(self) -> MostTelling:
        """What is made of the paths, of which only rows that choose something decide what is kept."""
        known = np.flatnonzero(self.rows[LABEL].notna())
        held = held_out(self.labelled, self.rows.iloc[known], ())
        return MostTelling(known[~held.is_kept], held.target.codes[~held.is_kept])

    @cached_property
    def first(self) -> First:
        """The rows that choose among the columns of a table."""
        return First(self.labelled, self.rows)

    @property
    def has_time(self) -> bool:
        """Whether more may be looked at."""
        return time.monotonic() < self.end

    def look(self) -> tuple[list[Considered], Selection | None]:
        """All tables that are reached, and what was chosen of those that may count."""
        self._look_at(*self._paths())
        self._note_undiscovered()
        left = self._guarded()
        selection = self._chosen(left) if left.blocks else None
        return list(self.considered.values()), selection

    def _paths(self) -> tuple[list[Path], list[Path]]:
        """The paths to look at, and those to rows of others that are too many."""
        tables = self.tables
        paths = paths_from(
            tables.entities,
            tables.own_dataset,
            tables.profiles,
            tables.found.joins,
            (*self.labelled.key, *self.labelled.features),
            self.search.hops,
            self.labelled.references,
        )
        others = paths_to_others(tables, paths, self.search.hops)
        return [*paths, *others[:MOST_PATHS_TO_OTHERS]], others[MOST_PATHS_TO_OTHERS:]

    def _look_at(self, paths: Sequence[Path], too_many: Sequence[Path]) -> None:
        tables = self.tables
        until = (time.monotonic() + self.end) / 2  # else looking leaves no time to try what it found
        for number, path in enumerate(paths):
            self.considered[path.told] = not_reached(path, _NO_TIME)
            if time.monotonic() < until:
                self.progress(f"looking at {path.table}, {number + 1} of {len(paths)}")
                with suppress(_LeftOutError):
                    self._offer(path.told, self._features(path))
                tables.forget_all_but({step.dataset for each in paths[number + 1 :] for step in each.steps})
        self.considered |= {path.told: not_reached(path, _ENOUGH_OTHERS) for path in too_many}
        led_to = {tables.own_dataset, *(step.dataset for path in paths for step in path.steps)}
        self.apart = tuple(sorted(each.partition(".")[2] for each in tables.profiles if each not in led_to))

    def _chosen(self, left: Guarded) -> Selection:
        """What was chosen of what no guard left out; it is noted of each path."""
        from meshlake.ml_assets.blocks.selection import select_blocks

        features = self.labelled.features
        selection = select_blocks(left.held, features, left.blocks, self.progress, lambda: self.has_time)
        doubts = {**left.doubts, **selection.doubts}
        for judged in selection.judged:
            columns = self.considered[judged.name].columns
            kept = tuple(name for name in columns if name in selection.columns)
            why = _NO_TIME if judged.verdict == NOT_REACHED else self.considered[judged.name].why
            asked = {name: doubts[name] for name in kept if name in doubts}
            facts = {"judged": judged, "features": kept, "doubts": asked}
            self._note(judged.name, verdict=judged.verdict, why=why, **facts)
        return selection

    def _note_undiscovered(self) -> None:
        """Tell the datasets that no path leads to because there was no time to look for one."""
        reached = {each.table for each in self.considered.values()}
        own = {self.tables.own_dataset, *(dataset for dataset, _ in self.tables.entities)}
        for dataset in self.tables.found.not_reached:
            if dataset not in own and (name := dataset.partition(".")[2]) not in reached:
                self.considered[name] = Considered("", name, NOT_REACHED, why=_UNDISCOVERED)

    def _note(self, told: str, **facts: Any) -> None:
        self.considered[told] = replace(self.considered[told], **facts)

    def _offer(self, told: str, made: pd.DataFrame) -> None:
        self._note(told, why="")
        if let_go := self.telling.offer(told, made):
            why = f"{MOST_PATHS} others say more of the label, each by one of its columns"
            self._note(let_go, why=why, columns=())

    def _features(self, path: Path) -> pd.DataFrame:
        """The features of a path for each row that is looked at.

        Raises:
            _LeftOutError: it gives none; why is noted.
        """
        began = time.process_time()
        try:
            make = source_of_others if path.is_to_others else source_of
            found = make(self.tables, path, self.taken, self.first.says)
            self._note(path.told, found=found, withheld=found.withheld)
            if found.source is None or not found.source.features:
                self._note(
                    path.told, verdict=NOTHING, why=found.refused or "it has nothing that could be counted"
                )
                raise _LeftOutError
            if (why := found.why_off(self.labelled.cutoff)) and not self.search.is_undated:
                self._note(path.told, verdict=UNDATED, why=why)
                raise _LeftOutError
            made = telling_of(self.labelled, found.source, len(self.rows))
        except MeshError as error:
            self._note(path.told, verdict=CANNOT, why=error.message)
            raise _LeftOutError from error
        self._note(path.told, seconds=time.process_time() - began, columns=tuple(made.columns))
        if made.empty:
            self._note(path.told, verdict=NOTHING, why="what was known of it is the same for all rows")
            raise _LeftOutError
        return made

    def _guarded(self) -> Guarded:
        """The rows that have a label, and what may be chosen: of each path the columns that no guard leaves out."""
        for told, gone in self.telling.let_columns_go().items():
            columns = tuple(name for name in self.considered[told].columns if name not in gone)
            why = f"{counted(len(gone), 'column')} not tried: {MOST_COLUMNS} others say more at a glance"
            self._note(told, columns=columns, why=why)
        self.progress("looking for leaks and drift")
        found = guarded(self.labelled, self.rows, self.telling.made, self.considered)
        for told, reasons in found.left_out.items():
            columns = tuple(name for name in self.considered[told].columns if name not in reasons)
            self._note(told, withheld={**self.considered[told].withheld, **reasons}, columns=columns)
            if not columns:
                self._note(told, verdict=SUSPECT, why="; ".join(sorted(set(reasons.values()))))
        return found


class _LeftOutError(Exception):
    """A path gives no features; why is noted."""
