"""Features of a path whose rows have too many pairs with cut-offs: rows are counted by key and day, and windows run
over the days.

A row is joined with no cut-off. Days and cut-offs of a key stand in one line, and what is counted before a cut-off is a
window over those before it: as many rows as there are days and cut-offs, where pairs were their product. Features are
the same, but of whole days: rows of a cut-off's own day are not known yet. Different values and standard deviations are
no sums of days, and are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from meshlake.boosting.feature import AGE, DISTINCT
from meshlake.counting import counted
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from meshlake.boosting.feature import Feature, Over
    from meshlake.boosting.hops import Hop, Source
    from meshlake.boosting.known_at import Known

_DAY, _CUT, _IS_DAY = "_day", "_cut_day", "_event_day"


def is_over_days(feature: Feature) -> bool:
    """Whether a feature can be counted by day."""
    return all(
        over.function in ("COUNT", "SUM", "AVG", "MIN", "MAX")
        or (over.function, over.cell) == (DISTINCT, AGE)
        for over in feature.over
    )


def day_ctes(source: Source, labelled: str, cutoff: str) -> list[str]:
    """The CTEs that make `source.name` of the rows of `labelled`, one row for each id and cut-off.

    Args:
        source: with a moment of its own on the way; no cell reads `{cutoff}`.
        labelled: the relation of the labelled rows, as SQL.
        cutoff: the column of their cut-offs.
    """
    name = source.name
    asked, days, line = (quote_identifier(f"{name}_{what}") for what in ("asked", "days", "line"))
    keys = [quote_identifier(each) for each in _keys(source)]
    grain = [quote_identifier(each) for each in (*source.entity, cutoff)]
    parts, listed = _Parts(), ", ".join(keys)
    said = [(each, each.said([parts.said(over) for over in each.over])) for each in source.features]
    features = [f"{sql} AS {quote_identifier(each.name)}" for each, sql in said]
    partial = "".join(f",\n        {sql} AS {cell}" for cell, sql in parts.partial.items())
    nulls = "".join(f", NULL AS {cell}" for cell in parts.partial)
    windows = "".join(f",\n        {sql} AS {cell}" for cell, sql in parts.windows.items())
    at_newest = " AND ".join(
        [*(f"counted.{key} = newest.{key}" for key in keys), f"newest.{_DAY} = counted.newest_day"]
    )
    same = " AND ".join(f"asked.{key} = counted.{key}" for key in keys)
    frames = ",\n        ".join(
        f"{frame} AS (PARTITION BY {listed} ORDER BY {_DAY} RANGE BETWEEN {begin} PRECEDING AND {end} PRECEDING)"
        for frame, (begin, end) in parts.frames.items()
    )
    cells = ",\n        ".join([*(f"asked.{each}" for each in grain), *features])
    return [
        f"-- {source.told}\n{asked} AS (\n{_asked(source, labelled, cutoff)}\n)",
        f"{days} AS (\n    SELECT\n        {listed},\n        {_DAY}{partial}\n    FROM (\n"
        f"{_rows(source, asked)}\n    ) AS known\n    GROUP BY {listed}, {_DAY}\n)",
        f"{line} AS (\n    SELECT {listed}, {_DAY}, {_DAY} AS {_IS_DAY}, NULL AS {_CUT}"
        f"{''.join(f', {cell}' for cell in parts.partial)} FROM {days}\n    UNION ALL\n"
        f"    SELECT DISTINCT {listed}, {_CUT}, NULL, {_CUT}{nulls} FROM {asked}\n)",
        f"{quote_identifier(name)} AS (\n    SELECT\n        {cells}\n    FROM {asked} AS asked\n    INNER JOIN (\n"
        f"    SELECT\n        {listed},\n        {_CUT}{windows}\n    FROM {line}\n    WINDOW\n        {frames}\n"
        f"    ) AS counted\n        ON {same} AND asked.{_CUT} = counted.{_CUT}\n"
        f"    LEFT JOIN {days} AS newest\n        ON {at_newest}\n)",
    ]


def pairs_sql(source: Source, labelled: str, cutoff: str) -> str:
    """A SELECT of how many pairs of a row and a cut-off there are, which joins no row with any cut-off."""
    ids = ", ".join(map(quote_identifier, source.entity))
    asked = f"(SELECT {ids}, count(DISTINCT {quote_identifier(cutoff)}) AS n FROM {labelled} GROUP BY {ids})"
    first, rest = _split(source)
    if not first:
        tables = " ".join([f"{asked} AS asked", *source.joins("asked")])
        return f"SELECT COALESCE(sum(n), 0) FROM {tables}"
    near = [f"{first[-1].alias}.{quote_identifier(each)}" for each in rest[0].near]
    listed = ", ".join(near)
    joins = source.joins("asked")
    groups = f"(SELECT {listed}, sum(n) AS n FROM {asked} AS asked {' '.join(joins[: len(first)])} GROUP BY {listed})"
    return f"SELECT COALESCE(sum(n), 0) FROM {groups} AS {first[-1].alias} {' '.join(joins[len(first) :])}"


def has_days(source: Source) -> bool:
    """Whether rows that may be many have a moment of their own, by which they can be counted by day."""
    return any(hop.moment for hop in _split(source)[1])


def counted_by_day(source: Source, known: Known, pairs: int) -> tuple[Source, dict[str, str]]:
    """What can be counted by day, and the columns of which something cannot, with the reason."""
    told = f"{counted(pairs, 'pair')} with a cut-off, so rows are counted by day"
    features = tuple(each for each in source.features if is_over_days(each))
    gone = dict.fromkeys(known.later, f"{told}: what comes to be known later is not")
    gone |= {name: f"{told}: what is known with {date} is not" for name, date in known.with_date.items()}
    gone |= {n: f"{told}: what is known {counted(d, 'day')} after it is not" for n, d in known.after.items()}
    for each in source.features:
        if each not in features:
            gone.setdefault(each.name, f"{told}: different values and standard deviations are not")
    read = [sql for _, sql in source.cells if "{cutoff}" in sql]
    cells = tuple(cell for cell in source.cells if cell[1] not in read)
    names = {quote_identifier(name) for name, sql in source.cells if sql in read}
    features = tuple(each for each in features if not any(name in each.sql for name in names))
    return replace(source, cells=cells, features=features), gone


@dataclass
class _Parts:
    """What is counted of each day (`partial`), and of the days before a cut-off (`windows`), each once."""

    partial: dict[str, str] = field(default_factory=dict)
    windows: dict[str, str] = field(default_factory=lambda: {"newest_day": f"MAX({_IS_DAY}) OVER before_all"})
    frames: dict[str, tuple[str, int]] = field(default_factory=lambda: {"before_all": ("UNBOUNDED", 1)})

    def said(self, over: Over) -> str:
        """SQL for what is counted before a cut-off, over `counted` and the `newest` day before it."""
        if over.cell == AGE:
            return self._of_days(over)
        if over.is_newest:
            total, count = (f"newest.{each}" for each in self._cells(over))
            return f"{total} / NULLIF({count}, 0)" if over.function == "AVG" else total
        total, count = (self._window(each, over) for each in self._cells(over))
        return f"{total} / NULLIF({count}, 0)" if over.function == "AVG" else total

    def _of_days(self, over: Over) -> str:
        if over.function == "MIN":
            return f"(asked.{_CUT} - counted.newest_day)"
        if over.function == "MAX":
            self.windows["oldest_day"] = f"MIN({_IS_DAY}) OVER before_all"
            return f"(asked.{_CUT} - counted.oldest_day)"
        frame = self._frame(over)
        self.windows[f"days_{frame}"] = f"COUNT({_IS_DAY}) OVER {frame}"
        return f"counted.days_{frame}"

    def _cells(self, over: Over) -> tuple[str, str]:
        """The columns of a day that a figure is made of: its own, and how many cells are in it."""
        functions = ("SUM", "COUNT") if over.function == "AVG" else (over.function, over.function)
        own, count = (self._partial(function, over.cell) for function in functions)
        return own, count

    def _partial(self, function: str, cell: str) -> str:
        sql = f"{function}({cell or '*'})"
        if function == "SUM":
            sql = f"CAST({sql} AS DOUBLE)"
        known = next((name for name, each in self.partial.items() if each == sql), None)
        name = known or f"_part_{len(self.partial) + 1}"
        self.partial[name] = sql
        return name

    def _frame(self, over: Over) -> str:
        """The name of the window over the days that are counted; rows of a cut-off's own day are not known yet."""
        if over.days is None:
            return "before_all"
        after = over.after_days or 0
        frame = f"before_{over.days}{f'_after_{after}' if after else ''}"
        self.frames[frame] = str(over.days), after + 1
        return frame

    def _window(self, cell: str, over: Over) -> str:
        frame = self._frame(over)
        is_count = self.partial[cell].startswith("COUNT")
        function = over.function if over.function in ("MIN", "MAX") else "SUM"
        sql = f"{function}({cell}) OVER {frame}"
        name = f"{cell}_{frame}"
        self.windows[name] = f"CAST(COALESCE({sql}, 0) AS BIGINT)" if is_count else sql
        return f"counted.{name}"


def _split(source: Source) -> tuple[list[Hop], list[Hop]]:
    """The tables that have one row for each, and from the first on that has several."""
    many = next(number for number, hop in enumerate(source.hops) if not hop.is_unique)
    return list(source.hops[:many]), list(source.hops[many:])


def _keys(source: Source) -> tuple[str, ...]:
    """What rows are counted for: the ids asked for, or what these refer to, which many may have in common."""
    first, rest = _split(source)
    return tuple(f"_link_{number + 1}" for number in range(len(rest[0].near))) if first else source.entity


def _number(moment: str) -> str:
    return f"DATE_DIFF('day', DATE '1970-01-01', CAST({moment} AS DATE))"


def _asked(source: Source, labelled: str, cutoff: str) -> str:
    first, rest = _split(source)
    day = f"asked.{quote_identifier(cutoff)}"
    cells = [*(f"asked.{quote_identifier(each)}" for each in source.entity), day]
    if first:
        cells += [
            f"{first[-1].alias}.{quote_identifier(near)} AS {quote_identifier(link)}"
            for near, link in zip(rest[0].near, _keys(source), strict=True)
        ]
    cells.append(f"{_number(day)} AS {_CUT}")
    known = [f"{hop.moment_sql} < {day}" for hop in first if hop.moment]
    where = f"\n    WHERE {' AND '.join(known)}" if known else ""
    joins = "".join(f"\n    {join}" for join in source.joins("asked")[: len(first)])
    listed = ",\n        ".join(cells)
    return f"    SELECT DISTINCT\n        {listed}\n    FROM {labelled} AS asked{joins}{where}"


def _rows(source: Source, asked: str) -> str:
    """The rows of each key, with the number of the day from which on all of a row was known."""
    first, rest = _split(source)
    moments = [_number(hop.moment_sql) for hop in rest if hop.moment]
    day = f"GREATEST({', '.join(moments)})" if len(moments) > 1 else moments[0]
    keys = _keys(source)
    near = rest[0].near if first else keys
    alias = first[-1].alias if first else "ids"
    listed = ", ".join(
        f"{quote_identifier(key)} AS {quote_identifier(each)}" for key, each in zip(keys, near, strict=True)
    )
    cells = [
        f"{alias}.{quote_identifier(each)} AS {quote_identifier(key)}"
        for key, each in zip(keys, near, strict=True)
    ]
    cells += [f"{day} AS {_DAY}", *(f"{sql} AS {quote_identifier(name)}" for name, sql in source.cells)]
    joins = "\n    ".join(source.joins("ids")[len(first) :])
    present = " AND ".join(f"{hop.moment_sql} IS NOT NULL" for hop in rest if hop.moment)
    return (
        f"    SELECT {', '.join(cells)}\n    FROM (SELECT DISTINCT {listed} FROM {asked}) AS {alias}\n    {joins}\n"
        f"    WHERE {present}"
    )
