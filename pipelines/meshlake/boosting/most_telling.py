"""Of the features that hundreds of tables give those are kept in memory that say most at a glance; of those of the
tables that are kept, 600 are tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from meshlake.boosting.paths import MOST_PATHS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

# Of all tables together so many columns are tried; of each at least as many of its own as leave room for all.
MOST_COLUMNS = 600


@dataclass
class MostTelling:
    """What was made of at most 40 paths, by path, each for all rows; `places` are rows that may choose, and `codes` in
    which of a few parts their labels are, both (n,)."""

    places: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int64]
    made: dict[str, pd.DataFrame] = field(default_factory=dict)
    _says: dict[str, dict[str, float]] = field(default_factory=dict)

    def offer(self, told: str, made: pd.DataFrame) -> str | None:
        """Keep what was made of the path `told`; of too many the path that is let go, the one that says least of the
        label by any of its columns."""
        self._says[told] = at_a_glance(made, self.places, self.codes)
        self.made[told] = made
        if len(self.made) <= MOST_PATHS:
            return None
        least = min(self.made, key=lambda each: max(self._says[each].values(), default=0.0))
        del self.made[least]
        return least

    def let_columns_go(self) -> dict[str, tuple[str, ...]]:
        """Keep no more columns than are tried, those that say most: of each path those that are let go, if any."""
        if sum(len(each.columns) for each in self.made.values()) <= MOST_COLUMNS:
            return {}
        ranked = {
            told: sorted(each.columns, key=lambda name: -self._says[told][name])
            for told, each in self.made.items()
        }
        own = MOST_COLUMNS // MOST_PATHS
        kept = {name for names in ranked.values() for name in names[:own]}
        others = [(self._says[told][name], name) for told, names in ranked.items() for name in names[own:]]
        kept |= {name for _, name in sorted(others, reverse=True)[: MOST_COLUMNS - len(kept)]}
        gone = {told: tuple(n for n in names if n not in kept) for told, names in ranked.items()}
        self.made = {told: each.drop(columns=list(gone[told])) for told, each in self.made.items()}
        return {told: names for told, names in gone.items() if names}


def at_a_glance(
    made: pd.DataFrame, places: npt.NDArray[np.int64], codes: npt.NDArray[np.int64]
) -> dict[str, float]:
    """How far each column of `made` is beyond chance at a glance, by the rows at `places`, (n,), of which `codes`,
    (n,), say in which part their labels are; of more than 6,000 by so many of them."""
    from meshlake.ml_assets.blocks.encoded import Encoded
    from meshlake.ml_assets.blocks.quick import MOST_LEARNED
    from meshlake.ml_assets.blocks.screening import strengths
    from meshlake.ml_assets.leaks.one_feature import drawn_rows

    drawn = drawn_rows(len(places), MOST_LEARNED)
    return strengths(Encoded.of(made.iloc[places[drawn]], made.columns), codes[drawn])


def is_constant(values: pd.Series[Any]) -> bool:
    """Whether all rows have the same, or nothing: it tells no row from another, and models draw it in vain.

    Example:
        >>> import pandas as pd
        >>> is_constant(pd.Series([1.0, 1.0])), is_constant(pd.Series([1.0, None]))
        (True, False)
    """
    return bool(values.isna().all() or (values == values.iloc[0]).all())


def repeated(made: pd.DataFrame) -> list[str]:
    """The columns that say in each row what one before them does.

    Example:
        >>> import pandas as pd
        >>> repeated(pd.DataFrame({"in_28_days": [1, 2], "in_364_days": [1, 2], "in_all": [1, 3]}))
        ['in_364_days']
    """
    from pandas.util import hash_pandas_object

    seen: set[bytes] = set()
    found = []
    for name in made.columns:
        values = hash_pandas_object(made[name], index=False).to_numpy().tobytes()
        if values in seen:
            found.append(str(name))
        seen.add(values)
    return found
