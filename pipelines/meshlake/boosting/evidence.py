"""What a reviewer of a kept table asks to see: ids as both sides write them, and of a few rows what was known when.

Ids that are personal data are shown by their shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.boosting.labelled import ROWS
from meshlake.discovery.masking import masked_text
from meshlake.names import quote_identifier
from meshlake.products.classification import is_personal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.boosting.hops import Source
    from meshlake.boosting.labelled import Labelled
    from meshlake.boosting.sources import Found
    from meshlake.boosting.tables import Table

SHOWN = 3
# Of so many labelled rows is looked which have rows of the table.
_LOOKED_AT, _LOOKED_AT_OF_OTHERS = 2_000, 100


@dataclass(frozen=True)
class Evidence:
    """Of one kept table: `ids` that are joined, a row each, their columns in `heads`.

    `known` are labelled rows: whose, the cut-off, how many rows were known before it, the newest of them, and the first
    that came only later; empty where no date says. `first` and `last` are the dates of the table.
    """

    heads: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]
    known: tuple[tuple[str, ...], ...] = ()
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class _Side:
    """A column that is joined by: its `name`, its `cell`, and whether its values are hidden."""

    name: str
    cell: str
    is_hidden: bool

    def shown(self, value: object) -> str:
        return masked_text(str(value)) if self.is_hidden else str(value)


def evidence_of(labelled: Labelled, found: Found, source: Source) -> Evidence:
    """What a reviewer wants to see of what a path gives, `source` its features."""
    source = source.reading(labelled.table.name.sql)
    sides = list(_sides(labelled, found, source))
    cells = ", ".join(
        map(quote_identifier, (*source.entity, *([labelled.cutoff] if labelled.cutoff else [])))
    )
    looked_at = _LOOKED_AT_OF_OTHERS if source.others else _LOOKED_AT
    asked = f"(SELECT * FROM (SELECT DISTINCT {cells} FROM {ROWS}) AS pairs ORDER BY hash({cells}) LIMIT {looked_at})"
    joined = " ".join([f"{asked} AS asked", *source.joins("asked")])
    listed = ", ".join(f"CAST({side.cell} AS VARCHAR) AS c{number}" for number, side in enumerate(sides))
    rows = labelled.table.session.rows(f"SELECT DISTINCT {listed} FROM {joined} ORDER BY ALL LIMIT {SHOWN}")
    heads = tuple(side.name for side in sides)
    ids = tuple(tuple(side.shown(value) for side, value in zip(sides, row, strict=True)) for row in rows)
    if not source.moments or not labelled.cutoff:
        return Evidence(heads, ids)
    whose = [side for side in sides[::2] if side.cell.startswith("asked.")]
    return Evidence(heads, ids, _known(labelled, source, joined, whose), *_ends(labelled, source))


def _known(
    labelled: Labelled, source: Source, joined: str, whose: Sequence[_Side]
) -> tuple[tuple[str, ...], ...]:
    """Of a few labelled rows how many rows were known, the newest, and the first that was not; telling ones first."""
    day = f"asked.{quote_identifier(labelled.cutoff or '')}"
    was_known = " AND ".join(f"{hop.moment_sql} < {day}" for hop in source.moments)
    date = source.moments[-1].moment_sql
    ids = [f"CAST({side.cell} AS VARCHAR) AS c{number}" for number, side in enumerate(whose)]
    told = (
        f"CAST({day} AS VARCHAR) AS cut_off, CAST(count(*) FILTER ({was_known}) AS VARCHAR) AS known_rows, "
        f"CAST(max({date}) FILTER ({was_known}) AS VARCHAR) AS newest, "
        f"CAST(min({date}) FILTER (NOT ({was_known})) AS VARCHAR) AS later"
    )
    rows = labelled.table.session.rows(
        f"SELECT {', '.join(ids)}, {told} FROM {joined} GROUP BY {', '.join(side.cell for side in whose)}, {day} "
        f"ORDER BY newest IS NULL, later IS NULL, cut_off, c0 LIMIT {SHOWN}"
    )
    return tuple(
        (
            *(side.shown(value) for side, value in zip(whose, row, strict=False)),
            *map(_day, row[len(whose) :]),
        )
        for row in rows
    )


def _ends(labelled: Labelled, source: Source) -> tuple[str, str]:
    """The first and the last date of the rows."""
    moment = source.moments[-1]
    cell = quote_identifier(moment.moment or "")
    ((first, last),) = labelled.table.session.rows(
        f"SELECT CAST(min({cell}) AS VARCHAR), CAST(max({cell}) AS VARCHAR) FROM {moment.sql}"
    )
    return _day(first), _day(last)


def _sides(labelled: Labelled, found: Found, source: Source) -> Iterator[_Side]:
    """Both sides of each pair of columns that are joined, step by step."""
    owner, alias = str(labelled.product), "asked"
    before: Table | None = None
    personal = {each.name for each in labelled.table.contract.columns if is_personal(each.classification)}
    for step, table, hop in zip(found.path.steps, found.tables, source.hops, strict=True):
        for near, far in zip(step.near, step.far, strict=True):
            mine, other = (before.column(near) or near if before else near), table.column(far) or far
            described = (before and before.described(mine), table.described(other))
            hides = (before is None and mine in personal) or any(each and each.personal for each in described)
            yield _Side(f"{owner}.{mine}", f"{alias}.{quote_identifier(mine)}", hides)
            yield _Side(f"{table.name}.{other}", f"{hop.alias}.{quote_identifier(other)}", hides)
        owner, alias, before = str(table.name), hop.alias, table


def _day(value: object) -> str:
    """A moment as it is told: days without midnight."""
    return "none" if value is None else str(value).removesuffix(" 00:00:00")
