"""Columns beside a label that most likely were written after it was known: suspects, each with its evidence.

A sample of bounded size tells, by the check that drafted models leave columns out by (`ml_assets.leakage`). Every
column but the row's identifier is asked, dates and long texts too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.discovery.dataset_profile import Leak
from meshlake.discovery.labelled_rows import IS_SO, MOMENTS, labelled_rows, telling
from meshlake.discovery.labels import is_cutoff
from meshlake.outcome_names import is_named_like

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile

_LIKE_LABEL = "is named like the label"


def with_leaks(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ColumnProfile], keys: Collection[tuple[str, ...]]
) -> tuple[ColumnProfile, ...]:
    """`columns`, with what they are suspected to tell of each likely label; identifiers among `keys` are not asked."""
    asked = telling(columns, keys)
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
    from meshlake.ml_assets.leaks.one_feature import suspected_leaks

    rows = labelled_rows(connection, label, features)
    is_so = rows.pop(IS_SO).to_numpy(dtype=bool)
    cutoff = next((f.name for f in features if is_cutoff(f.name) and f.found_type in MOMENTS), None)
    suspects = suspected_leaks(rows, [f.name for f in features if f.name != cutoff], is_so, cutoff=cutoff)
    for feature in features:
        by_name = [_LIKE_LABEL] if is_named_like(label.name, feature.name) else []
        suspect = suspects.get(feature.name)
        evidence = [*by_name, *(suspect.evidence if suspect else ())]
        if evidence:
            yield feature.name, Leak(label.name, "; ".join(evidence), suspect.roc_auc if suspect else None)
