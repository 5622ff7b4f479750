"""Of the features that hundreds of tables give those are kept in memory that say most at a glance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.boosting.labelled import SO
from meshlake.boosting.paths import MOST_PATHS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

_MOST_ROWS = 6_000


@dataclass
class MostTelling:
    """What was made of at most 40 paths, by path, each for all of `rows`; `places` are rows that may choose."""

    rows: pd.DataFrame
    places: npt.NDArray[np.int64]
    made: dict[str, pd.DataFrame] = field(default_factory=dict)
    _says: dict[str, float] = field(default_factory=dict)

    def offer(self, told: str, made: pd.DataFrame) -> str | None:
        """Keep what was made of the path `told`; of too many the path that is let go, the one that says least of the
        label by any of its columns."""
        from meshlake.ml_assets.blocks.encoded import Encoded
        from meshlake.ml_assets.blocks.screening import strongest
        from meshlake.ml_assets.leaks.one_feature import drawn_rows

        places = self.places[drawn_rows(len(self.places), _MOST_ROWS)]
        is_so = self.rows[SO].to_numpy()[places].astype(bool)
        self._says[told] = strongest(Encoded.of(made.iloc[places], made.columns), is_so)
        self.made[told] = made
        if len(self.made) <= MOST_PATHS:
            return None
        least = min(self.made, key=self._says.__getitem__)
        del self.made[least]
        return least
