"""Features as rows: all that are looked at, and of many columns what each says of the first rows, which choose them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from meshlake.boosting.features_sql import features_sql
from meshlake.boosting.labelled import LABEL, PERIOD, ROWS
from meshlake.boosting.most_telling import at_a_glance, is_constant, repeated
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from meshlake.boosting.hops import Source
    from meshlake.boosting.labelled import Labelled


def made_of(labelled: Labelled, source: Source, rows: str = ROWS) -> pd.DataFrame:
    """The features of `source` for each of `rows`, a relation as SQL, in the order of keys and cut-offs."""
    cutoff = labelled.cutoff
    grain = [*labelled.key, *([cutoff] if cutoff else [])]
    order = ", ".join(map(quote_identifier, grain))
    select = features_sql(rows, cutoff, grain, [source.reading(labelled.table.name.sql)])
    made: pd.DataFrame = labelled.table.session.table(
        f"SELECT * FROM (\n{select}) AS made ORDER BY {order}"
    ).to_pandas(date_as_object=False)
    made = made.drop(columns=grain)
    # Half the memory, of hundreds of columns; a model takes them so anyway.
    return made.astype(dict.fromkeys(made.select_dtypes("number").columns, np.float32))


def telling_of(labelled: Labelled, source: Source, row_count: int) -> pd.DataFrame:
    """The features of `source` for all `row_count` rows that are looked at, without those that are the same for all."""
    made = made_of(labelled, source)
    if len(made) != row_count:
        raise AssertionError(source.told)  # aggregated by what is joined, they cannot multiply
    made = made.drop(columns=[name for name in made.columns if is_constant(made[name])])
    return made.drop(columns=repeated(made) if source.others else [])  # of few cut-offs windows are alike


@dataclass(frozen=True)
class First:
    """Of the `rows` that are looked at, (n, m), those that the first fold learns from: where there are cut-offs no fold
    tests them, so that what is chosen by them gains nothing by being chosen."""

    labelled: Labelled
    rows: pd.DataFrame

    def says(self, source: Source) -> Mapping[str, float]:
        """How far each feature of `source` is beyond chance at a glance."""
        places, codes, until = self._learned
        label, period = quote_identifier(LABEL), quote_identifier(PERIOD)
        rows = f"(SELECT * FROM {ROWS} WHERE {label} IS NOT NULL AND {period} <= {until})"
        return at_a_glance(made_of(self.labelled, source, rows), places, codes)

    @cached_property
    def _learned(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
        """Among the rows with a label until a period the places of those, (k,), with which part each label is in; and
        that period."""
        from meshlake.boosting.guarded import held_out

        known = self.rows[self.rows[LABEL].notna()].reset_index(drop=True)
        held = held_out(self.labelled, known, ())
        learned = held.splits[0][0] if held.splits else ~held.is_kept
        until = int(known[PERIOD][learned].max())
        is_asked = (known[PERIOD] <= until).to_numpy()
        (places,) = np.nonzero(learned[is_asked])
        return places, held.target.codes[learned], until
