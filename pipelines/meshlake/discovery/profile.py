"""Profiling one landed dataset: what its columns really are, and what a few scans in the engine tell of each.

Which columns match those of other datasets is `joins`; what a product makes of all this is `contract_draft`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from meshlake.discovery import missing, sample, scan
from meshlake.discovery.column_types import best_reading, doubt_of, found_type, rivals, valued
from meshlake.discovery.conventions import decide
from meshlake.discovery.dataset_profile import TEXT_IN_BYTES, ColumnProfile, DatasetProfile
from meshlake.discovery.described import described
from meshlake.discovery.drift import file_schemas, find_drift
from meshlake.discovery.keys import Keys, Part, find_keys, suspects
from meshlake.discovery.labels import is_likely_label
from meshlake.discovery.landed_view import is_small, open_landed
from meshlake.discovery.sketched_columns import sketched_columns
from meshlake.discovery.spelled import mixed_currencies
from meshlake.discovery.subtotals import subtotals_told
from meshlake.discovery.suspicion import suspect
from meshlake.engines.duckdb.connection import connect
from meshlake.formats.unreadable import ReadAgainError
from meshlake.landing.failures import explained
from meshlake.landing.relation import landed_notes
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from meshlake.discovery.conventions import Decided
    from meshlake.discovery.landed_view import LandedView
    from meshlake.discovery.measures import Measure
    from meshlake.discovery.readings import Reading
    from meshlake.discovery.sample import ReadAs
    from meshlake.discovery.sketches import Sketch
    from meshlake.landing.zone import Dataset
    from meshlake.settings import Settings
    from meshlake.types.tree import Type

SHOWN_LINES = 5
CODES = "nearly all values are numbers, and the others codes"
_CODE = re.compile(r"\s*[A-Za-z]{1,5}[-_/]?[0-9]{2,}\s*")


def profile_dataset(
    settings: Settings,
    dataset: Dataset,
    *,
    is_sketched: bool = False,
    read_as: ReadAs = lambda _name, likely: likely,
    elsewhere: Mapping[str, str] | None = None,
) -> tuple[DatasetProfile, dict[str, Sketch]]:
    """Profile `dataset` in a few scans, more where a file is found on the way to hide lines of its own.

    Args:
        settings, dataset: the mesh's, and what to read.
        is_sketched: also sketch the values of each column that rows of another dataset may be found by.
        read_as: how text of a column may be read, if all of it can, of what is likely by a sample.
        elsewhere: conventions of other datasets, with what keeps to each: they decide what this one leaves open.

    Raises:
        LandingError: a file of it cannot be read.
    """
    while True:
        with suppress(ReadAgainError):
            return _profiled(settings, dataset, is_sketched, read_as, elsewhere)


def _profiled(
    settings: Settings,
    dataset: Dataset,
    is_sketched: bool,
    read_as: ReadAs,
    elsewhere: Mapping[str, str] | None,
) -> tuple[DatasetProfile, dict[str, Sketch]]:
    with explained([dataset]), connect(settings, 1 if is_small(dataset) else None) as connection:
        schemas = file_schemas(connection, dataset)
        view = open_landed(connection, dataset, schemas)
        drift = find_drift(view.sources.values(), schemas) if len(schemas.files) > 1 else ()
        sample.take_sample(connection, view)
        measured = _measured(connection, view, read_as)
        decided = measured.decided(dataset.format.delimiter(dataset.opened.files), elsewhere)
        found, sketches = _found(connection, view, measured, decided, is_sketched=is_sketched)
        plain = [_column(name, measured.measures[name], found) for name in view.types]
        columns = described(connection, dataset.name.dataset, plain, found.keys.proven, found.row_count)
        # NumPy takes longer to load than all profiles that are kept take to read.
        from meshlake.discovery.dependency_proof import find_dependencies

        dependencies, untried = find_dependencies(connection, columns, found.keys.apart, found.row_count)
        unreadable, notes = dataset.unreadable(connection), landed_notes(connection, dataset)
        notes = (*notes, *subtotals_told(connection, view, columns))
        shown = tuple(unreadable.first(SHOWN_LINES))
    profile = DatasetProfile(
        name=str(dataset.name),
        format=dataset.format.name,
        fingerprint=dataset.fingerprint,
        file_count=len(dataset.files),
        size_bytes=dataset.size_bytes,
        row_count=measured.row_count,
        columns=columns,
        keys=found.keys.proven,
        near_key=found.keys.nearly,
        drift=drift,
        unreadable_count=unreadable.count,
        unreadable=shown,
        notes=notes,
        dependencies=dependencies,
        undecided_count=untried,
    )
    return profile, sketches


@dataclass(frozen=True)
class _Measured:
    """What all rows tell of each column, and how its text may be read; `shares` are those of the suspicion."""

    row_count: int
    measures: dict[str, Measure]
    candidates: dict[str, tuple[Reading, ...]]
    shares: dict[str, float]

    def reading(self, name: str) -> Reading | None:
        return best_reading(name, self.candidates.get(name, ()), self.measures[name])

    def rivals(self, name: str) -> tuple[Reading, ...]:
        reading = self.reading(name)
        return rivals(reading, self.candidates[name], self.measures[name]) if reading else ()

    def decided(self, delimiter: str | None, elsewhere: Mapping[str, str] | None = None) -> Decided:
        """How each column is read, and the questions that leaves, those of numbers kept as text among them."""
        made = decide(
            {name: self.reading(name) for name in self.measures},
            {name: self.rivals(name) for name in self.measures},
            delimiter,
            elsewhere,
        )
        for name, measure in self.measures.items():
            doubt = doubt_of(name, made.readings[name], self.candidates.get(name, ()), measure)
            if doubt:
                made.questions[name] = "; ".join(filter(None, (made.questions.get(name), doubt)))
        return made

    def misfit_count(self, name: str, reading: Reading) -> int:
        return self.measures[name].present - self.measures[name].fits[self.candidates[name].index(reading)]


def _measured(connection: duckdb.DuckDBPyConnection, view: LandedView, read_as: ReadAs) -> _Measured:
    """Measured with the readings that the sample leaves possible, and again where all rows show something else."""
    types, are_apart = view.types, view.are_columns_apart
    candidates = sample.candidate_readings(connection, read_as, view.numbers)
    suspicion = suspect(connection, types, candidates)
    row_count, measures = scan.measure(connection, types, candidates, suspicion, are_columns_apart=are_apart)
    measures = {name: valued(name, candidates.get(name, ()), each) for name, each in measures.items()}
    measured = _Measured(row_count, measures, candidates, suspicion.shares)
    unread = [n for n, kind in types.items() if kind is Scalar.VARCHAR and measured.reading(n) is None]
    doubted = sample.drawn_again(connection, row_count, {name: measures[name] for name in unread})
    if doubted:
        again = sample.candidate_readings(connection, read_as, view.numbers)
        changed = {n: types[n] for n in doubted if again.get(n, ()) != candidates.get(n, ())}
        candidates |= {name: again.get(name, ()) for name in changed}
        suspicion = replace(suspicion, missing=missing.suspected_words(connection, changed))
        more = scan.measure(connection, changed, candidates, suspicion, are_columns_apart=are_apart)[1]
        measures |= {name: valued(name, candidates[name], each) for name, each in more.items()}
    return measured


@dataclass(frozen=True)
class _Found:
    row_count: int
    types: Mapping[str, Type]
    found_types: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    readings: Mapping[str, Reading | None]
    candidates: Mapping[str, Sequence[Reading]]
    values: Mapping[str, Mapping[Any, int]]
    keys: Keys
    misfits: Mapping[str, Sequence[str]]
    questions: Mapping[str, str]
    decided: Decided
    is_empty_null: bool


def _found(
    connection: duckdb.DuckDBPyConnection,
    view: LandedView,
    measured: _Measured,
    decided: Decided,
    *,
    is_sketched: bool,
) -> tuple[_Found, dict[str, Sketch]]:
    """What further passes tell, each of the columns that need it alone."""
    types, measures, row_count = view.types, measured.measures, measured.row_count
    chosen, misfits = _believed(connection, measured, decided)
    few = scan.columns_of_few(types, measures)
    sketched = sketched_columns(types, measures, chosen) if is_sketched else {}
    texts = {name for name, kind in types.items() if kind is Scalar.VARCHAR and chosen[name] is None}
    found_types = {name: found_type(name, types[name], measures[name], chosen[name]) for name in types}
    parts = [
        Part(name, found_types[name], i / len(types), measure.distinct, row_count - measure.present)
        for i, (name, measure) in enumerate(measures.items())
    ]
    suspected = suspects(connection, parts, row_count, measured.shares)
    uncounted = [name for name in suspected if not measures[name].is_exact]
    values, sketches, counted = scan.values_of(
        connection, few, sketched, uncounted, row_count=row_count, are_columns_apart=view.are_columns_apart
    )
    values |= {name: m.values for name, m in measures.items() if m.values}
    counted |= {name: measures[name].distinct for name in suspected if measures[name].is_exact}
    parts = [replace(part, distinct=len(values.get(part.name, ())) or part.distinct) for part in parts]
    found = _Found(
        row_count,
        types,
        found_types,
        view.sources,
        chosen,
        measured.candidates,
        values,
        find_keys(connection, parts, counted, row_count, are_columns_apart=view.are_columns_apart),
        misfits,
        sample.mixtures(connection, texts)
        | mixed_currencies(connection, sorted(texts))
        | decided.questions
        | dict.fromkeys(scan.texts_in_bytes(connection, types), TEXT_IN_BYTES),
        decided,
        view.dataset.format.is_empty_null,
    )
    return found, sketches


def _believed(
    connection: duckdb.DuckDBPyConnection, measured: _Measured, decided: Decided
) -> tuple[dict[str, Reading | None], dict[str, list[str]]]:
    """The readings, and the most frequent values that they do not read: numbers beside C489449 are codes, too."""
    chosen = dict(decided.readings)
    misread = {n: reading for n, reading in chosen.items() if reading and measured.misfit_count(n, reading)}
    misfits, words = missing.misfits(connection, misread)
    measured.measures.update({name: measured.measures[name].without(found) for name, found in words.items()})
    numbers = [n for n, reading in misread.items() if reading.is_number and misfits.get(n) and n not in words]
    for name in [n for n in numbers if all(map(_CODE.fullmatch, misfits[n]))]:
        chosen[name] = None
        decided.questions[name] = f"{CODES}, for example {misfits.pop(name)[0]!r}: kept as text"
    return chosen, misfits


def _column(name: str, measure: Measure, found: _Found) -> ColumnProfile:
    reading = found.readings[name]
    low, high, misfit_count = measure.low, measure.high, 0
    missing_count = sum(measure.missing.values()) if reading else 0
    present = measure.non_empty if found.is_empty_null else measure.given
    if reading is not None:
        position = found.candidates[name].index(reading)
        present, low, high = measure.present, measure.lows[position], measure.highs[position]
        misfit_count = measure.present - measure.fits[position]
    none = ("", *measure.missing) if reading else ()
    counted = {
        str(value): n for value, n in found.values.get(name, {}).items() if str(value).strip() not in none
    }
    if found.is_empty_null:
        counted.pop("", None)
    values = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    distinct = len(values) if name in found.values else measure.distinct
    if (name,) in found.keys.proven:
        distinct = found.row_count
    nulls = found.row_count - present
    if found.found_types[name] == "integer":
        low, high = (end and end.removesuffix(".0") for end in (low, high))
    return ColumnProfile(
        name=name,
        type=found.types[name],
        null_count=nulls,
        null_share=nulls / found.row_count if found.row_count else 0.0,
        blank_count=measure.given - present - missing_count,
        distinct_count=distinct,
        minimum=low,
        maximum=high,
        sources=found.groups[name],
        found_type=found.found_types[name],
        reading=reading,
        misfit_count=misfit_count,
        misfits=tuple(found.misfits.get(name, ())),
        values=tuple(values),
        personal=None,
        is_likely_label=distinct == 2 and is_likely_label(name, [value for value, _ in values]),
        is_required=nulls == 0 and found.row_count > 0,
        question=found.questions.get(name, ""),
        is_text_in_bytes=found.questions.get(name) == TEXT_IN_BYTES,
        evidence=found.decided.evidence.get(name, "") if reading else "",
        open_to=found.decided.open_to.get(name, ()) if reading else (),
        missing=tuple(measure.missing.items()) if reading else (),
    )
