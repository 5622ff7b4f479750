"""A contract's `rowFilter`: SQL over landing columns, in which a column of text is what the contract says it is.

What lands in CSV and JSON is text. Where the filter compares such a column with a number or a date, the contract's
column of that name, if it is a plain cast, says how it is read; all else sees what landed. A row whose cell cannot be
read so is not left out without a word: the filter keeps it, and its cell is bad as any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from meshlake.errors import ContractError
from meshlake.landing.casts import cast_cell
from meshlake.names import quote_identifier
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.contract.model import Contract
    from meshlake.types.tree import Type

_COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ, exp.Between, exp.In)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)


def typed_filter(contract: Contract, landed: Mapping[str, Type]) -> str:
    """The filter of `contract`, over landing columns of these types.

    Raises:
        ContractError: it compares a column of text, of which the contract says no type, with what is no text.
    """
    sql = contract.row_filter or ""
    names = {name.lower(): name for name in landed} | {name: name for name in landed}
    types = {column.name.lower(): column.type for column in contract.columns if column.expression is None}
    pieces, bad = [], set()
    position = 0
    for node in _compared(sql):
        given = node.name
        name = names.get(given) or names[given.lower()]
        if landed[name] is not Scalar.VARCHAR:
            continue
        wanted = _plain_type(contract, name)
        if wanted is None or wanted is Scalar.VARCHAR:
            raise _untyped(contract, given, types.get(given.lower()))
        cast = cast_cell(quote_identifier(name), Scalar.VARCHAR, wanted)
        bad.add(f"({cast.has_value} AND {cast.lenient} IS NULL)")
        start, end = node.this.meta["start"], node.this.meta["end"]
        pieces += [sql[position:start], f"({cast.lenient})"]
        position = end + 1
    kept = "".join([*pieces, sql[position:]])
    return " OR ".join([f"({kept}\n)", *sorted(bad)]) if bad else sql


def _compared(sql: str) -> list[exp.Column]:
    """The columns, named alone, that are compared with a number, a date or the like, in the order they stand in."""
    found = [
        node
        for node in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Column)
        if isinstance(node.parent, _COMPARISONS + _ARITHMETIC)
        and len(node.parts) == 1
        and any(_is_typed(other) for other in _others(node))
    ]
    return sorted(found, key=lambda node: int(node.this.meta["start"]))


def _others(node: exp.Column) -> list[exp.Expr]:
    return [other for other in node.parent.iter_expressions() if other is not node] if node.parent else []


def _is_typed(other: exp.Expr) -> bool:
    """Whether it is surely no text: a number, or a cast or function without columns that gives none."""
    if isinstance(other, exp.Literal):
        return not other.is_string
    if isinstance(other, exp.Cast):
        return not other.to.is_type(*exp.DataType.TEXT_TYPES)
    return isinstance(other, exp.Neg | exp.CurrentDate | exp.CurrentTimestamp | exp.Date | exp.Boolean)


def _plain_type(contract: Contract, landed: str) -> Type | None:
    """The type of the contract's column of this name that is cast from the landed one alone."""
    for column in contract.columns:
        is_source = [source.lower() for source in column.sources or (column.name,)] == [landed.lower()]
        if column.name.lower() == landed.lower() and column.expression is None and is_source:
            return column.type
    return None


def _untyped(contract: Contract, name: str, wanted: Type | None) -> ContractError:
    type_ = wanted if wanted is not None and wanted is not Scalar.VARCHAR else Scalar.DOUBLE
    return ContractError(
        f"{contract.name}: rowFilter compares '{name}' with what is no text, but it landed as text: "
        f"{contract.row_filter}",
        f"Write CAST({quote_identifier(name)} AS {type_}) in its stead, or give the column that type in the contract.",
    )
