"""The SQL of products held against the contracts of what it reads, and against every engine; nothing is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.engines.engine import ENGINES, LOCAL
from meshlake.errors import ContractError, Fault, MeshError
from meshlake.linting.finding import Gravity
from meshlake.products.inputs import select_inputs
from meshlake.products.transform import CONTRACT_FILE, read_text
from meshlake.rules.measure import AuditedTable, Query
from meshlake.sql_place import offset_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.engines.engine import Binder
    from meshlake.names import InputName
    from meshlake.products.product import Product
    from meshlake.products.transform import Transform
    from meshlake.rules.rule import Rule
    from meshlake.types.tree import Type

Found = tuple[Fault, Gravity]


class Statements:
    """Looks at SELECTs over `tables`, those whose columns are known; `engine` is the one that builds the mesh."""

    def __init__(self, binder: Binder, tables: Mapping[InputName, Mapping[str, Type]], engine: str) -> None:
        self._binder = binder
        self._tables = tables
        self._engine = engine

    def of_transform(self, transform: Transform, contract: Contract | None) -> Iterator[Found]:
        """What is wrong with a transform; held against its own contract where that is given."""
        columns: dict[str, dict[str, Type]] = {}
        for name, sql in transform.queries.items():
            given, found = self._read(sql, transform.path, transform.inputs)
            yield from found
            if given is not None:
                columns[name] = given
        if contract is not None:
            for fault in transform.faults(contract, columns):
                yield fault, Gravity.ERROR

    def of_rules(self, product: Product) -> Iterator[Found]:
        """What is wrong with the queries that the contract and the checks of a product state."""
        table = AuditedTable(product.name.sql, product.contract.columns, now_seconds=0.0)
        types = self._tables[product.name]
        sound: set[tuple[object, Type | None]] = set()
        for rule in product.rules:
            measured = rule.measure(table)
            # Drafted queries are alike but for their column: of those of one type one is looked at.
            alike = (rule.arguments.get("query", rule.name), types.get(rule.column or ""))
            if isinstance(measured, Query) and alike not in sound:
                file = rule.sql_file(product.folder) or product.folder / CONTRACT_FILE
                found = self._of_query(measured.select, file, product)
                yield from ((_placed(fault, rule, file), gravity) for fault, gravity in found)
                if not found:
                    sound.add(alike)

    def _of_query(self, sql: str, file: Path, product: Product) -> list[Found]:
        try:
            others = select_inputs(sql, file) if product.check_inputs else ()
        except ContractError as error:
            return [(fault, Gravity.ERROR) for fault in error.faults]
        return self._read(sql, file, (*others, product.name))[1]

    def _read(
        self, sql: str, file: Path, reads: Sequence[InputName]
    ) -> tuple[dict[str, Type] | None, list[Found]]:
        """The columns that `sql` gives, if it can be told, and what keeps which engine from running it."""
        if any(name not in self._tables for name in reads):
            return None, []  # what has landed is not looked at, and what is broken is told by itself
        try:
            columns = self._binder.columns(sql.strip().rstrip(";"), file)
        except MeshError as error:
            return None, [(fault, Gravity.ERROR) for fault in error.faults]
        tables = {name: self._tables[name] for name in reads}
        found = []
        for name in dict.fromkeys((*ENGINES.members, self._engine)):
            refusal = None if name == LOCAL else ENGINES.get(name).refusal(sql, tables, file)
            if refusal is not None:
                gravity = Gravity.ERROR if name == self._engine else Gravity.WARNING
                found += [(fault, gravity) for fault in refusal.faults]
        return columns, found


def _placed(fault: Fault, rule: Rule, file: Path) -> Fault:
    """`fault` at the line where `rule` is stated, if it says none: placeholders, or a translation, change its query."""
    if fault.line is not None:
        return fault
    query = str(rule.arguments.get("query", ""))
    place = offset_place(query, 0, read_text(file)) or (rule.line, None)
    return Fault(file, f"{rule.name}: {fault.message}", fault.hint, *place)
