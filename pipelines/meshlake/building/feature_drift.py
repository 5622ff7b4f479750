"""How far features and labels have moved from those that a version of a model learned from.

Rows are counted in SQL, by the bins that stand in the version's record, so that none passes through Python.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from meshlake.models.store import model_store
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from meshlake.building.context import BuildContext
    from meshlake.engines.session import Session
    from meshlake.ml_assets.drift import Distribution
    from meshlake.models.definition import ModelDefinition
    from meshlake.types.tree import Type

# As many in one statement; of very wide features several read the rows.
_MOST_BINS = 300


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


def label_drift(was: Distribution | None, label: pd.Series[Any]) -> dict[str, float]:
    """How far a `label` that came is from what was learned from; of yes and no the share of yes of that, too."""
    import numpy as np

    from meshlake.ml_assets.drift import stability

    if was is None:
        return {}
    index, _ = stability(np.array(was.rows, dtype=float), was.counts(label))
    told = {"label_drift": index}
    if was.values is not None and {*was.values} <= {"true", "false"}:
        before = dict(zip(was.values, was.rows, strict=False))
        told["learned_share"] = before.get("true", 0) / sum(before.values())
    return told


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
        some = {name: known[name] for name in names}
        counts = {int(str(place)): int(str(rows)) for place, rows in session.rows(_counting(some, rows_sql))}
        first = 0
        for name, was in some.items():
            now = [counts.get(first + n, 0) for n in range(len(was.rows))]
            found[name] = stability(np.array(was.rows, dtype=float), np.array(now, dtype=float))
            first += len(was.rows)
    return dict(sorted(found.items(), key=lambda each: -each[1][0]))


def _fits(was: Distribution, now: Type | None) -> bool:
    return now is not None and (was.values is not None or is_number(now))


def _in_statements(known: Mapping[str, Distribution]) -> Iterator[list[str]]:
    names: list[str] = []
    bins = 0
    for name, was in known.items():
        if names and bins + len(was.rows) > _MOST_BINS:
            yield names
            names, bins = [], 0
        names.append(name)
        bins += len(was.rows)
    if names:
        yield names


def _counting(known: Mapping[str, Distribution], rows_sql: str) -> str:
    """A SELECT of the number of each bin, those of all columns one after the other, and its rows, if it has any.

    Each row is put into a bin of each column once, and all columns are counted in one reading.
    """
    values, bins, first = [], [], 0
    for place, (name, was) in enumerate(known.items()):
        cell, value = quote_identifier(name), f"mesh_value_{place}"
        values.append(f"CAST({cell} AS {'DOUBLE' if was.values is None else 'VARCHAR'}) AS {value}")
        bins.append(f"{_bin(value, was, first)} AS mesh_bin_{place}")
        first += len(was.rows)
    names = [f"mesh_bin_{place}" for place in range(len(known))]
    read = f"SELECT {', '.join(values)} FROM (\n{rows_sql}\n) AS mesh_read"
    return (
        f"SELECT coalesce({', '.join(names)}, -1) AS mesh_bin, count(*) AS mesh_rows "
        f"FROM (SELECT {', '.join(bins)} FROM ({read}) AS mesh_values) AS mesh_binned "
        f"GROUP BY GROUPING SETS ({', '.join(f'({name})' for name in names)})"
    )


def _bin(value: str, was: Distribution, first: int) -> str:
    """Of `value` the number of its bin, the first of which is `first`; the last bin is that of no value."""
    last = first + len(was.rows) - 1
    if was.values is not None:
        known = "".join(f" WHEN {quote_literal(each)} THEN {first + n}" for n, each in enumerate(was.values))
        others = f"CASE WHEN {value} IS NULL THEN {last} ELSE {last - 1} END"
        return f"CASE {value}{known} ELSE {others} END" if known else others
    # What is no number is none to a model either, and compares differently in each engine.
    is_known = f"{value} <= CAST('Infinity' AS DOUBLE)"
    return f"CASE WHEN {is_known} THEN {_between(value, was.edges, first)} ELSE {last} END"


def _between(value: str, edges: Sequence[float], first: int) -> str:
    """Which edges `value` lies between, looked for by halves: `first` is below all."""
    if not edges:
        return str(first)
    middle = len(edges) // 2
    below, above = edges[:middle], edges[middle + 1 :]
    return (
        f"CASE WHEN {value} < CAST('{edges[middle]!r}' AS DOUBLE) THEN {_between(value, below, first)} "
        f"ELSE {_between(value, above, first + middle + 1)} END"
    )
