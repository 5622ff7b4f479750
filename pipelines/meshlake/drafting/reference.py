"""One reference between two products: the queries that count its orphans, its rule and relationship in a contract."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.discovery.join_written import WRITINGS
from meshlake.drafting.decisions import SURE_REFERENCE
from meshlake.drafting.observed import FEWEST_ROWS, STANDARD_ERRORS
from meshlake.drafting.product_folder import Flow
from meshlake.names import quote_identifier
from meshlake.products.transform import CONTRACT_FILE
from meshlake.types.tree import Scalar, is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.column import Column
    from meshlake.discovery.joins import Join
    from meshlake.products.product import Product


@dataclass(frozen=True)
class Reference:
    """`columns` of a product refer to the `keys` of `other`; `join` is what discovery found of it."""

    mine: Product
    columns: tuple[Column, ...]
    other: Product
    keys: tuple[Column, ...]
    join: Join

    @property
    def name(self) -> str:
        """The rule's."""
        return f"{'_and_'.join(each.name for each in self.columns)}_in_{self.other.name.product}"

    @property
    def is_own(self) -> bool:
        """Whether a table refers to itself."""
        return self.mine.name == self.other.name

    @property
    def count_sql(self) -> str:
        """How many rows of {object} have a value that no row of the other has."""
        pairs = " AND ".join(
            f"{there} = {here}"
            for here, there in zip(self._compared("mine"), self._compared("others"), strict=True)
        )
        return (
            f"SELECT count(*) FROM {{object}} AS mine WHERE {self._is_present} "
            f"AND NOT EXISTS (SELECT 1 FROM {self._other_sql} AS others WHERE {pairs})"
        )

    @property
    def percent_sql(self) -> str:
        """Of a hundred rows of {object} that have a value, how many have one that no row of the other has."""
        there = self._compared("others")
        named = ", ".join(f"{cell} AS key_{n}" for n, cell in enumerate(there, start=1))
        held = " AND ".join(f"{cell} IS NOT NULL" for cell in there)
        pairs = " AND ".join(
            f"held.key_{n} = {cell}" for n, cell in enumerate(self._compared("mine"), start=1)
        )
        return (
            "SELECT 1e2 * count(CASE WHEN held.key_1 IS NULL THEN 1 END) / greatest(count(*), 1) "
            f"FROM {{object}} AS mine LEFT JOIN (SELECT DISTINCT {named} FROM {self._other_sql} AS others "
            f"WHERE {held}) AS held ON {pairs} WHERE {self._is_present}"
        )

    @property
    def present_sql(self) -> str:
        """How many rows of {object} have a value."""
        return f"SELECT count(*) FROM {{object}} AS mine WHERE {self._is_present}"

    @property
    def _other_sql(self) -> str:
        return "{object}" if self.is_own else self.other.name.sql

    @property
    def _is_present(self) -> str:
        return " AND ".join(f"{cell} IS NOT NULL" for cell in self._compared("mine"))

    def _compared(self, alias: str) -> list[str]:
        """The cells of one side, in the form in which both are alike."""
        of_alias = self.columns if alias == "mine" else self.keys
        return [
            _in_one_form(f"{alias}.{quote_identifier(cell.name)}", cell, (one, other), self.join.written)
            for cell, one, other in zip(of_alias, self.columns, self.keys, strict=True)
        ]


def _in_one_form(cell: str, column: Column, both: tuple[Column, Column], written: str) -> str:
    text = cell if column.type is Scalar.VARCHAR else f"CAST({cell} AS VARCHAR)"
    if written:
        return WRITINGS[written].of(text)
    one, other = (each.type for each in both)
    are_comparable = one == other or any(all(map(like, (one, other))) for like in (is_number, is_moment))
    return cell if are_comparable else text


def is_reference_rule(rule: Mapping[str, Any]) -> bool:
    """Whether it is one that is drafted here: its query looks for a partner among others."""
    return " AS others WHERE " in str(rule.get("query"))


def add_reference(table: dict[str, Any], reference: Reference, orphans: int, present: int) -> None:
    """The rule, and ODCS's relationship; of one column they are the column's, of several the table's."""
    rule = _rule(reference, orphans, present)
    target = _target(reference)
    if len(reference.columns) > 1:
        columns = tuple(f"{reference.mine.name.product}.{each.name}" for each in reference.columns)
        relationship = {"type": "foreignKey", "from": columns, "to": target}
        holder = table
    else:
        relationship = {"type": "foreignKey", "to": target[0]}
        (holder,) = (each for each in table["properties"] if each["name"] == reference.columns[0].name)
    holder["relationships"] = [*holder.get("relationships", ()), Flow(relationship)]
    holder["quality"] = [*holder.get("quality", ()), rule]


def _in_words(reference: Reference) -> str:
    return f", {reference.join.written}" if reference.join.written else ""


def _target(reference: Reference) -> tuple[str, ...]:
    """The keys as ODCS writes references: of another contract by its file, of the same by name."""
    other = reference.other.name
    if reference.is_own:
        return tuple(f"{other.product}.{key.name}" for key in reference.keys)
    file = f"../../{other.domain}/{other.product}/{CONTRACT_FILE}"
    return tuple(f"{file}#schema/{other.product}/properties/{key.name}" for key in reference.keys)


def _is_to_a_primary_key(reference: Reference) -> bool:
    """Whether it is surely to what names the rows of the other: of two alike keys either may be meant."""
    key = {each.name for each in reference.keys}
    is_sure = reference.join.is_declared or reference.join.confidence >= SURE_REFERENCE
    return is_sure and not reference.join.is_one_to_one and key == set(reference.other.contract.primary_key)


def _rule(reference: Reference, orphans: int, present: int) -> dict[str, Any]:
    """None without a partner, or no larger share than there was, with the slack that chance needs."""
    keys = ", ".join(each.name for each in reference.keys)
    says = f"Values are found in {keys} of {reference.other.name}{_in_words(reference)}"
    rule: dict[str, Any] = {"name": reference.name, "type": "sql"}
    if not orphans:
        rule |= {"description": f"{says}.", "query": reference.count_sql, "mustBe": 0}
        is_sure = _is_to_a_primary_key(reference) and present >= FEWEST_ROWS
        return rule if is_sure else rule | {"severity": "warning"}
    share = orphans / present
    most = float(f"{100 * (share + STANDARD_ERRORS * math.sqrt(share * (1 - share) / present)):.4g}")
    says += f", but for {orphans:,} of {present:,} rows when this was drafted; the number is in percent."
    rule |= {"description": says, "query": reference.percent_sql, "mustBeLessOrEqualTo": min(most, 100)}
    return rule | {"severity": "warning"}
