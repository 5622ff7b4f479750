"""The profile of one landed dataset: what its columns really are, and what a few scans in the engine tell of each.

Which columns match those of other datasets is `joins`; what a product makes of all this is `contract_draft`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.discovery import scan
from pipelines.discovery.drift import Drift, column_groups, file_schemas, find_drift
from pipelines.discovery.keys import candidate_keys, is_identifier
from pipelines.discovery.labels import is_about_leaving
from pipelines.discovery.personal import personal_by_name, personal_by_values
from pipelines.discovery.scan import Sketched
from pipelines.engine.connection import connect
from pipelines.landing.failures import explained
from pipelines.landing.relation import columns as landed_columns
from pipelines.landing.relation import relation_sql
from pipelines.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from pipelines.discovery.readings import Reading
    from pipelines.discovery.scan import Measure, Sketch
    from pipelines.landing.zone import Dataset
    from pipelines.settings import Settings

FEW_VALUES = 20
SHOWN_MISFITS = 20
# A text column is read as something else when at least this share of its values can be.
NEARLY_ALL = 0.99
_LANDED_TYPES = {
    "DATE": "date",
    "TIME": "time",
    "BOOLEAN": "boolean",
    "FLOAT": "number",
    "DOUBLE": "number",
    "HUGEINT": "number",
    "UHUGEINT": "number",
    "UBIGINT": "number",
}


@dataclass(frozen=True)
class ColumnProfile:
    """One column as it landed, and what it is found to be.

    `sources` are the landed columns it comes from, more than one where it was renamed between files. `found_type` is a
    contract's logical type; `reading` how text is read as that, None where nothing is to be read. `distinct_count` is
    approximate (HyperLogLog, within about 5 %), exact up to `FEW_VALUES`; `values` counts each value of a column of
    few, the most frequent first. `misfits` are values that the reading does not read.
    """

    name: str
    type: str
    null_count: int
    null_share: float
    distinct_count: int
    minimum: str | None
    maximum: str | None
    sources: tuple[str, ...]
    found_type: str
    reading: Reading | None
    misfit_count: int
    misfits: tuple[str, ...]
    values: tuple[tuple[str, int], ...]
    personal: str | None
    is_likely_label: bool

    @property
    def is_constant(self) -> bool:
        """Whether every row has the same value, or none any."""
        return self.distinct_count == 0 or (self.distinct_count == 1 and self.null_count == 0)


@dataclass(frozen=True)
class DatasetProfile:
    """A landed dataset as it was when it was read. `keys` are those proven on all rows, the likeliest first."""

    name: str
    format: str
    fingerprint: str
    file_count: int
    size_bytes: int
    row_count: int
    columns: tuple[ColumnProfile, ...]
    keys: tuple[tuple[str, ...], ...]
    drift: tuple[Drift, ...]

    @property
    def likely_key(self) -> tuple[str, ...]:
        """The key that is no coincidence, by the name or the place of its columns; empty when there is none."""
        first = self.columns[0].name if self.columns else None
        meant = (key for key in self.keys if any(map(is_identifier, key)) or key == (first,))
        return next(meant, ())

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns that may say who left."""
        return tuple(column.name for column in self.columns if column.is_likely_label)


def profile_dataset(settings: Settings, dataset: Dataset) -> DatasetProfile:
    """Profile `dataset` in a few scans.

    Raises:
        LandingError: a file of it cannot be read.
    """
    return _profile(settings, dataset, is_sketched=False)[0]


def profile_with_sketches(settings: Settings, dataset: Dataset) -> tuple[DatasetProfile, dict[str, Sketch]]:
    """Profile `dataset`, and sketch the values of each column that rows of another dataset may be found by.

    Raises:
        LandingError: a file of it cannot be read.
    """
    return _profile(settings, dataset, is_sketched=True)


def _profile(
    settings: Settings, dataset: Dataset, *, is_sketched: bool
) -> tuple[DatasetProfile, dict[str, Sketch]]:
    with explained([dataset]), connect(settings) as connection:
        schemas = file_schemas(connection, dataset)
        types, groups = _open(connection, dataset, schemas)
        drift = find_drift(groups.values(), schemas) if len(schemas.files) > 1 else ()
        scan.take_sample(connection)
        candidates = scan.candidate_readings(connection, types)
        row_count, measures = scan.measure(connection, types, candidates)
        readings = {name: _reading(candidates.get(name, ()), measures[name]) for name in types}
        few = [
            name
            for name, m in measures.items()
            if 0 < m.distinct <= FEW_VALUES and not scan.is_nested(types[name])
        ]
        sketched = _sketched(types, measures, readings) if is_sketched else {}
        values, sketches = scan.values_of(connection, few, sketched)
        texts = [name for name, kind in types.items() if kind == "VARCHAR" and readings[name] is None]
        personal = personal_by_values(connection, texts)
        found_types = {name: _found_type(name, types[name], measures[name], readings[name]) for name in types}
        distincts = {
            n: len(values.get(n, ())) or m.distinct for n, m in measures.items() if m.present == row_count
        }
        keys = candidate_keys(connection, found_types, distincts, row_count)
        found = _Found(row_count, types, found_types, groups, readings, candidates, values, personal)
        columns = tuple(_column(connection, name, measures[name], found) for name in types)
    profile = DatasetProfile(
        name=str(dataset.name),
        format=dataset.format.value,
        fingerprint=dataset.fingerprint,
        file_count=len(dataset.files),
        size_bytes=sum(file.size_bytes for file in dataset.files),
        row_count=row_count,
        columns=columns,
        keys=keys,
        drift=drift,
    )
    return profile, sketches


@dataclass(frozen=True)
class _Found:
    row_count: int
    types: Mapping[str, str]
    found_types: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    readings: Mapping[str, Reading | None]
    candidates: Mapping[str, Sequence[Reading]]
    values: Mapping[str, Mapping[Any, int]]
    personal: Mapping[str, str]


def _open(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, schemas: Any
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Make the dataset readable as `landed`, columns that were renamed as one; its types and sources by name."""
    given = landed_columns(connection, dataset)
    groups = {group[0]: group for group in column_groups(given, schemas)}
    selected = ", ".join(
        f"{_merged(group, given)} AS {quote_identifier(name)}" for name, group in groups.items()
    )
    connection.execute(f"CREATE TEMP VIEW {scan.LANDED} AS SELECT {selected} FROM {relation_sql(dataset)}")
    rows = connection.execute(f"DESCRIBE {scan.LANDED}").fetchall()
    return {row[0]: row[1] for row in rows}, groups


def _merged(group: tuple[str, ...], types: Mapping[str, str]) -> str:
    cells = [quote_identifier(name) for name in group]
    if len({types[name] for name in group}) > 1:
        cells = [f"CAST({cell} AS VARCHAR)" for cell in cells]
    return cells[0] if len(cells) == 1 else f"COALESCE({', '.join(cells)})"


def _reading(candidates: Sequence[Reading], measure: Measure) -> Reading | None:
    """The first candidate that reads every value, else the one that reads most, if nearly all; never of codes like
    007, whose zeros a number would lose."""
    if not measure.present or measure.zero_led:
        return None
    best = max(range(len(candidates)), key=lambda i: measure.fits[i], default=None)
    if best is None or measure.fits[best] < NEARLY_ALL * measure.present:
        return None
    return candidates[best]


def _sketched(
    types: Mapping[str, str], measures: Mapping[str, Measure], readings: Mapping[str, Reading | None]
) -> dict[str, Sketched]:
    """The columns to sketch: text and whole numbers of more than two values."""
    joinable = {}
    for name, kind in types.items():
        cell, reading = quote_identifier(name), readings[name]
        logical = reading.logical_type if reading else logical_type(kind)
        if measures[name].whole and measures[name].whole == measures[name].present:
            text = f"CAST(TRY_CAST({cell} AS BIGINT) AS VARCHAR)"
        elif logical == "integer":
            text = f"CAST({reading.value(cell)} AS VARCHAR)" if reading else f"CAST({cell} AS VARCHAR)"
        elif logical == "string" and not scan.is_nested(kind):
            text = f"NULLIF({cell}, '')" if kind == "VARCHAR" else f"CAST({cell} AS VARCHAR)"
        else:
            continue
        if measures[name].distinct > 1:
            joinable[name] = Sketched(text, measures[name].distinct)
    return joinable


def logical_type(kind: str) -> str:
    """The contract's logical type for values of DuckDB type `kind`."""
    if kind in _LANDED_TYPES:
        return _LANDED_TYPES[kind]
    if kind.startswith("TIMESTAMP"):
        return "timestamp"
    if kind.startswith("DECIMAL"):
        return "number"
    if kind.endswith("INT") or kind.endswith("INTEGER"):
        return "integer"
    if kind.endswith("]"):
        return "array"
    return {"S": "object", "M": "map"}.get(kind[0], "string") if scan.is_nested(kind) else "string"


def _found_type(name: str, kind: str, measure: Measure, reading: Reading | None) -> str:
    if reading is not None:
        return reading.logical_type
    # Where some are null, whole numbers often land as floats; of other numbers, the next file may hold fractions.
    is_whole = kind in scan.FLOATS and 0 < measure.present == measure.whole
    return "integer" if is_whole and is_identifier(name) else logical_type(kind)


def _column(
    connection: duckdb.DuckDBPyConnection, name: str, measure: Measure, found: _Found
) -> ColumnProfile:
    reading = found.readings[name]
    present, low, high, misfit_count = measure.non_empty, measure.low, measure.high, 0
    if reading is not None:
        position = found.candidates[name].index(reading)
        present, low, high = measure.present, measure.lows[position], measure.highs[position]
        misfit_count = measure.present - measure.fits[position]
    counted = {
        str(value): n for value, n in found.values.get(name, {}).items() if str(value).strip() or not reading
    }
    counted.pop("", None)
    values = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    distinct = len(values) if name in found.values else measure.distinct
    nulls = found.row_count - present
    if found.found_types[name] == "integer":
        low, high = (end and end.removesuffix(".0") for end in (low, high))
    return ColumnProfile(
        name=name,
        type=found.types[name],
        null_count=nulls,
        null_share=nulls / found.row_count if found.row_count else 0.0,
        distinct_count=distinct,
        minimum=low,
        maximum=high,
        sources=found.groups[name],
        found_type=found.found_types[name],
        reading=reading,
        misfit_count=misfit_count,
        misfits=tuple(scan.misfits(connection, name, reading, SHOWN_MISFITS))
        if reading and misfit_count
        else (),
        values=tuple(values),
        personal=personal_by_name(name) or found.personal.get(name),
        is_likely_label=distinct == 2 and is_about_leaving(name),
    )
