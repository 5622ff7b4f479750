"""How predictions of a kind of model are joined to what came of them: what is read of both, and what is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.matured import Matured

    Measure = Callable[[pd.DataFrame, pd.DataFrame, Mapping[str, Any]], Matured]


@dataclass(frozen=True)
class Maturing:
    """What is read of predictions and of what came.

    Args:
        spec: what the model is asked to do: its keys tell rows apart, `spec.label` is what it learned.
        known: the columns of the features each of which must be known of a row that is measured.
        measure: from rows of features (keys, groups, `known` and `beside`), the same rows of predictions, and the
            record of the version that made them, to what these turned out to be; it may raise a `ValueError`.
        said: the columns that predictions are published in, by what `measure` calls them: without them, and without
            `is_labelled`, nothing is measured.
        said_too: as `said`, where they are published.
        beside: the columns of the features that `measure` reads beside the `known` ones.
        is_open: SQL over published predictions, whether what came was not known yet.
        is_first: whether of a period what was said first counts, since more comes each day; else what was said last
            before it was known.
    """

    spec: LabelledSpec
    known: Sequence[str]
    measure: Measure
    said: Mapping[str, str] = field(default_factory=dict)
    said_too: Mapping[str, str] = field(default_factory=dict)
    beside: Sequence[str] = ()
    is_open: str = "NOT is_labelled"
    is_first: bool = False

    @property
    def came(self) -> tuple[str, ...]:
        """The columns of the features that are read."""
        spec = self.spec
        return tuple(dict.fromkeys((*spec.row_keys, *spec.group, *self.known, *self.beside)))
