"""Run a product's `examples.yaml`: literal input rows through its real transform, against the rows expected.

Inputs are typed by the contracts of the products they stand for; landed inputs are text, as CSV is read, unless YAML
gives a number, boolean, date or timestamp.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from meshlake.building.conform import conformed_select
from meshlake.building.context import BuildContext
from meshlake.building.inputs import PinnedInputs
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.names import DatasetName, ProductName, quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from meshlake.names import InputName
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

EXAMPLES_FILE = "examples.yaml"
RELATIVE_TOLERANCE = 1e-9
Row = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """One entry of an `examples.yaml`."""

    product: ProductName
    name: str
    inputs: Mapping[str, list[Row]]
    expected: list[Row]


def read_examples(products: Path) -> Iterator[Example]:
    """Every example below a folder of products."""
    for path in sorted(products.glob(f"*/*/{EXAMPLES_FILE}")):
        product = ProductName(path.parent.parent.name, path.parent.name)
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Example(product, entry["name"], entry["inputs"], entry["expected"])


def example_rows(mesh: Workspace, example: Example) -> list[Row]:
    """The rows the product's transform makes of the example's inputs, conformed to its contract."""
    with example_session(mesh, example) as session:
        return session.table(example_select(mesh, example, session)).to_pylist()


@contextmanager
def example_session(mesh: Workspace, example: Example) -> Iterator[DuckDBSession]:
    """A session in which the example's inputs are the product's."""
    product = mesh.products.get(example.product)
    unknown = example.inputs.keys() - {str(name) for name in product.inputs}
    if unknown:
        raise ValueError(f"{example.product} does not read {', '.join(sorted(unknown))}")
    with DuckDBSession(mesh.settings, str(example.product)) as session:
        for name in product.inputs:
            session.bind(name, input_relation(mesh, example, name))
        yield session


def example_select(mesh: Workspace, example: Example, session: DuckDBSession) -> str:
    """The SELECT of the product's rows, in DuckDB's dialect."""
    product = mesh.products.get(example.product)
    select = _select(mesh, product, session)
    return conformed_select(select, session.columns(select), product.contract, str(product.name))


def input_relation(mesh: Workspace, example: Example, name: InputName) -> str:
    """The example's rows of an input as a query in parentheses, in DuckDB's dialect."""
    return _relation(mesh, name, example.inputs[str(name)])


def differences(expected: Sequence[Row], given: Sequence[Row]) -> str:
    """What keeps `given` from being `expected` in the columns named there, in any order; empty when nothing does."""
    unmatched, missing = list(given), []
    for row in expected:
        match = next((other for other in unmatched if _is_match(row, other)), None)
        if match is None:
            missing.append(row)
        else:
            unmatched.remove(match)
    named = list(dict.fromkeys(name for row in expected for name in row))
    lines = [f"  expected, not given: {_shown(row, list(row))}{_nearest(row, unmatched)}" for row in missing]
    lines += [f"  given, not expected: {_shown(row, named or list(row))}" for row in unmatched]
    return "\n".join(lines)


def _select(mesh: Workspace, product: Product, session: DuckDBSession) -> str:
    """As the build makes it; a source-aligned product without a landed dataset's files, which here are rows."""
    if select := product.transform.unbuilt_select(product.contract, session):
        return select
    context = BuildContext(
        mesh, product, PinnedInputs({}, {}), session, None, False, "example", None, lambda step: None
    )
    return product.transform.make_rows(context).select


def _relation(mesh: Workspace, name: InputName, rows: list[Row]) -> str:
    types = _landed_types(rows) if isinstance(name, DatasetName) else _product_types(mesh, name)
    if unknown := {column for row in rows for column in row} - types.keys():
        raise ValueError(f"{name} has no column {', '.join(sorted(unknown))}")
    selected = [
        ", ".join(
            f"CAST({_literal(row.get(column))} AS {kind}) AS {quote_identifier(column)}"
            for column, kind in types.items()
        )
        for row in rows
    ]
    if selected:
        return "(" + " UNION ALL ".join(f"SELECT {values}" for values in selected) + ")"
    nulls = ", ".join(f"CAST(NULL AS {kind}) AS {quote_identifier(column)}" for column, kind in types.items())
    return f"(SELECT {nulls} WHERE false)"


def _product_types(mesh: Workspace, name: ProductName) -> dict[str, str]:
    return {column.name: column.type for column in mesh.products.get(name).contract.columns}


def _landed_types(rows: list[Row]) -> dict[str, str]:
    kinds = ((bool, "BOOLEAN"), (int, "BIGINT"), (float, "DOUBLE"), (datetime, "TIMESTAMP"), (date, "DATE"))
    types: dict[str, str] = {}
    for row in rows:
        for column, value in row.items():
            kind = next((text for of, text in kinds if isinstance(value, of)), None)
            types[column] = kind or types.get(column, "VARCHAR")
    return types


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(_literal(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    return quote_literal(str(value))


def _is_match(expected: Row, given: Row) -> bool:
    return all(name in given and _is_equal(value, given[name]) for name, value in expected.items())


def _is_equal(expected: Any, given: Any) -> bool:
    if isinstance(given, datetime):
        return isinstance(expected, date) and _moment(expected) == _moment(given)
    if isinstance(expected, bool) or isinstance(given, bool):
        return expected is given
    if isinstance(expected, int | float) and isinstance(given, int | float | Decimal):
        return math.isclose(expected, given, rel_tol=RELATIVE_TOLERANCE)
    return bool(expected == given)


def _moment(value: date) -> datetime:
    """A date is its midnight, and a time without a zone is in UTC, as the engine has it."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _nearest(row: Row, candidates: Sequence[Row]) -> str:
    """Of the rows left over, the one that agrees in most columns, and where it does not."""

    def wrong(other: Row) -> list[str]:
        return [name for name, value in row.items() if name not in other or not _is_equal(value, other[name])]

    if not candidates:
        return ""
    nearest = min(candidates, key=lambda other: len(wrong(other)))
    pairs = ", ".join(f"{name} is {nearest.get(name, 'not there')!r}" for name in wrong(nearest))
    return f"\n    nearest row given: {pairs}"


def _shown(row: Row, names: Sequence[str]) -> str:
    return "{" + ", ".join(f"{name}: {row.get(name)}" for name in names) + "}"
