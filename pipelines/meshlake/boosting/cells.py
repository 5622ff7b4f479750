"""Which columns of the rows at the end of a path may be counted or looked up, and how their cells read there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.boosting.aggregates import MOST_OF_A_TABLE, aggregated, looked_up, probes
from meshlake.boosting.columns import Columns
from meshlake.boosting.known_at import is_of_birth
from meshlake.boosting.later import known_after_sql
from meshlake.boosting.only_names import is_free_text
from meshlake.boosting.over_days import counted_by_day
from meshlake.names import name_words, quote_identifier
from meshlake.types.tree import Scalar, is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from meshlake.boosting.feature import Feature
    from meshlake.boosting.hops import Hop, Source
    from meshlake.boosting.known_at import Known
    from meshlake.boosting.labelled import Labelled
    from meshlake.boosting.tables import Table

    # How far each feature of a path is beyond chance at a glance, by its name.
    Says = Callable[[Source], Mapping[str, float]]

_MOST_KINDS = 50
_QUANTITIES = frozenset(["quantity", "qty", "units", "menge", "anzahl", "cantidad", "quantite"])
_PRICES = frozenset(["price", "preis", "precio", "prix", "rate"])
# Of one row each thing has, words of so many kinds are names.
_MOST_LOOKED_UP_KINDS = 200


def of_several_rows(
    labelled: Labelled,
    table: Table,
    source: Source,
    known: Known,
    usable: Sequence[str],
    named: Sequence[str],
    codes: Sequence[str],
    says: Says,
    about: str = "",
) -> Source:
    """`source` with what is counted of the rows that a thing has several of.

    Args:
        labelled: what is to be predicted better.
        table: the one at the end of the path.
        source: the path, with its tables.
        known: what of the table is known when.
        usable: its columns that may be features.
        named: those of which it is counted how many different ones there are.
        codes: ids that say of which kind a row is.
        says: how much each feature says; asked where there are too many.
        about: what the rows are, in words, if not those of the table.
    """
    later = [name for name in known.later if name in usable] if source.moments else []
    ahead = [name for name in known.ahead if name in usable] if labelled.cutoff else []
    cells = _own_cells(labelled, source, known, (*usable, *named), codes)
    values = [name for name in cells if name in usable and not is_moment(table.columns[name])]
    numbers = [name for name in values if is_number(table.columns[name])]
    amounts, ages = _amounts(numbers, cells), _ages(labelled, table, usable, cells)
    texts = [name for name in values if table.columns[name] is Scalar.VARCHAR]
    few = [name for name in texts if _kinds(table, name) <= _MOST_KINDS]
    few = [*few, *sorted(codes, key=lambda name: _kinds(table, name))]
    top = {name: _top_values(labelled, source, name, known) for name in few}
    many = [name for name in texts if not is_free_text(table, name)]
    columns = Columns(
        (*amounts, *numbers, *ages),
        tuple(name for name in values if table.columns[name] is Scalar.BOOLEAN),
        tuple((name, each) for name, each in top.items() if each),
        tuple(later),
        tuple(name for name in (*named, *many) if name in cells and name not in few),
        tuple(ahead),
    )
    cells |= amounts | ages
    source = replace(source, cells=tuple((name, cells[name]) for name in columns.counted))
    columns, features = _chosen(source, columns, known, says, about=about or str(table.name))
    rows = {name: cells[name] for name in columns.counted} | _days(source, later, ahead)
    return replace(source, cells=tuple(rows.items()), features=tuple(features))


def _own_cells(
    labelled: Labelled, source: Source, known: Known, names: Sequence[str], codes: Sequence[str]
) -> dict[str, str]:
    """The cells of the columns `names` and of `codes`, these as text, by name; none of what comes to be known later."""
    is_dated = bool(source.moments) or (known.is_planned and bool(labelled.cutoff))
    hop = source.hops[-1]
    cells = {
        name: _masked(hop, name, known, is_dated) for name in (*names, *codes) if name not in known.later
    }
    return cells | {name: f"CAST({cells[name]} AS VARCHAR)" for name in codes}


def _amounts(numbers: Sequence[str], cells: Mapping[str, str]) -> dict[str, str]:
    """What quantity and price come to together, where there are both, by name."""
    if amount := _amount(numbers):
        return {"amount": " * ".join(f"CAST({cells[name]} AS DOUBLE)" for name in amount)}
    return {}


def _ages(
    labelled: Labelled, table: Table, usable: Sequence[str], cells: Mapping[str, str]
) -> dict[str, str]:
    """Days from when somebody was born to the cut-off, by name."""
    births = [name for name in usable if is_moment(table.columns[name]) and is_of_birth(table, name)]
    return {
        f"days_since_{name}": f"DATE_DIFF('day', CAST({cells[name]} AS DATE), CAST({{cutoff}} AS DATE))"
        for name in (births if labelled.cutoff else ())
    }


def _days(source: Source, later: Sequence[str], ahead: Sequence[str]) -> dict[str, str]:
    """Days from a row to its `later` dates, once they have come, and from the cut-off to those `ahead`, by name."""
    alias = source.hops[-1].alias
    moment = f"CAST({source.moments[-1].moment_sql} AS DATE)" if source.moments else ""
    days = {
        name: f"CASE WHEN {alias}.{quote_identifier(name)} < {{cutoff}} THEN DATE_DIFF('day', {moment}, "
        f"CAST({alias}.{quote_identifier(name)} AS DATE)) END"
        for name in later
    }
    return days | {name: _days_until(alias, name) for name in ahead}


def _chosen(
    source: Source, columns: Columns, known: Known, says: Says, about: str
) -> tuple[Columns, list[Feature]]:
    """What is counted of `columns`, at most 60 features. Of too many columns those are taken that say most, wherever
    they stand; where of some of these nothing could be counted, the others come after these."""
    is_dated, asked = bool(source.moments), probes(source.name, columns, about)
    told: dict[str, float] = {}

    def made() -> list[Feature]:
        found = aggregated(source.name, columns, is_dated=is_dated, about=about, says=told)
        return found[:MOST_OF_A_TABLE]

    if columns.are_within_limits and _are_all_in(made(), asked.values()):
        return columns, made()
    probe = replace(source, features=tuple(feature for each in asked.values() for feature in each))
    if source.is_by_day:
        probe, _ = counted_by_day(probe, known, 0)
    found = says(probe)
    strengths = {name: max(found.get(feature.name, 0.0) for feature in each) for name, each in asked.items()}
    columns = columns.limited(strengths)
    if not _are_all_in(made(), (asked[name] for name in columns.counted)):
        told.update(strengths)
    return columns, made()


def _are_all_in(features: Sequence[Feature], asked: Iterable[Sequence[Feature]]) -> bool:
    names = {each.name for each in features}
    return all(feature.name in names for each in asked for feature in each)


def _amount(numbers: Sequence[str]) -> tuple[str, str] | None:
    """How many of something, and the price of one: what they come to together, which no column says."""
    if "amount" in numbers:
        return None
    many = [name for name in numbers if _QUANTITIES & set(name_words(name))]
    prices = [name for name in numbers if _PRICES & set(name_words(name))]
    return (many[0], prices[0]) if len(many) == len(prices) == 1 else None


def _masked(hop: Hop, name: str, known: Known, is_dated: bool) -> str:
    """The cell of a column, null before the date came that it is filled in with, or the days passed that it takes."""
    cell, date = f"{hop.alias}.{quote_identifier(name)}", known.with_date.get(name)
    if date is not None and is_dated:
        cell = f"CASE WHEN {hop.alias}.{quote_identifier(date)} < {{cutoff}} THEN {cell} END"
    if name in known.after:
        cell = f"CASE WHEN {known_after_sql(hop.moment_sql, known.after[name])} <= {{cutoff}} THEN {cell} END"
    return cell


def _days_until(alias: str, name: str) -> str:
    return f"DATE_DIFF('day', CAST({{cutoff}} AS DATE), CAST({alias}.{quote_identifier(name)} AS DATE))"


def _kinds(table: Table, name: str) -> int:
    described = table.described(name)
    return described.distinct_count if described else MOST_OF_A_TABLE


def _top_values(labelled: Labelled, source: Source, name: str, known: Known) -> tuple[str, ...]:
    """The most frequent values among rows known before the first cut-off that a model learns from, or among all where
    nothing says when; written as constants, so that later rows change nothing."""
    cell = quote_identifier(name)
    where = f"{cell} IS NOT NULL"
    hop = source.hops[-1]
    moment = hop.known_sql() if hop.moment else quote_identifier(known.with_date.get(name, ""))
    if name in known.after:
        moment = known_after_sql(moment, known.after[name])
    if (hop.moment or name in known.with_date) and labelled.cutoff:
        first = f"(SELECT min({quote_identifier(labelled.cutoff)}) FROM {labelled.table.name.sql})"
        where += f" AND {moment} < {first}"
    rows = labelled.table.session.rows(
        f"SELECT {cell} FROM {hop.sql} AS top WHERE {where} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5"
    )
    return tuple(str(value) for (value,) in rows)


def of_one_row(
    table: Table,
    source: Source,
    known: Known,
    usable: Sequence[str],
    codes: Sequence[str],
    says: Says,
    *,
    has_cutoff: bool,
) -> Source:
    """`source` with the cells of the one row that a thing has: its columns `usable` as they are, dates as days, `codes`
    as text; of too many those that `says` most."""
    hop = source.hops[-1]
    alias = hop.alias
    cells: dict[str, str] = {}
    planned = [name for name in known.ahead if name in usable and has_cutoff]
    for name in usable:
        cell, kind = _masked(hop, name, known, known.is_planned and has_cutoff), table.columns[name]
        if name in planned:
            cells[name] = _days_until(alias, name)
        elif is_moment(kind):
            if has_cutoff and (source.moments or is_of_birth(table, name)):
                cells[name] = f"DATE_DIFF('day', CAST({cell} AS DATE), CAST({{cutoff}} AS DATE))"
        elif kind is not Scalar.VARCHAR or _kinds(table, name) <= _MOST_LOOKED_UP_KINDS:
            cells[name] = f"CAST({cell} AS DOUBLE)" if is_number(kind) else cell
    masked = {name: _masked(hop, name, known, known.is_planned and has_cutoff) for name in codes}
    cells |= {name: f"CAST({cell} AS VARCHAR)" for name, cell in masked.items()}
    if source.moments and known.moment:
        cell = f"{alias}.{quote_identifier(known.moment)}"
        cells[known.moment] = f"DATE_DIFF('day', CAST({cell} AS DATE), CAST({{cutoff}} AS DATE))"
    days = {
        name: f"days_{'until' if name in planned else 'since'}_{name}"
        for name in cells
        if is_moment(table.columns[name])
    }
    named = {days.get(name, name): sql for name, sql in cells.items()}
    numbers = {*days.values()} | {n for n in cells if is_number(table.columns[n]) and n not in codes}
    features = looked_up(source.name, [(name, name in numbers) for name in named], str(table.name))
    source = replace(source, cells=tuple(named.items()), features=tuple(features))
    if len(features) > MOST_OF_A_TABLE:
        told = says(source)
        features = sorted(features, key=lambda each: -told.get(each.name, 0.0))[:MOST_OF_A_TABLE]
    return replace(source, features=tuple(features))
