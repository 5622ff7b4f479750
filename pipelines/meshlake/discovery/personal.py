"""Personal data: by what values show, supported by what a column is called and by what stands beside it.

A suspicion to be looked at by the owner, with its confidence and evidence; never a proof of absence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meshlake.discovery import personal_numbers
from meshlake.discovery.batches import batches
from meshlake.discovery.labels import NO_WORDS, YES_WORDS
from meshlake.discovery.landed_view import SAMPLE
from meshlake.discovery.personal_values import Seen, seen, share
from meshlake.discovery.personal_words import (
    clear_kind,
    is_of_event,
    is_of_things,
    is_table_of_things,
    may_be,
)
from meshlake.discovery.sample import SOME, some_values
from meshlake.names import quote_identifier
from meshlake.types.tree import Scalar, is_nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile

TOLD = 0.5
# Few values of each column say whether it is worth looking at; of those that are, more.
_PROVEN_ON = 1_000
_VALUES_COST = 4
_OF_PEOPLE = frozenset({"name", "email", "phone", "date of birth", "national id", "address", "user name"})
# A warehouse has these, too.
_OF_PLACES = frozenset({"address", "phone"})
_SPECIAL = frozenset(
    {
        "health",
        "religion",
        "ethnicity",
        "sexual orientation",
        "union membership",
        "political opinion",
        "biometrics",
    }
    | {"criminal record"}
)
_OLDEST_YEARS, _ADULT_YEARS = 110, 14
_SURELY_NAMES = 0.8


@dataclass(frozen=True)
class Personal:
    """Personal data of a `kind`, how sure that is from 0 to 1, and why, in words."""

    kind: str
    confidence: float
    evidence: str


def classification_of(kind: str) -> str:
    """What a drafted contract calls personal data of `kind`.

    Example:
        >>> classification_of("email"), classification_of("religion"), classification_of("salary")
        ('personal', 'restricted', 'confidential')
    """
    return "confidential" if kind == "salary" else "restricted" if kind in _SPECIAL else "personal"


def with_personal(
    connection: duckdb.DuckDBPyConnection,
    dataset: str,
    columns: Sequence[ColumnProfile],
    texts: Mapping[str, Sequence[str]],
) -> tuple[ColumnProfile, ...]:
    """`columns` of a dataset, each with the personal data that it holds most likely: told where more speaks for it
    than against. `texts` are some of the sampled values of text.
    """
    values = {**texts, **_numbers(connection, columns, SOME)}
    found = {c.name: _judged(c, values.get(c.name, []), has_people=False) for c in columns}
    has_people = any(each and each.kind in _OF_PEOPLE and each.confidence >= TOLD for each in found.values())
    if has_people:
        found |= {
            c.name: found[c.name] or _judged(c, values.get(c.name, []), has_people=True) for c in columns
        }
    likely = [c for c in columns if found[c.name] and len(values.get(c.name, [])) >= SOME]
    more = some_values(connection, [c.name for c in likely if c.type is Scalar.VARCHAR], _PROVEN_ON)
    more |= _numbers(connection, likely, _PROVEN_ON)
    found |= {c.name: _judged(c, more[c.name], has_people=has_people) for c in columns if c.name in more}
    if is_table_of_things(dataset):
        found = _of_things(found)
    return tuple(_with(column, found.get(column.name)) for column in columns)


def _of_things(found: Mapping[str, Personal | None]) -> dict[str, Personal | None]:
    """What is found in a table of things: airports are called Smith Field, and have addresses, and are no persons."""
    told = [each for each in found.values() if each]
    if any(each.kind in _OF_PEOPLE - _OF_PLACES and not _is_like_a_name(each) for each in told):
        return dict(found)
    kept = {name: each for name, each in found.items() if each and not _is_like_a_name(each)}
    return {name: each for name, each in kept.items() if each.kind not in _OF_PLACES}


def _is_like_a_name(found: Personal) -> bool:
    return found.kind == "name" and found.confidence < _SURELY_NAMES


def _with(column: ColumnProfile, found: Personal | None) -> ColumnProfile:
    if found is None or found.confidence < TOLD:
        return column
    return replace(
        column,
        personal=found.kind,
        personal_confidence=round(found.confidence, 2),
        personal_evidence=found.evidence,
    )


def _numbers(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ColumnProfile], most: int
) -> dict[str, list[str]]:
    """Different values of each column of long whole numbers, as the sample has them; the same each time."""
    found: dict[str, list[str]] = {}
    whole = [c.name for c in columns if c.type in _WHOLE and c.maximum and len(c.maximum) >= 8]
    for names in batches(connection, whole, lambda _: _VALUES_COST):
        cells = (f"CAST({quote_identifier(name)} AS VARCHAR)" for name in names)
        lists = ", ".join(f"list_distinct(arg_min({c}, hash({c}), {most}))" for c in cells)
        row = connection.execute(f"SELECT {lists} FROM {SAMPLE}").fetchone() or ()
        found |= {name: sorted(values or ()) for name, values in zip(names, row, strict=True)}
    return found


_WHOLE = frozenset({Scalar.BIGINT, Scalar.HUGEINT, Scalar.INTEGER, Scalar.UBIGINT})


def _judged(column: ColumnProfile, values: Sequence[str], *, has_people: bool) -> Personal | None:
    named = clear_kind(column.name)
    if is_nested(column.type):
        return None
    if column.found_type in {"date", "timestamp"} or named == "date of birth":
        return _birth(column, named, has_people=has_people)
    shown = _shown(column, values, named)
    if shown is None:
        return _by_name(column, values, named)
    told = _supported(column, shown, named, has_people=has_people)
    return told if told is not None and told.confidence >= TOLD else None


def _shown(column: ColumnProfile, values: Sequence[str], named: str | None) -> Seen | None:
    if not values or column.found_type in {"boolean", "number"}:
        return None
    may = next(
        (kind for kind in ("name", "national id", "phone", "ethnicity") if may_be(column.name, kind)), None
    )
    return seen(values, named or may)


def _supported(column: ColumnProfile, shown: Seen, named: str | None, *, has_people: bool) -> Personal | None:
    """What values show, more surely where the name or its table says so too, less where it says otherwise."""
    if named == shown.kind:
        confidence = 1 - (1 - shown.confidence) * 0.4
        return Personal(shown.kind, confidence, f"{shown.evidence}; its name says so too")
    if shown.confidence >= 0.9 and shown.kind not in {"name", "phone"}:
        is_device = shown.kind == "network address" and "version" in column.name.casefold()
        return None if is_device else Personal(shown.kind, shown.confidence, shown.evidence)
    if named is not None and shown.confidence < 0.9:
        return _by_name(column, (), named, shown)
    if is_of_things(column.name):
        return None
    confidence, evidence = shown.confidence, shown.evidence
    if may_be(column.name, shown.kind):
        confidence, evidence = min(confidence + 0.1, 0.95), f"{evidence}; its name may say so"
    elif shown.kind in {"name", "phone", "address"} and not has_people and shown.confidence < 0.6:
        return None
    return Personal(shown.kind, confidence, evidence)


def _by_name(
    column: ColumnProfile, values: Sequence[str], named: str | None, shown: Seen | None = None
) -> Personal | None:
    """What the name says, where no value speaks against it."""
    if named is None or (values and not _is_possible(column, values, named)):
        return None
    if not values and shown is None and column.distinct_count and not _is_possible_type(column, named):
        return None
    evidence = f"its name says so ({column.name})"
    if column.distinct_count == 0:
        return Personal(named, 0.55, f"{evidence}; no row has a value")
    return Personal(named, 0.7, f"{evidence}; no value speaks against it")


def _is_possible_type(column: ColumnProfile, kind: str) -> bool:
    if kind in _SPECIAL or kind == "salary":
        return kind != "salary" or column.found_type in {"integer", "number", "string"}
    if kind == "location":
        return column.found_type in {"number", "string"}
    if column.found_type in {"boolean", "date", "timestamp"}:
        return False
    is_number = kind in {"phone", "national id", "bank account", "card number", "device id"}
    return column.found_type == "string" or (is_number and column.distinct_count > 2)


def _is_possible(column: ColumnProfile, values: Sequence[str], kind: str) -> bool:
    if not _is_possible_type(column, kind):
        return False
    if kind in _SPECIAL or kind in {"salary", "location"}:
        return True
    if {value.casefold() for value in values} <= YES_WORDS | NO_WORDS:
        return False
    digits = share(values, lambda v: sum(c.isdigit() for c in v) >= 6)
    if kind == "email":
        return share(values, lambda v: "@" in v) >= 0.5
    if kind == "network address":
        return share(values, lambda v: v.count(".") == 3 or v.count(":") >= 2) >= 0.5
    if kind == "phone":
        return digits >= 0.6
    if kind in {"national id", "bank account", "card number"}:
        return digits >= 0.6 and not personal_numbers.is_of_things(values)
    if kind == "name":
        return share(values, lambda v: not any(map(str.isdigit, v)) and "@" not in v) >= 0.6
    if kind == "address":
        return share(values, lambda v: sum(map(str.isalpha, v)) >= 2 or v.isdigit()) >= 0.6
    return True


def _birth(column: ColumnProfile, named: str | None, *, has_people: bool) -> Personal | None:
    """Dates of birth: of one lifetime, none ahead; without a name that says so, they begin and end long ago."""
    years = [
        int(end[:4])
        for end in (column.minimum, column.maximum)
        if end and end[:4].isdigit() and len(end) >= 4
    ]
    this_year = datetime.now(UTC).year
    if named == "date of birth":
        if not years:
            return (
                None
                if column.distinct_count and column.found_type != "string"
                else _by_name(column, (), named)
            )
        if years[-1] > this_year or years[-1] < 1850:
            return None
        return Personal(named, 0.95, f"its name says so, and its values are from {years[0]} to {years[-1]}")
    if len(years) < 2 or named or not has_people or is_of_things(column.name) or is_of_event(column.name):
        return None
    is_lifetime = this_year - _OLDEST_YEARS <= years[0] and years[1] <= this_year - _ADULT_YEARS
    if not (
        is_lifetime and years[1] - years[0] >= 30 and years[0] < this_year - 45 and column.distinct_count >= 8
    ):
        return None
    told = f"beside data of persons, its dates are from {years[0]} to {years[1]}, as births are and events are not"
    return Personal("date of birth", 0.6, told)
