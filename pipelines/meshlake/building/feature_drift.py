"""How far features and labels have moved from those that a version of a churn model learned from.

Rows are counted in SQL, by the bins that stand in the version's record, so that none passes through Python.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from meshlake.models.store import model_store
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from meshlake.building.context import BuildContext
    from meshlake.engines.session import Session
    from meshlake.ml_assets.drift import Distribution
    from meshlake.models.definition import ModelDefinition
    from meshlake.types.tree import Type

# As many in one statement; of very wide features several read the rows.
_MOST_COUNTS = 300


def learned(context: BuildContext, version: str) -> dict[str, Distribution]:
    """How the label and the features were distributed among the rows that a version learned from, by column; empty of
    one that was stored before that was kept."""
    from meshlake.ml_assets.drift import Distribution

    stored = model_store(context.settings).load(context.name, version)
    found = stored.record.get("distributions", {}) if stored else {}
    return {
        name: Distribution(
            tuple(each["rows"]),
            tuple(each["edges"]),
            None if each["values"] is None else tuple(each["values"]),
        )
        for name, each in found.items()
    }


def label_drift(was: Distribution | None, is_churned: npt.NDArray[np.bool_]) -> dict[str, float]:
    """The share that churned of the rows learned from, and how far these labels are from it."""
    import numpy as np

    from meshlake.ml_assets.drift import stability

    if was is None or was.values is None:
        return {}
    before = dict(zip(was.values, was.rows, strict=False))
    stayed, churned = before.get("false", 0), before.get("true", 0)
    now = np.array([(~is_churned).sum(), is_churned.sum()], dtype=float)
    index, _ = stability(np.array([stayed, churned], dtype=float), now)
    return {"learned_share": churned / (stayed + churned), "label_drift": index}


def feature_drift(context: BuildContext, model: ModelDefinition, version: str, label: str) -> dict[str, str]:
    """How far each feature of the rows that are scored now has moved, and those that did so beyond chance."""
    before = {name: was for name, was in learned(context, version).items() if name != label}
    if not before:
        return {}
    found = drift_of(context.session, model.task.rows_to_score(model.features_sql), before)
    shifted = {name: index for name, (index, is_shifted) in found.items() if is_shifted}
    every = {name: index for name, (index, _) in found.items()}
    return {"feature_drift": json.dumps(every), "shifted_features": json.dumps(shifted)}


def drift_of(
    session: Session, rows_sql: str, before: Mapping[str, Distribution]
) -> dict[str, tuple[float, bool]]:
    """The population stability index of each feature, and whether it is a major shift beyond chance; largest first.

    `rows_sql` is the SELECT of the rows, `before` how their columns were distributed.
    """
    import numpy as np

    from meshlake.ml_assets.drift import stability

    columns = session.columns(rows_sql)
    known = {name: was for name, was in before.items() if _fits(was, columns.get(name))}
    found = {}
    for names in _in_statements(known):
        asked = [count for name in names for count in _counts(quote_identifier(name), known[name])]
        (row,) = session.rows(f"SELECT {', '.join(asked)} FROM (\n{rows_sql}\n)")
        answers = iter([int(str(count)) for count in row])
        for name in names:
            was = known[name]
            now = _by_bin(was, [next(answers) for _ in was.rows])
            found[name] = stability(np.array(was.rows, dtype=float), np.array(now, dtype=float))
    return dict(sorted(found.items(), key=lambda each: -each[1][0]))


def _fits(was: Distribution, now: Type | None) -> bool:
    return now is not None and (was.values is not None or is_number(now))


def _in_statements(known: Mapping[str, Distribution]) -> Iterator[list[str]]:
    names: list[str] = []
    counts = 0
    for name, was in known.items():
        if names and counts + len(was.rows) > _MOST_COUNTS:
            yield names
            names, counts = [], 0
        names.append(name)
        counts += len(was.rows)
    if names:
        yield names


def _counts(cell: str, was: Distribution) -> Iterable[str]:
    """Of numbers the rows below each edge, of others those of each value; then those with a value, and all."""
    if was.values is not None:
        yield from (_count(f"CAST({cell} AS VARCHAR) = {quote_literal(value)}") for value in was.values)
        yield f"count({cell})"
    else:
        number = f"CAST({cell} AS DOUBLE)"
        yield from (_count(f"{number} < CAST('{edge!r}' AS DOUBLE)") for edge in was.edges)
        # What is no number is none to a model either, and compares differently in each engine.
        yield _count(f"{number} <= CAST('Infinity' AS DOUBLE)")
    yield "count(*)"


def _count(condition: str) -> str:
    return f"count(CASE WHEN {condition} THEN 1 END)"


def _by_bin(was: Distribution, counts: Sequence[int]) -> list[int]:
    """The answers of `_counts` as rows by bin."""
    *parts, known, rows = counts
    if was.values is not None:
        return [*parts, known - sum(parts), rows - known]
    steps = [0, *parts, known]
    return [*(upper - lower for lower, upper in pairwise(steps)), rows - known]
