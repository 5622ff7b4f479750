"""JSON Schemas of the files people write, made of the models that read them, and how a file tells an editor of its own.

A mesh keeps them in `<home>/schemas`, since a model's kinds and a store's settings may come from other distributions;
drafts name them by a path from the file, so that no host is asked.
"""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from meshlake.errors import UsageError
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from meshlake.settings import Settings


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of `contract.odcs.yaml`, `model.yaml`, `examples.yaml` or `mesh.toml`, by its name in `SCHEMAS`.

    Raises:
        UsageError: there is none, naming the nearest.
    """
    if name not in SCHEMAS:
        raise UsageError(
            f"there is no schema '{name}'", nearest(name, SCHEMAS) or f"There are: {', '.join(SCHEMAS)}."
        )
    return SCHEMAS[name]()


@cache
def schema_text(name: str) -> str:
    """`json_schema(name)` as it is published and printed; made once, which takes longer than to write a draft."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"


def write_schemas(settings: Settings, named: Collection[str] | None = None) -> list[Path]:
    """Bring the schemas of a mesh up to date; those that are stay untouched. Gives where they lie.

    Where some are `named`, of the others only those are made that are not there: that of models takes a while.

    Raises:
        UsageError: they cannot be written.
    """
    written = []
    for name in SCHEMAS:
        path = _path(settings, name)
        written.append(path)
        if named is not None and name not in named and path.exists():
            continue
        text = schema_text(name)
        try:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"{path} cannot be written: {error.strerror}", "Set MESH_HOME to a folder of yours."
            ) from error
    return written


def editor_comment(settings: Settings, name: str, folder: Path) -> str:
    """The first line of a file in `folder` by which editors find its schema, with its line end."""
    path = os.path.relpath(_path(settings, name), folder).replace(os.sep, "/")
    if name == "mesh":
        return f"#:schema {path if path.startswith('../') else f'./{path}'}\n"
    return f"# yaml-language-server: $schema={path}\n"


def _path(settings: Settings, name: str) -> Path:
    return settings.home / "schemas" / f"{name}.schema.json"


def _contract() -> dict[str, Any]:
    """The standard's own schema, of the versions that are read."""
    from meshlake.contract.odcs import API_VERSIONS, READ_VERSION

    text = files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    version = schema["properties"]["apiVersion"]
    kept = {key: value for key, value in version.items() if key not in {"enum", "default"}}
    schema["properties"]["apiVersion"] = kept | {
        "pattern": f"^{READ_VERSION.pattern}$",
        "examples": list(API_VERSIONS),
    }
    return schema


def _model() -> dict[str, Any]:
    """One schema for each task, by what `task` says."""
    from pydantic.json_schema import models_json_schema

    from meshlake.models.task import TASKS

    documents = {name: task.document for name, task in TASKS.all().items()}
    references, shared = models_json_schema([(each, "validation") for each in documents.values()])
    return {
        "title": "Model",
        "type": "object",
        "properties": {"task": {"enum": list(documents), "description": "The kind of model."}},
        "required": ["task"],
        "allOf": [
            {"if": {"properties": {"task": {"const": name}}}, "then": references[document, "validation"]}
            for name, document in documents.items()
        ],
        "$defs": shared["$defs"],
    }


def _examples() -> dict[str, Any]:
    from meshlake.products.examples import ExamplesDocument

    return ExamplesDocument.model_json_schema()


def _mesh() -> dict[str, Any]:
    """Settings are texts, all of them optional."""
    from pydantic import ConfigDict, Field, create_model

    from meshlake.engines.engine import ENGINES
    from meshlake.settings import OF_SOURCES, known_settings

    allowed = {"engine": list(ENGINES.names)}
    settings: dict[str, Any] = {
        name: (str, Field(default=None, description=told, json_schema_extra=_choice(allowed.get(name))))
        for name, told in known_settings().items()
    }
    config = ConfigDict(extra="forbid", title="Settings of a mesh")
    schema: dict[str, Any] = create_model("MeshSettings", __config__=config, **settings).model_json_schema()
    for each in schema["properties"].values():
        del each["default"]
    of_sources = {"type": "string", "description": "An option of a source, which the source knows."}
    return schema | {"patternProperties": {f"^{OF_SOURCES}[a-z0-9]+_": of_sources}}


def _choice(names: list[str] | None) -> Any:
    return {"enum": names} if names else None


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "contract": _contract,
    "model": _model,
    "examples": _examples,
    "mesh": _mesh,
}
