"""How a product's rows come about, by the kind of its transform: always a SELECT that the session can stage."""

from __future__ import annotations

import importlib.util
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, assert_never

from meshlake.errors import BuildError
from meshlake.products.product import ModelTransform, PythonTransform, SourceAligned, SqlTransform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import ModuleType

    from meshlake.building.context import BuildContext
    from meshlake.errors import MeshError

_PYTHON_ROWS = "mesh_python_rows"


@dataclass(frozen=True)
class Rows:
    """A SELECT of the product's rows. `facts` are told to people, `properties` become part of the snapshot.

    `is_local` says that they were made in this process, so that the session's `local` has to write them. `quarantine`
    is a SELECT, for `local` too, of the values that kept rows out, where the contract quarantines; `explain` puts a
    failure while the rows were written into better words, if it can.
    """

    select: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    is_local: bool = False
    quarantine: str | None = None
    explain: Callable[[MeshError], MeshError] = lambda error: error


def make_rows(context: BuildContext) -> Rows:
    """The rows of the product under build; its inputs are bound in the session already.

    Raises:
        MeshError: they cannot be made.
    """
    transform = context.product.transform
    if isinstance(transform, SourceAligned):
        from meshlake.building.source_rows import source_rows

        return source_rows(context, transform)
    if isinstance(transform, SqlTransform):
        return Rows(transform.sql.strip().rstrip(";"))
    if isinstance(transform, PythonTransform):
        return _python_rows(context, transform)
    if isinstance(transform, ModelTransform):
        return _model_rows(context, transform)
    assert_never(transform)


def _python_rows(context: BuildContext, transform: PythonTransform) -> Rows:
    import pyarrow as pa

    tables = {name: context.session.table(sql) for name, sql in transform.queries.items()}
    try:
        function: Callable[..., Any] = _load_module(transform).transform
        table = function(**tables)
    except (Exception, SystemExit) as error:
        # Whatever a product's own code raises is that product's failure, and names its file.
        reason = str(error).strip().partition("\n")[0]
        raise BuildError(
            f"{_raised_at(transform.path, error)}: {type(error).__name__}: {reason}", "Correct the transform."
        ) from error
    if not isinstance(table, pa.Table):
        raise BuildError(
            f"{transform.path}: transform returned {type(table).__name__}", "Return a pyarrow.Table."
        )
    context.session.local.register(_PYTHON_ROWS, table)
    return Rows(f"SELECT * FROM {_PYTHON_ROWS}", is_local=True)


def _raised_at(path: Path, error: BaseException) -> str:
    """The last line of `path` that `error` came through."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return f"{path}: line {lines[-1]}" if lines else str(path)


def _load_module(transform: PythonTransform) -> ModuleType:
    spec = importlib.util.spec_from_file_location("mesh_transform", transform.path)
    if spec is None or spec.loader is None:
        raise BuildError(f"{transform.path}: cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _model_rows(context: BuildContext, transform: ModelTransform) -> Rows:
    from meshlake.models.scoring import VERSION_PROPERTY, ModelBuild, model_rows
    from meshlake.models.store import ModelStore

    published = context.head.properties.get(VERSION_PROPERTY) if context.head else None
    scored = model_rows(
        ModelBuild(
            store=ModelStore(context.mesh.settings.models, context.mesh.settings.s3),
            session=context.session,
            product=context.product,
            transform=transform,
            champion=None if context.is_forced else published,
            input_versions=context.inputs.versions,
            run=context.run,
            report=context.report,
        )
    )
    return Rows(scored.select, scored.facts, scored.properties, is_local=True)
