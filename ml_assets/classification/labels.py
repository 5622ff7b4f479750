"""What a label of several classes holds: which of them can be learned, which have too few rows, and folds of the rows.

A class is a value as it was written; none is ever taken for another.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from meshlake.ml_assets.classification.spec import MOST_CLASSES
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.training_rows import deal_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.classification.spec import ClassificationSpec
    from meshlake.ml_assets.document import LabelledSpec

    Codes = npt.NDArray[np.int64]

_SHOWN = 5
# Each is asked of each column.
_CLASSES_ASKED = 10
_EXACT_FLOATS = 2**53


@dataclass(frozen=True)
class Classes:
    """The `names` that can be learned, in order, with their `keys`, of how many different ones each is; and those that
    are `set_aside`, with how many rows they have."""

    names: tuple[str | int, ...]
    keys: tuple[int, ...]
    set_aside: Mapping[str | int, int]

    def codes_of(self, label: pd.Series[Any]) -> Codes:
        """The position of each row's class among `names`, -1 of one that is not learned: shape (n,)."""
        return np.asarray(
            pd.Index(self.names, dtype=object).get_indexer(pd.Index(label, dtype=object)), dtype=np.int64
        )

    def learned(self, rows: pd.DataFrame, label: str) -> pd.DataFrame:
        """Those of `rows` whose class can be learned."""
        return rows[self.codes_of(rows[label]) >= 0].reset_index(drop=True)


def read_classes(values: pd.Series[Any]) -> pd.Series[Any]:
    """A column of texts or whole numbers as objects, `str` or `int`, null as `None`.

    Raises:
        ValueError: when it holds anything else.
    """
    known = values.dropna()
    kind = pd.api.types.infer_dtype(known)
    if kind in ("string", "empty") or isinstance(values.dtype, pd.CategoricalDtype):
        found = known.astype(object)
    elif kind in ("integer", "floating", "decimal", "mixed-integer-float") and _are_whole(known):
        found = known.astype(np.int64).astype(object)
    else:
        examples = ", ".join(repr(value) for value in known.unique()[:3].tolist())
        hint = "; for yes and no there is 'task: churn'" if kind == "boolean" else ""
        raise ValueError(
            f"the label '{values.name}' must be text or whole numbers; it holds {examples}{hint}"
        )
    return found.reindex(values.index).astype(object).where(values.notna(), None)


def _are_whole(known: pd.Series[Any]) -> bool:
    numbers = known.to_numpy(dtype=np.float64)
    return bool((np.abs(numbers) < _EXACT_FLOATS).all() and (numbers == np.floor(numbers)).all())


def classes_of(rows: pd.DataFrame, spec: ClassificationSpec) -> Classes:
    """The classes of labelled `rows`, those of fewer different keys (or groups) than asked for put aside.

    Raises:
        ValueError: when fewer than two are left, or more than `MOST_CLASSES`.
    """
    label = rows[spec.label]
    if label.empty:
        raise ValueError(f"the label '{spec.label}' is null in every row: nothing to learn from")
    counts = label.value_counts()
    if len(counts) == 1:
        raise ValueError(f"the label '{spec.label}' is {counts.index[0]!r} in all {len(rows)} labelled rows")
    groups = pd.Series(groups_by(rows, spec), index=rows.index).groupby(label).nunique()
    kept = sorted(name for name in counts.index if groups[name] >= spec.min_class_rows)
    if len(kept) > MOST_CLASSES:
        raise ValueError(
            f"the label '{spec.label}' has {len(kept)} classes, and at most {MOST_CLASSES} are told apart: "
            "make groups of them in the SELECT of the features"
        )
    if len(kept) < 2:
        raise ValueError(
            f"the label '{spec.label}' has {len(kept) or 'no'} class of at least {spec.min_class_rows} "
            f"different {'groups' if spec.group else 'keys'} ({_told(counts)}): nothing to tell apart"
        )
    set_aside = {name: int(counts[name]) for name in sorted(counts.index) if name not in set(kept)}
    return Classes(tuple(kept), tuple(int(groups[name]) for name in kept), set_aside)


def class_warnings(classes: Classes, spec: ClassificationSpec, later: pd.DataFrame) -> list[str]:
    """What is told of classes that are put aside, that are in the `later` rows alone, or that look like one another."""
    told = []
    if aside := classes.set_aside:
        rows = sum(aside.values())
        told.append(
            f"put aside, for they have fewer than {spec.min_class_rows} different keys (policy.min_class_rows): "
            f"{_told(pd.Series(aside))}; their {rows} rows neither teach nor test, and are given other classes"
        )
    counts = later[spec.label].value_counts()
    if new := {name: n for name, n in counts.items() if name not in {*classes.names, *aside}}:
        told.append(
            f"first seen at the latest cut-offs, and not learned before a later one tests it: {_told(pd.Series(new))}"
        )
    alike = (" and ".join(map(repr, each)) for each in _alike(classes.names))
    return [*told, *(f"{each} are learned as different classes" for each in alike)]


def changed_classes(classes: Classes, before: Iterable[str | int]) -> list[str]:
    """What is told of classes that the version before did not know, or that this one does not."""
    known = list(before)
    new = [repr(name) for name in classes.names if name not in known]
    gone = [repr(name) for name in known if name not in classes.names]
    told = [f"classes that the version before did not know: {', '.join(new)}"] if new else []
    return told + (
        [f"classes of the version before that are learned no more: {', '.join(gone)}"] if gone else []
    )


def class_folds(rows: pd.DataFrame, codes: Codes, spec: LabelledSpec) -> Codes:
    """The fold, 0 to `spec.folds` - 1, in which each row is predicted: shape (n,).

    Stratified, shares of classes equal within one row; several rows of one group, or key, stay in one fold, and groups
    of the same commonest class are dealt in turn, as are rows where a class has fewer than folds.
    """
    groups, counts = groups_by(rows, spec), np.bincount(codes)
    if len(np.unique(groups)) < len(groups) or counts[counts > 0].min() < spec.folds:
        sizes, count = np.bincount(groups), len(counts)
        of_class = np.bincount(groups * count + codes, minlength=len(sizes) * count).reshape(-1, count)
        return deal_groups(groups, (sizes, of_class.argmax(axis=1)), spec)
    folds = np.empty(len(rows), dtype=np.int64)
    splitter = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed)
    for number, (_, held_out) in enumerate(splitter.split(codes, codes)):
        folds[held_out] = number
    return folds


def of_each_class(label: pd.Series[Any]) -> dict[str, npt.NDArray[np.bool_]]:
    """Which rows have each of the largest classes and which another, by words for it: shape (n,)."""
    names = label.value_counts().index[:_CLASSES_ASKED]
    return {f"of {name!r}, ": (label == name).to_numpy(dtype=bool) for name in names}


def _told(counts: pd.Series[Any]) -> str:
    shown = ", ".join(f"{name!r} {count}" for name, count in list(counts.items())[:_SHOWN])
    return shown + (f" and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else "")


def _alike(names: Iterable[str | int]) -> list[list[str]]:
    """Names that differ in space or in capitals alone."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if isinstance(name, str):
            found["".join(name.split()).casefold()].append(name)
    return [alike for alike in found.values() if len(alike) > 1]
