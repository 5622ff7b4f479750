"""One set of tables with a label: as it lands, and what a person would have to tell of it for featuretools.

`mesh boost` is told the label, its key and its cut-off alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

import meshlake

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from meshlake.mesh.mesh import Mesh

OWNER, KNOWN_ON = "bench@example.com", "known_on"


@dataclass(frozen=True)
class Told:
    """What is told of a table: its rows, the column that tells them apart, the one that says since when each is known,
    and of dates that come later what is filled in with them.

    `withheld` are columns that a person keeps from featuretools, since they stand there as they are today. Where no
    date says since when, `year` is the column of the year at whose end a row is known, or `dated_by` the column that
    refers to a table with the date: column, table, its key, its date.
    """

    rows: pd.DataFrame
    key: str | None = None
    moment: str | None = None
    later: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    year: str | None = None
    dated_by: tuple[str, str, str, str] | None = None


@dataclass(frozen=True)
class Task:
    """Rows `labelled`, one for each `key` and `cutoff`, `is_hidden` of which lose their label before they land.

    `tables` are by dataset, domain and name; `relations` are (table, its key, table that refers to it, its column),
    where "" is the labelled rows. `good` is the table that the sixth trap writes otherwise, by its column `good_key`.
    `is_undated` says that tables without a date may be trusted, as the owner says. `by_hand` are features that somebody
    wrote, in the order of `labelled`; `aims` what ROC AUC is asked of ours, by who learns of it.
    """

    name: str
    labelled: pd.DataFrame
    dataset: str
    key: str
    label: str
    cutoff: str | None
    is_hidden: npt.NDArray[np.bool_]
    tables: Mapping[str, Told]
    relations: tuple[tuple[str, str, str, str], ...]
    good: str
    good_key: str
    is_undated: bool = False
    by_hand: pd.DataFrame | None = None
    aims: Mapping[str, float] = field(default_factory=dict)

    @property
    def rows_key(self) -> list[str]:
        """The columns that tell labelled rows apart."""
        return [self.key, *([self.cutoff] if self.cutoff else [])]

    def landed(self, root: Path) -> Mesh:
        """A mesh in the new folder `root` where all of it has landed and the labelled rows are a product."""
        (root / "data_products").mkdir(parents=True)
        known = self.labelled.assign(**{self.label: self.labelled[self.label].mask(self.is_hidden)})
        for name, rows in {
            self.dataset: known,
            **{name: told.rows for name, told in self.tables.items()},
        }.items():
            folder = root / "landing" / name.replace(".", "/")
            folder.mkdir(parents=True)
            rows.to_parquet(folder / "rows.parquet", index=False)
        mesh = meshlake.open(
            root, landing=root / "landing", products=root / "data_products", home=root / "home"
        )
        mesh.adopt(self.dataset, owner=OWNER)
        return mesh

    @cached_property
    def told_tables(self) -> dict[str, Told]:
        """The tables, each with a column that says since when its rows are known, also where no column says so."""
        return {name: self._dated(told) for name, told in self.tables.items()}

    def _dated(self, told: Told) -> Told:
        later = {date: names for date, names in told.later.items() if date not in told.withheld}
        told = replace(told, rows=told.rows.drop(columns=list(told.withheld)), later=later)
        if told.year:
            known = pd.to_datetime({"year": told.rows[told.year], "month": 12, "day": 31})
        elif told.dated_by:
            column, table, key, date = told.dated_by
            dates = self.tables[table].rows.set_index(key)[date]
            known = pd.to_datetime(told.rows[column].map(dates))
        else:
            return told
        return replace(told, rows=told.rows.assign(**{KNOWN_ON: known}), moment=KNOWN_ON)

    def having(self, tables: Mapping[str, Told]) -> Task:
        """The same with other tables."""
        return replace(self, tables=tables)


def day(values: pd.Series) -> pd.Series:
    """Days as they land: dates without a time."""
    return pd.to_datetime(values).dt.date
