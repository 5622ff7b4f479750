"""Columns beside a label that most likely were written after it was known: suspects, each with its evidence.

A sample of bounded size tells, by the check that drafted models leave columns out by (`ml_assets.leakage`). Every
column but the row's identifier is asked, dates and long texts too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from meshlake.discovery.dataset_profile import Leak
from meshlake.discovery.labels import is_cutoff, is_named_like, so_value
from meshlake.discovery.landed_view import LANDED, SAMPLE
from meshlake.discovery.names import is_identifier, is_row_number
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import is_nested

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import duckdb
    import pandas as pd

    from meshlake.discovery.dataset_profile import ColumnProfile

_DRAWN_ROWS = 20_000
_MOMENTS = frozenset({"date", "timestamp"})
_IS_SO = '"_is so"'
_LIKE_LABEL = "is named like the label"


def with_leaks(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ColumnProfile], keys: Collection[tuple[str, ...]]
) -> tuple[ColumnProfile, ...]:
    """`columns`, with what they are suspected to tell of each likely label; identifiers among `keys` are not asked."""
    numbered = {key[0] for key in keys if len(key) == 1 and (is_identifier(key[0]) or is_row_number(key[0]))}
    asked = [each for each in columns if not is_nested(each.type) and each.name not in numbered]
    leaks: dict[str, list[Leak]] = {}
    for label in asked:
        if label.is_likely_label and len(label.values) == 2:
            features = [each for each in asked if each is not label]
            for name, leak in _leaks(connection, label, features):
                leaks.setdefault(name, []).append(leak)
    return tuple(replace(each, leaks=tuple(leaks.get(each.name, ()))) for each in columns)


def _leaks(
    connection: duckdb.DuckDBPyConnection, label: ColumnProfile, features: Sequence[ColumnProfile]
) -> Iterator[tuple[str, Leak]]:
    # pandas, which only a dataset with a label needs.
    from meshlake.ml_assets.leakage import suspected_leaks

    rows = _rows(connection, label, features)
    is_so = rows.pop(_IS_SO.strip('"')).to_numpy(dtype=bool)
    cutoff = next((f.name for f in features if is_cutoff(f.name) and f.found_type in _MOMENTS), None)
    suspects = suspected_leaks(rows, [f.name for f in features if f.name != cutoff], is_so, cutoff=cutoff)
    for feature in features:
        by_name = [_LIKE_LABEL] if is_named_like(label.name, feature.name) else []
        suspect = suspects.get(feature.name)
        evidence = [*by_name, *(suspect.evidence if suspect else ())]
        if evidence:
            yield feature.name, Leak(label.name, "; ".join(evidence), suspect.roc_auc if suspect else None)


def _rows(
    connection: duckdb.DuckDBPyConnection, label: ColumnProfile, features: Sequence[ColumnProfile]
) -> pd.DataFrame:
    """Rows that say whether it is so, with the features' values: of the sample, or, where one of the label's values is
    hardly there, of one drawn from all rows."""
    from meshlake.ml_assets.leakage import FEWEST

    cell = _text(label)
    is_so = f"LOWER({cell}) = {quote_literal(so_value(label.values).strip().lower())}"
    values = ", ".join(f"{_value(each)} AS {quote_identifier(each.name)}" for each in features)
    counts = f"least(count_if({is_so}), count_if(NOT ({is_so})))"
    (fewest,) = connection.execute(f"SELECT {counts} FROM {SAMPLE} WHERE {cell} <> ''").fetchone() or (0,)
    has_more = fewest < FEWEST <= min(count for _, count in label.values)
    drawn = f"(SELECT * FROM {LANDED} USING SAMPLE reservoir({_DRAWN_ROWS} ROWS) REPEATABLE (42))"
    relation = drawn if has_more else SAMPLE
    rows = connection.execute(
        f"SELECT {is_so} AS {_IS_SO}{', ' if values else ''}{values} FROM {relation} WHERE {cell} <> ''"
    ).df()
    for feature in features:
        if feature.found_type in _MOMENTS:
            rows[feature.name] = _moments(rows[feature.name])
    return rows


def _moments(seconds: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.to_datetime(seconds, unit="s", utc=True, errors="coerce")


def _text(column: ColumnProfile) -> str:
    return f"TRIM(CAST({quote_identifier(column.name)} AS VARCHAR))"


def _value(column: ColumnProfile) -> str:
    """SQL for a value as it is found to be: a number, seconds since 1970, or text; null if a word stands for none."""
    cell = quote_identifier(column.name)
    value = column.reading.value(cell) if column.reading else cell
    if column.found_type in _MOMENTS:
        value = f"TRY(epoch({value}))"
    elif column.found_type in {"integer", "number", "boolean"}:
        value = f"TRY_CAST({value} AS DOUBLE)"
    else:
        value = f"NULLIF({_text(column)}, '')"
    words = ", ".join(quote_literal(word) for word, _ in column.missing)
    return f"CASE WHEN {_text(column)} IN ({words}) THEN NULL ELSE {value} END" if words else value
