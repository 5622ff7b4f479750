"""Features of the rows of others that share something: what all who share it have, less what is one's own.

Rows of a shared thing that were known at a cut-off are counted for each whose they are, once, whoever asks. Of what all
have together one's own is taken away, so that no row of somebody is joined with the rows of everybody else. Numbers of
rows and sums can be taken from one another, and means are made of both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.boosting.feature import AGE, Feature, Over
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.boosting.hops import Shared, Source

SHARED, WHOSE, OWN = "_shared", "_whose", "_own"


def is_of_others(feature: Feature) -> bool:
    """Whether a feature is counted of others, too: how many rows they have, and what these are on the mean.

    Sums tell how many they are once more, and many columns that say the same drown what one of them says.
    """
    if feature.formula != "{0}" or feature.is_to_peers:
        return False
    (over,) = feature.over
    is_number_of_rows = over.function == "COUNT" and not over.cell
    return (is_number_of_rows or over.function == "AVG") and over.cell != AGE and not over.is_newest


def asked_sql(source: Source, shared: Shared, labelled: str, cutoff: str) -> str:
    """A SELECT of what each row of `labelled` shares at its cut-off, and whose it is itself, as it is written there."""
    link = source.hops[0]
    day = f"asked.{quote_identifier(cutoff)}"
    cells = [
        *(f"asked.{quote_identifier(each)}" for each in source.entity),
        day,
        f"{link.alias}.{quote_identifier(shared.by)} AS {SHARED}",
        f"{link.alias}.{quote_identifier(shared.whose)} AS {OWN}",
    ]
    listed = ",\n    ".join(cells)
    (join,) = replace(source, hops=(link,)).joins("asked")
    where = f"\nWHERE\n    {link.moment_sql} < {day}" if link.moment else ""
    return f"SELECT DISTINCT\n    {listed}\nFROM {labelled} AS asked\n{join}{where}"


def of_all(source: Source, shared: Shared) -> Source:
    """The rows of all who share a thing, and whose each is, to be read for the things and cut-offs of `asked_sql`."""
    first, *others = source.hops[1:]
    by, whose = (f"{first.alias}.{quote_identifier(name)}" for name in (shared.by, shared.whose))
    hops = (replace(first, on=f"{{asked}}.{SHARED} = {by}"), *others)
    return replace(source, entity=(SHARED,), hops=hops, cells=((WHOSE, whose), *source.cells), others=None)


def of_each_sql(source: Source, known: str, cutoff: str) -> str:
    """A SELECT of what is counted of the rows `known` of each who shares a thing, at each cut-off."""
    grain = [SHARED, quote_identifier(cutoff), WHOSE]
    parts = [f"{each.sql} AS {name}" for name, each in _parts(source.features).items()]
    return _grouped([*grain, *parts], known, grain)


def of_all_sql(source: Source, each: str, cutoff: str) -> str:
    """A SELECT of what `each` who share a thing have together."""
    grain = [SHARED, quote_identifier(cutoff)]
    return _grouped([*grain, *(f"SUM({name}) AS {name}" for name in _parts(source.features))], each, grain)


def less_own_sql(source: Source, asked: str, every: str, each: str, cutoff: str) -> str:
    """A SELECT of the features of `source` for the ids and cut-offs of `asked`: what `every` one has less one's own."""
    day = quote_identifier(cutoff)
    names = {part.sql: name for name, part in _parts(source.features).items()}
    grain = [f"asked.{quote_identifier(name)}" for name in (*source.entity, cutoff)]

    def left(over: Over) -> str:
        return f"SUM(COALESCE(every_one.{names[over.sql]}, 0) - COALESCE(own.{names[over.sql]}, 0))"

    def said(over: Over) -> str:
        if over.function != "AVG":
            return left(over)
        total, count = (left(replace(over, function=function)) for function in ("SUM", "COUNT"))
        return f"{total} / NULLIF({count}, 0)"

    features = [
        f"{feature.said([said(over) for over in feature.over])} AS {quote_identifier(feature.name)}"
        for feature in source.features
    ]
    joined = (
        f"{asked} AS asked\nLEFT JOIN {every} AS every_one\n"
        f"    ON asked.{SHARED} = every_one.{SHARED} AND asked.{day} = every_one.{day}\nLEFT JOIN {each} AS own\n"
        f"    ON asked.{SHARED} = own.{SHARED} AND asked.{day} = own.{day} AND asked.{OWN} = own.{WHOSE}"
    )
    return _grouped([*grain, *features], joined, grain)


def _grouped(cells: Sequence[str], rows: str, grain: Sequence[str]) -> str:
    listed, grouped = ",\n    ".join(cells), ",\n    ".join(grain)
    return f"SELECT\n    {listed}\nFROM {rows}\nGROUP BY\n    {grouped}"


def _parts(features: Sequence[Feature]) -> dict[str, Over]:
    """The numbers of rows and sums that features are made of, each once, by name."""
    parts: dict[str, Over] = {}
    for over in (over for feature in features for over in feature.over):
        for function in ("SUM", "COUNT") if over.function == "AVG" else (over.function,):
            part = replace(over, function=function)
            if part not in parts.values():
                parts[f"_part_{len(parts) + 1}"] = part
    return parts
