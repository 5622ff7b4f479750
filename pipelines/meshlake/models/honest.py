"""The honest predictions that are stored with a version, and what versions are held against each other by."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, TypeVar

from meshlake.errors import UsageError
from meshlake.outcome_names import is_named_like

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from meshlake.ml_assets.promotion import Champion
    from meshlake.models.store import ModelVersion

Model = TypeVar("Model")
HONEST_FILE = "honest_predictions.parquet"


def rival_of(
    champion: ModelVersion | None,
    task: str,
    load: Callable[[ModelVersion], Model],
    *,
    can_score: bool,
    is_replaced: bool,
) -> Champion[Model] | None:
    """The champion, as a challenger is held against it; `None` where there is none, or it is a model of another task.

    `load` reads the model of a version; see `Task.decide`.
    """
    from meshlake.ml_assets.promotion import Champion

    if champion is None or champion.record["definition"]["task"] != task:
        return None
    honest = honest_predictions(champion.read(HONEST_FILE))
    return Champion(champion.version, honest, load(champion) if can_score else None, is_replaced=is_replaced)


def named_like(label: str, features: pd.DataFrame) -> dict[str, str]:
    """The columns of the features that are called like `label`, each with that in words."""
    told = f"is named like the label '{label}'"
    return {str(name): told for name in features.columns if is_named_like(label, str(name))}


def honest_predictions(content: bytes) -> pd.DataFrame:
    """What `HONEST_FILE` holds: see `ChurnTraining.honest`."""
    import pandas as pd

    return pd.read_parquet(BytesIO(content))


def rows_of_both(version: ModelVersion, other: ModelVersion, keys: Sequence[str], label: str) -> pd.DataFrame:
    """The rows that both predicted without having seen their `label`, and of which it is the same, those of `other`
    ending in `_other`; `keys` are the columns that tell the rows of `version` apart.

    Raises:
        UsageError: they are about different keys.
        BuildError: a file is not the one that was stored.
    """
    first, second = (honest_predictions(each.read(HONEST_FILE)) for each in (version, other))
    if absent := [name for name in keys if name not in second]:
        told = f"{version.version} is about {' and '.join(keys)}, {other.version} knows no {' nor '.join(absent)}"
        raise UsageError(told)
    return first.merge(second, on=[*keys, label], suffixes=("", "_other"))


def too_few(count: int) -> UsageError:
    """That so many rows tell nothing of two versions."""
    return UsageError(f"both predicted {count:,} rows with the same label, too few of a kind to compare")
