"""Writing a drafted product's folder: whole or not at all, and never over one that is there."""

from __future__ import annotations

import errno
import getpass
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from meshlake.errors import UsageError
from meshlake.names import ProductName
from meshlake.products.transform import CONTRACT_FILE
from meshlake.schemas.schemas import editor_comment, write_schemas
from meshlake.stores.disk import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from meshlake.settings import Settings

MODEL_FILE = "model.yaml"
_SCHEMAS = {CONTRACT_FILE: "contract", MODEL_FILE: "model"}
_WIDTH = 110


@dataclass(frozen=True)
class Drafted:
    """A product that was drafted. `notes` say what was decided, and on what grounds."""

    name: ProductName
    folder: Path
    files: tuple[str, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "product": str(self.name),
            "folder": str(self.folder),
            "files": list(self.files),
            "notes": list(self.notes),
        }


class Flow(dict[str, Any]):
    """A mapping written on one line."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)


class _PlainDumper(yaml.CSafeDumper):
    """What programs alone read: libyaml takes a tenth of the time, and lays out its own way."""


_PlainDumper.add_representer(Flow, lambda dumper, value: dumper.represent_dict(value))
_PlainDumper.add_representer(tuple, lambda dumper, value: dumper.represent_list(value))
_Dumper.add_representer(
    Flow, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)
)
_Dumper.add_representer(
    tuple, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)
_Dumper.add_representer(
    str,
    lambda dumper, value: dumper.represent_scalar(
        "tag:yaml.org,2002:str", value, style="|" if "\n" in value else None
    ),
)


def product_folder(root: Path, name: ProductName) -> Path:
    """The folder that product `name` will have; one that is there waits for its contract.

    Raises:
        UsageError: it is there already, and has one.
    """
    folder = root / name.domain / name.product
    if folder.exists() and (not folder.is_dir() or (folder / CONTRACT_FILE).exists()):
        raise UsageError(
            f"{folder} is there already, and drafts never overwrite",
            "Choose another name with --as DOMAIN.PRODUCT.",
        )
    return folder


def waiting_folder(folder: Path) -> Path:
    """Where a product waits to be accepted: loading passes over names that begin so."""
    return folder.with_name(f"_{folder.name}")


def off_folder(folder: Path) -> Path:
    """The folder that a product waits in which is drafted now.

    Raises:
        UsageError: one waits there already.
    """
    off = waiting_folder(folder)
    if off.exists():
        raise UsageError(
            f"{off} waits to be accepted already, and drafts never overwrite",
            "Accept it, take it away, or choose another name with --as DOMAIN.PRODUCT.",
        )
    return off


def write_product(
    settings: Settings,
    name: ProductName,
    contract: Mapping[str, Any],
    model: Mapping[str, Any] | None,
    notes: list[str],
    kept: Mapping[str, bytes] | None = None,
    *,
    is_off: bool = False,
) -> Drafted:
    """Write the folder of product `name`; its files tell editors of their schemas, which are brought up to date.

    `kept` are files that are written as they are. One that `is_off` is no product before somebody renames its folder.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    folder = product_folder(settings.products, name)
    if is_off:
        folder = off_folder(folder)
    contents = {CONTRACT_FILE: contract} | ({MODEL_FILE: model} if model is not None else {})
    write_schemas(settings, {_SCHEMAS[file] for file in contents})
    # Loading passes over names that start with a dot, so half a folder is never taken for a product.
    temporary = folder.with_name(f".{uuid.uuid4().hex}")
    try:
        temporary.mkdir(parents=True)
        for file, content in contents.items():
            comment = editor_comment(settings, _SCHEMAS[file], folder)
            (temporary / file).write_text(comment + dump_yaml(content), encoding="utf-8")
        for file, bytes_ in (kept or {}).items():
            (temporary / file).parent.mkdir(exist_ok=True)
            (temporary / file).write_bytes(bytes_)
        _move(temporary, folder)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}", "Set MESH_PRODUCTS to a folder of yours."
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    keep_draft(settings, name, contract)
    return Drafted(name, folder, (*contents, *(kept or {})), tuple(notes))


def draft_file(settings: Settings, name: ProductName) -> Path:
    """Where the draft of a product is kept, so that drafting again tells what people changed since."""
    return _drafts(settings) / name.domain / f"{name.product}.yaml"


def kept_drafts(settings: Settings) -> list[ProductName]:
    """The products whose drafts are kept, by name; they may have been taken away since."""
    return sorted(ProductName(file.parent.name, file.stem) for file in _drafts(settings).glob("*/*.yaml"))


def _drafts(settings: Settings) -> Path:
    return settings.home / "drafts"


def keep_draft(settings: Settings, name: ProductName, contract: Mapping[str, Any]) -> None:
    """Keep what was drafted in the mesh's home.

    Raises:
        UsageError: the home cannot be written.
    """
    settings.make_home()
    path = draft_file(settings, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, dump_plain(contract).encode())
    except OSError as error:
        message = f"the draft of {name} cannot be kept in {path.parent}: {error.strerror}"
        raise UsageError(message, "Set MESH_HOME to a folder of yours.") from error


def _move(drafted: Path, folder: Path) -> None:
    """Let `folder` be `drafted`; into one that is there what was drafted is put, the contract last."""
    if not folder.exists():
        drafted.rename(folder)
        return
    for file in sorted(drafted.iterdir(), key=lambda each: each.name == CONTRACT_FILE):
        if (folder / file.name).exists():
            raise FileExistsError(errno.EEXIST, f"{file.name} is there", str(folder))
        file.rename(folder / file.name)


def dump_yaml(content: Mapping[str, Any], indent: int = 0) -> str:
    """`content` in the order given, to be indented; `Flow` mappings and tuples on one line."""
    return yaml.dump(
        dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH - indent
    )


def dump_plain(content: Mapping[str, Any]) -> str:
    """The same `content` for nobody to look at."""
    return yaml.dump(dict(content), Dumper=_PlainDumper, sort_keys=False, allow_unicode=True)


def default_owner() -> str:
    """Whom a drafted contract names as owner: git's user.email, else the user of this machine."""
    git = shutil.which("git")
    if git is not None:
        answer = subprocess.run([git, "config", "user.email"], capture_output=True, text=True, check=False)  # noqa: S603
        if answer.stdout.strip():
            return answer.stdout.strip()
    return getpass.getuser()
