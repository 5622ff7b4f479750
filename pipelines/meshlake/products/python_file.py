"""`transform.py` read and checked without running it: its `INPUTS`, and that there is a `transform` to call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from meshlake.errors import ContractError
from meshlake.products.inputs import parse_select, select_inputs
from meshlake.products.product import PythonTransform

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.names import InputName


def read_python(path: Path, text: str) -> tuple[PythonTransform, tuple[InputName, ...]]:
    """The transform that `text`, the content of `path`, defines, and what its inputs are read from.

    Raises:
        ContractError: it defines none.
    """
    try:
        module = ast.parse(text)
    except SyntaxError as error:
        where = f"line {error.lineno}, column {error.offset}"
        raise ContractError(f"{path}: {where}: {error.msg}", "Correct the Python.") from error
    except ValueError as error:
        raise ContractError(f"{path}: not Python: {error}", "Save the file as UTF-8 text.") from error
    queries = next(
        (_literal(node.value, path) for node in _assignments(module) if _assigns_inputs(node)), None
    )
    if not isinstance(queries, dict) or not all(isinstance(q, str) for q in queries.values()):
        raise ContractError(
            f"{path}: needs INPUTS, a dict of SELECTs by argument name",
            'INPUTS = {"orders": "SELECT * FROM shop.orders"}',
        )
    if not any(isinstance(node, ast.FunctionDef) and node.name == "transform" for node in module.body):
        raise ContractError(
            f"{path}: needs a function `transform`", "def transform(orders: pa.Table) -> pa.Table"
        )
    inputs = {name for sql in queries.values() for name in select_inputs(parse_select(sql, path), path)}
    return PythonTransform(path, queries), tuple(sorted(inputs, key=str))


def _assignments(module: ast.Module) -> list[ast.Assign]:
    return [node for node in module.body if isinstance(node, ast.Assign)]


def _assigns_inputs(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "INPUTS" for target in node.targets)


def _literal(node: ast.expr, path: Path) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        raise ContractError(
            f"{path}: INPUTS must be written out as a literal",
            "No names or calls: it is read without running the file.",
        ) from error
