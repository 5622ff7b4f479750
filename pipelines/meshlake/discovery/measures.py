"""What is asked of one column in a scan of all rows, and what the aggregates then say of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from meshlake.discovery.readings import NUMERIC
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import FLOATS, Scalar, is_nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.discovery.readings import Reading
    from meshlake.discovery.suspicion import Suspicion
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class Measure:
    """What one scan tells of a column.

    `present` counts values that are neither null nor blank text, `non_empty` blank text too, `given` empty text too;
    `whole` floats without a fraction, `numeric` text that is a number however it is written: 7, 007, +7, 7E1. `fits`
    counts, for each candidate reading, the values it reads; `lows` and `highs` are the least and greatest of those.
    `first` is the least text that is not blank, without the spaces around it.
    `suspected` says how often words are there that may stand for no value, `missing` of those that do, not `present`.
    `distinct` is approximate, unless `is_exact`; `values` says how often
    each value occurs where they were counted.
    """

    present: int
    non_empty: int
    given: int
    distinct: int
    low: str | None
    high: str | None
    numeric: int
    whole: int
    fits: tuple[int, ...]
    lows: tuple[str | None, ...]
    highs: tuple[str | None, ...]
    first: str | None = None
    is_exact: bool = False
    values: dict[str, int] | None = None
    suspected: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)

    def without(self, words: Mapping[str, int]) -> Measure:
        """The same, with these words for no value not counted as values."""
        more = {word: count for word, count in words.items() if word not in self.missing}
        return replace(
            self,
            present=self.present - sum(more.values()),
            distinct=max(self.distinct - len(more), 0),
            missing={**self.missing, **more},
        )


@dataclass(frozen=True)
class Asked:
    """What is asked of one column, the `number`th of a statement."""

    number: int
    name: str
    kind: Type
    candidates: tuple[Reading, ...]
    suspicion: Suspicion

    @property
    def _has_blanks(self) -> bool:
        return self.kind is Scalar.VARCHAR and self.name in self.suspicion.with_blanks

    @property
    def _is_hashed(self) -> bool:
        return self.kind is Scalar.VARCHAR and self.name in self.suspicion.keys

    @property
    def _values(self) -> tuple[str, ...] | None:
        """Those that the column is suspected to have."""
        return self.suspicion.values.get(self.name)

    @property
    def prepared_sql(self) -> str:
        """The cell and its values as each candidate reads them, by names that `measures_sql` knows."""
        cell, number = quote_identifier(self.name), self.number
        values = [f"{reading.value(cell)} AS v{number}_{i}" for i, reading in enumerate(self.candidates)]
        if self._has_blanks:
            # What sorts after blanks is not blank, and needs no trimming.
            trimmed = f"CASE WHEN {cell} >= '!' THEN {cell} ELSE NULLIF(TRIM({cell}), '') END"
            values += [f"{trimmed} AS t{number}", f"{cell} = '' AS e{number}"]
        return ", ".join([f"{cell} AS c{number}", *values])

    @cached_property
    def _measures(self) -> dict[str, str]:
        """Aggregates by what they tell. Of hundreds of columns each that need not be asked for saves planning it."""
        cell = f"c{self.number}"
        if self._values is not None:
            listed = ", ".join(map(quote_literal, self._values))
            return {"given": f"count({cell})", "values": f"histogram_exact({cell}, [{listed}]::VARCHAR[])"}
        asked = {"given": f"count({cell})", "distinct": self._distinct_sql(cell)}
        if not self._is_unordered:
            text = "{}({})" if self.kind is Scalar.VARCHAR else "CAST({}({}) AS VARCHAR)"
            asked |= {"low": text.format("min", cell), "high": text.format("max", cell)}
        if self._has_blanks:
            trimmed = f"t{self.number}"
            asked |= {"present": f"count({trimmed})", "first": f"min({trimmed})"}
            asked["empty"] = f"count_if(e{self.number})"
        if self.kind in FLOATS:
            asked["whole"] = f"count(CASE WHEN {cell} = FLOOR({cell}) THEN 1 END)"
        if listed := ", ".join(map(quote_literal, self.suspicion.missing.get(self.name, ()))):
            asked["suspected"] = f"histogram_exact(TRIM({cell}), [{listed}]::VARCHAR[])"
        return asked | self._readings_sql(cell)

    @property
    def _is_unordered(self) -> bool:
        return is_nested(self.kind) or str(self.kind) in {"BLOB", "BIT", "GEOMETRY"}

    def _distinct_sql(self, cell: str) -> str:
        if self._is_hashed:
            # All at once, texts would be held in memory; where no hash is twice, no value is.
            return f"count(DISTINCT CASE WHEN {cell} IS NOT NULL THEN hash({cell}) END)"
        value = f"CAST({cell} AS VARCHAR)" if self._is_unordered else cell
        is_key = self.name in self.suspicion.keys
        return f"count(DISTINCT {value})" if is_key else f"approx_count_distinct({value})"

    def _readings_sql(self, cell: str) -> dict[str, str]:
        if not self.candidates:
            return {}
        values = [f"v{self.number}_{i}" for i in range(len(self.candidates))]
        asked = {
            "fits": f"[{', '.join(f'count({value})' for value in values)}]",
            "lows": f"[{', '.join(f'CAST(min({value}) AS VARCHAR)' for value in values)}]",
            "highs": f"[{', '.join(f'CAST(max({value}) AS VARCHAR)' for value in values)}]",
        }
        if any(reading.is_number for reading in self.candidates):
            is_number = f"REGEXP_FULL_MATCH(TRIM({cell}), {quote_literal(NUMERIC)})"
            asked["numeric"] = f"count(CASE WHEN {is_number} THEN 1 END)"
        return asked

    @property
    def measures_sql(self) -> str:
        """A row of aggregates, which `read` reads."""
        return f"row({', '.join(self._measures.values())})"

    def read(self, found: Sequence[Any]) -> Measure | None:
        """What the aggregates say; `None` where the column is not as suspected."""
        told = dict(zip(self._measures, found, strict=True))
        given, low = told["given"], told.get("low")
        if self._values is not None:
            return _counted(given, told["values"])
        is_text = self.kind is Scalar.VARCHAR
        if is_text and not self._has_blanks and (low or "!") < "!":
            return None
        empty = told.get("empty", 0)
        non_empty, distinct = given - empty, told["distinct"] - min(empty, 1)
        return Measure(
            told.get("present", given),
            non_empty,
            given,
            min(distinct, non_empty),  # an approximate count can exceed the values there are
            low,
            told.get("high"),
            told.get("numeric", 0),
            told.get("whole", 0),
            tuple(told.get("fits", ())),
            tuple(told.get("lows", ())),
            tuple(told.get("highs", ())),
            told.get("first", low if is_text else None),
            is_exact=self.name in self.suspicion.keys and (not self._is_hashed or distinct == non_empty),
            suspected={
                word: count for word, count in (told.get("suspected") or {}).items() if word and count
            },
        )


def _counted(present: int, histogram: dict[str, int] | None) -> Measure | None:
    """What is known of text by its values, none of them blank; `None` if others were found among them."""
    values = {value: count for value, count in (histogram or {}).items() if count}
    if values.pop("", 0):
        return None
    low, high = min(values, default=None), max(values, default=None)
    return Measure(
        present, present, present, len(values), low, high, 0, 0, (), (), (), low, is_exact=True, values=values
    )
