"""Functional dependencies worth knowing, suspected on a sample (`dependency_suspects`) and proven on all rows.

What a key or a constant decides says nothing; nor does what chance allows where there are few values: a pair of columns
counts for as many cases as there are values of what decides both, so that of 20 customers in 15 cities no city is told
to decide a segment. What follows from others is left out: of an order that decides its customer, and a customer that
decides a name, two are told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from meshlake.discovery.dependencies import Breach, Dependency, Dependent
from meshlake.discovery.dependency_suspects import cell_sql, cost, suspected
from meshlake.discovery.landed_view import LANDED
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile

    _Pair = tuple[str, str]

# The rows of a hidden table, with how often each is there; no more than these are held.
_KINDS = "kinds"
_COUNT = '"_number of the rows"'
_MOST_TABLES, _MOST_KINDS, _KINDS_PER_VALUE = 8, 20_000, 4
# So many pairs are looked at, those of what has most values first.
_MOST_PAIRS = 250
# So many rows may break it, and so many of those that have not the most frequent value.
_BREACHES, _BREACHES_OF_OTHERS = 0.01, 0.05
# What chance would break so often, and hardly anything breaks, is none.
_BEYOND_CHANCE = 8
# Two values say yes and no, and few kinds of things agree in them without meaning it.
_FEWEST_VALUES, _FEWEST_KINDS = 3, 10


def find_dependencies(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[ColumnProfile],
    apart: Collection[str],
    row_count: int,
) -> tuple[tuple[Dependency, ...], int]:
    """The dependencies that hold on all rows of the dataset that is open as `landed` and `sampled`.

    Args:
        connection: where it is open.
        columns: its columns.
        apart: those of them that tell the rows apart, or nearly.
        row_count: its rows.

    Returns:
        The dependencies, and how many columns were left out of the search, since there are too many.
    """
    suspects = suspected(connection, columns, apart, row_count)
    known = {column.name: column for column in columns}
    prover = _Prover(connection)
    tables = 0
    for name in sorted(suspects.dependents, key=lambda name: -known[name].distinct_count):
        if name not in prover.tried and tables < _MOST_TABLES:
            prover.prove(known[name], _within(known[name], suspects.dependents))
            tables += 1
    untried = suspects.untried_count + len(suspects.dependents.keys() - prover.tried)
    return tuple(_chosen({pair: f for pair, f in prover.facts.items() if f.holds}, known)), untried


def _within(column: ColumnProfile, dependents: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What `column` may decide, and what the columns among that may in their turn, where its table has it all."""
    members = {column.name, *dependents[column.name]}
    return {column.name: dependents[column.name]} | {
        name: found
        for name, found in dependents.items()
        if name in members and not column.null_count and members.issuperset(found)
    }


@dataclass(frozen=True)
class _Fact:
    """How far one column decides another. `value_count` and `row_count` are the determinant's, `other_count` counts the
    rows that have not the other's most frequent value; `variety` is the chance that two rows differ in the other, and
    `variety_of_values` that two values of the determinant do."""

    value_count: int
    row_count: int
    breach_count: int
    other_count: int
    variety: float
    variety_of_values: float
    example: Breach | None = None

    @property
    def is_exact(self) -> bool:
        return self.holds and not self.breach_count

    @property
    def holds(self) -> bool:
        expected = (self.row_count - self.value_count) * self.variety
        return (
            self.breach_count <= min(_BREACHES * self.row_count, _BREACHES_OF_OTHERS * self.other_count)
            and expected >= _BEYOND_CHANCE
        )


class _Prover:
    """Asks all rows about pairs of columns; `facts` are what they said, of the determinants `tried`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.facts: dict[_Pair, _Fact] = {}
        self.tried: set[str] = set()
        self._connection = connection
        self._left = _MOST_PAIRS

    def prove(self, column: ColumnProfile, within: Mapping[str, list[str]]) -> None:
        """Find how far the pairs `within` the table that `column` may decide hold."""
        names = [column.name, *within[column.name]]
        most = _MOST_KINDS + _KINDS_PER_VALUE * column.distinct_count
        while True:
            cells = {name: f"c{i}" for i, name in enumerate(names)}
            is_all = self._gather(cells, column.name, most)
            facts: dict[_Pair, _Fact] = {}
            tried = set()
            for one in filter(cells.__contains__, within):
                if self._left > 0:
                    tried.add(one)
                    self._ask(one, [each for each in within[one] if each in cells], cells, facts)
            # Of a part of the rows a fact is no proof, and a breach is one.
            broken = {other for (one, other), fact in facts.items() if one == column.name and not fact.holds}
            if is_all or not broken:
                self.facts |= facts if is_all else {}
                self.tried |= tried
                return
            names = [name for name in names if name not in broken]

    def _gather(self, cells: Mapping[str, str], determinant: str, most: int) -> bool:
        """Make the table of what comes together, of about `most` rows; whether that is all."""
        names = ", ".join(map(quote_identifier, cells))
        # Blanks are trimmed of what is left, not of all rows.
        selected = ", ".join(f"{cell_sql(name)} AS {cell}" for name, cell in cells.items())
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_KINDS} AS SELECT {selected}, {_COUNT} AS n FROM (SELECT {names}, count(*) "
            f"AS {_COUNT} FROM {LANDED} WHERE {quote_identifier(determinant)} IS NOT NULL GROUP BY ALL "
            f"LIMIT {most + 1})"
        )
        return bool(_one(self._connection, f"SELECT count(*) FROM {_KINDS}")[0] <= most)

    def _ask(
        self, one: str, others: Sequence[str], cells: Mapping[str, str], facts: dict[_Pair, _Fact]
    ) -> None:
        """How far `one` decides `others`; what its twin decides, it does."""
        for other in sorted(others, key=lambda other: (other, one) not in facts):
            if (one, other) not in facts and self._left > 0:
                self._left -= 1
                facts[one, other] = _fact(self._connection, cells[one], cells[other])
                if facts[one, other].is_exact and (other, one) in facts and facts[other, one].is_exact:
                    of_twin = {y: fact for (x, y), fact in facts.items() if x == other and fact.is_exact}
                    facts |= {(one, y): fact for y, fact in of_twin.items() if y in others}


def _fact(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> _Fact:
    pairs = f"SELECT {one} AS x, {other} AS y, sum(n)::BIGINT AS n FROM {_KINDS} WHERE {one} IS NOT NULL GROUP BY ALL"
    counted = _one(
        connection,
        f"WITH pairs AS ({pairs}), of_x AS (SELECT sum(n)::BIGINT AS n, max(n) AS most FROM pairs GROUP BY x), "
        "of_y AS (SELECT sum(n)::DOUBLE AS n, count(*)::DOUBLE AS kinds FROM pairs GROUP BY y), "
        "varied AS (SELECT (sum(n) - max(n))::BIGINT AS others, 1 - sum(n * n) / (sum(n) * sum(n)) AS rows, "
        "1 - sum(kinds * kinds) / (sum(kinds) * sum(kinds)) AS kinds FROM of_y) "
        "SELECT count(*), sum(n)::BIGINT, sum(n - most)::BIGINT, any_value(others), any_value(rows), any_value(kinds) "
        "FROM of_x, varied",
    )
    fact = _Fact(*counted)
    if fact.is_exact or not fact.holds:
        return fact
    breach = _one(
        connection,
        f"WITH pairs AS ({pairs}), ranked AS (SELECT *, row_number() OVER of_x AS place, first_value(y) OVER of_x AS "
        "usual FROM pairs WINDOW of_x AS (PARTITION BY x ORDER BY n DESC, y)) "
        "SELECT x, usual, y, n FROM ranked WHERE place > 1 ORDER BY n DESC, x, y LIMIT 1",
    )
    return replace(fact, example=Breach(*breach))


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    if row is None:
        raise RuntimeError("an aggregate gave no row")
    return row


def _chosen(facts: Mapping[_Pair, _Fact], known: Mapping[str, ColumnProfile]) -> Iterator[Dependency]:
    """Those worth telling of what holds: of columns that decide each other the likeliest, and nothing that follows."""
    believed = {pair: fact for pair, fact in facts.items() if not _is_chance(pair, facts)}
    order = {name: (cost(column), place) for place, (name, column) in enumerate(known.items())}
    leading = {
        one: min(
            [one, *(other for x, other in believed if x == one and (other, one) in believed)],
            key=order.__getitem__,
        )
        for one in known
    }
    for name in known:
        found = [other for one, other in believed if one == name]
        if leading[name] != name or not found:
            continue
        dependents = tuple(
            _dependent(name, other, believed)
            for other in known
            if other in found and not _follows(name, other, believed, leading)
        )
        if dependents and _is_worth_knowing(name, dependents, known):
            first = believed[name, dependents[0].column]
            yield Dependency(name, first.value_count, first.row_count, dependents)


def _is_chance(pair: _Pair, facts: Mapping[_Pair, _Fact]) -> bool:
    """Whether it holds of so few things that chance would have it so: of values of what decides both columns."""
    one, other = pair
    fact = facts[pair]
    finer = {x for x, y in facts if y == one and (x, other) in facts and (one, x) not in facts}
    return any(
        (facts[x, other].value_count - fact.value_count) * facts[x, other].variety_of_values < _BEYOND_CHANCE
        for x in finer - {other}
    )


def _follows(one: str, other: str, facts: Mapping[_Pair, _Fact], leading: Mapping[str, str]) -> bool:
    """Whether a column between decides it as well."""
    return any(
        leading[between] == between
        and (between, one) not in facts
        and (between, other) in facts
        and facts[between, other].breach_count <= facts[one, other].breach_count
        for x, between in facts
        if x == one and between != other
    )


def _dependent(one: str, other: str, facts: Mapping[_Pair, _Fact]) -> Dependent:
    fact, back = facts[one, other], facts.get((other, one))
    is_one_to_one = back is not None and fact.is_exact and back.is_exact
    return Dependent(other, fact.breach_count, fact.example, is_one_to_one)


def _is_worth_knowing(name: str, dependents: Sequence[Dependent], known: Mapping[str, ColumnProfile]) -> bool:
    """Not where yes and no alone are decided by few kinds of things."""
    values = known[name].distinct_count
    return all(each.is_one_to_one for each in dependents) or (
        values >= _FEWEST_VALUES
        and any(
            values >= _FEWEST_KINDS or known[each.column].distinct_count >= _FEWEST_VALUES
            for each in dependents
        )
    )
