"""`transform.py`: a function from Arrow tables to rows: a data frame of pandas or polars, or an Arrow table.

It is read without running it: its `INPUTS`, and that there is a `transform` to call.
"""

from __future__ import annotations

import ast
import importlib.util
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from meshlake.errors import BuildError, ContractError, Fault
from meshlake.faults import Gathering
from meshlake.products.inputs import select_inputs
from meshlake.products.transform import Rows, Transform, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import ModuleType

    from meshlake.contract.model import Contract
    from meshlake.names import InputName
    from meshlake.products.transform import RowsContext

_PYTHON_ROWS = "mesh_python_rows"


@dataclass(frozen=True)
class PythonTransform(Transform):
    """`transform(**inputs) -> rows`; `selects` are the SELECTs that give the inputs, Arrow tables, by argument name."""

    selects: Mapping[str, str]
    tools: ClassVar[frozenset[str]] = frozenset({"python"})

    @classmethod
    def read(cls, path: Path, contract: Contract) -> Self:  # noqa: ARG003
        """See `Transform.read`."""
        selects = _selects(path, read_text(path))
        inputs: set[InputName] = set()
        found = Gathering(path)
        for sql in selects.values():
            with found.part():
                inputs.update(select_inputs(sql, path))
        found.refuse()
        return cls(path, tuple(sorted(inputs, key=str)), selects)

    @property
    def queries(self) -> Mapping[str, str]:
        """Those that give the inputs."""
        return self.selects

    def make_rows(self, context: RowsContext) -> Rows:
        """See `Transform.make_rows`.

        Raises:
            BuildError: the function fails, or gives no rows, or a value that cannot be kept.
        """
        from meshlake.transforms.python_rows import arrow_table, taken

        tables = {name: context.session.table(sql) for name, sql in self.selects.items()}
        try:
            function: Callable[..., Any] = _load_module(self.path).transform
            given = taken(function(**tables), self.path)
        except BuildError:
            raise
        except (Exception, SystemExit) as error:
            # Whatever a product's own code raises is that product's failure, and names its file.
            reason = str(error).strip().partition("\n")[0]
            raise BuildError(
                f"{_raised_at(self.path, error)}: {type(error).__name__}: {reason}", "Correct the transform."
            ) from error
        wanted = {column.name: column.type for column in context.contract.columns}
        context.session.local.register(_PYTHON_ROWS, arrow_table(given, wanted, self.path))
        return Rows(f"SELECT * FROM {_PYTHON_ROWS}", is_local=True)


def _selects(path: Path, text: str) -> dict[str, str]:
    """The `INPUTS` of a file that defines a transform."""
    try:
        module = ast.parse(text)
    except SyntaxError as error:
        fault = Fault(path, error.msg, "Correct the Python.", error.lineno, error.offset)
        raise ContractError.of(fault) from error
    except ValueError as error:
        raise ContractError.of(Fault(path, f"not Python: {error}", "Save the file as UTF-8 text.")) from error
    selects = next(
        (_literal(node.value, path) for node in _assignments(module) if _assigns_inputs(node)), None
    )
    if not isinstance(selects, dict) or not all(isinstance(q, str) for q in selects.values()):
        hint = 'INPUTS = {"orders": "SELECT * FROM shop.orders"}'
        raise ContractError.of(Fault(path, "needs INPUTS, a dict of SELECTs by argument name", hint))
    if not any(isinstance(node, ast.FunctionDef) and node.name == "transform" for node in module.body):
        hint = "def transform(orders: pa.Table) -> pa.Table"
        raise ContractError.of(Fault(path, "needs a function `transform`", hint))
    return selects


def _assignments(module: ast.Module) -> list[ast.Assign]:
    return [node for node in module.body if isinstance(node, ast.Assign)]


def _assigns_inputs(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "INPUTS" for target in node.targets)


def _literal(node: ast.expr, path: Path) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        hint = "No names or calls: it is read without running the file."
        message = "INPUTS must be written out as a literal"
        raise ContractError.of(Fault(path, message, hint, node.lineno, node.col_offset + 1)) from error


def _raised_at(path: Path, error: BaseException) -> str:
    """The last line of `path` that `error` came through."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return f"{path}: line {lines[-1]}" if lines else str(path)


def _load_module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("mesh_transform", path)
    if spec is None or spec.loader is None:
        raise BuildError(f"{path}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
