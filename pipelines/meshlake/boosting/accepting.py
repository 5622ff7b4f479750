"""What a draft waits with, and what accepting it changes: products that it reads, and the `model.yaml` it is for.

`boost.yaml` beside the draft says both, and goes once it is accepted.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

import yaml

from meshlake.drafting.product_folder import dump_yaml, waiting_folder
from meshlake.errors import UsageError
from meshlake.names import ProductName
from meshlake.products.load import load_products
from meshlake.products.transform import CONTRACT_FILE
from meshlake.stores.disk import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from meshlake.boosting.model_start import ModelStart
    from meshlake.drafting.product_folder import Drafted
    from meshlake.settings import Settings

BOOST_FILE = "boost.yaml"
_COMMENT = "# What `mesh boost --accept` turns on with this product, and which model learns from it then.\n"


@dataclass(frozen=True)
class Accepted:
    """A product that was drafted and is one now, in `folder`; `model` learns from it, where one is to."""

    folder: Path
    model: ProductName | None = None


def waits(drafted: Drafted) -> Drafted:
    """Let a product that was just drafted wait; where one waits in its place already, that one does."""
    off = waiting_folder(drafted.folder)
    if off.exists():
        shutil.rmtree(drafted.folder)
    else:
        drafted.folder.rename(off)
    return replace(drafted, folder=off)


def write_intent(draft: Drafted, waiting: Sequence[Drafted], start: ModelStart | None) -> Drafted:
    """Write beside a draft what accepting it changes."""
    told: dict[str, Any] = {"with": [str(each.name) for each in waiting]}
    if start is not None:
        told["model"] = {"product": str(start.name), "features": start.features}
    (draft.folder / BOOST_FILE).write_text(_COMMENT + dump_yaml(told), encoding="utf-8")
    return replace(draft, files=(*draft.files, BOOST_FILE))


def model_diff(start: ModelStart, name: ProductName) -> str:
    """What accepting product `name` changes in a model's file, as a patch.

    Raises:
        UsageError: the file is laid out so that this would change more.
    """
    text = start.path.read_text("utf-8")
    changed = with_features(text, start.features, name)
    file = "/".join(start.path.parts[-3:])
    return "".join(
        unified_diff(text.splitlines(True), changed.splitlines(True), f"a/{file}", f"b/{file}", n=1)
    )


def with_features(text: str, was: str, name: ProductName) -> str:
    """The text of a `model.yaml` that learns from product `name` instead of `was`; all else stays as it stands.

    Raises:
        UsageError: it learns from something else now, or is laid out so that more would change.

    Example:
        >>> with_features("features: a.b  # ours\\nkey: id\\n", "a.b", ProductName("a", "c"))
        'features: a.c  # ours\\nkey: id\\n'
    """
    data = yaml.safe_load(text)
    if str(data.get("features", "")).strip() != was:
        raise UsageError(
            f"the model learns from {data.get('features')!r} now, not from {was!r} as when it was drafted",
            "Write the product's name as its features by hand, or draft it again.",
        )
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    node = next(value for key, value in pairs if key.value == "features")
    first, last = node.start_mark.index, node.end_mark.index
    end = "\n" if text[first:last].endswith("\n") else ""
    changed = f"{text[:first]}{name}{end}{text[last:]}"
    if yaml.safe_load(changed) != {**data, "features": str(name)}:
        raise UsageError(
            "the model's file is laid out so that its features cannot be changed alone",
            f"Write {name} as its features by hand.",
        )
    return changed


def accept(settings: Settings, name: ProductName) -> Accepted:
    """Let a product that waits be one, with those that it reads and that wait with it; its model learns from it.

    Raises:
        UsageError: none waits, one of that name is there, or the model's file was changed since.
    """
    folder = settings.products / name.domain / name.product
    off = waiting_folder(folder)
    if (folder / CONTRACT_FILE).exists():
        raise UsageError(
            f"{folder} is there already, so nothing waits to be accepted", "mesh list tells what is."
        )
    if not off.is_dir():
        raise UsageError(
            f"{name} does not wait to be accepted", "`mesh boost` drafts one, and says its name."
        )
    told = _told(off / BOOST_FILE)
    model = ProductName.parse(told["model"]["product"]) if "model" in told else None
    changed: tuple[Path, str] | None = None
    if model is not None:
        path = load_products(settings.products).get(model).rows_file
        changed = path, with_features(path.read_text("utf-8"), told["model"]["features"], name)
    for each in (ProductName.parse(text) for text in told.get("with", ())):
        other = settings.products / each.domain / each.product
        if waiting_folder(other).is_dir() and not other.exists():
            waiting_folder(other).rename(other)
    off.rename(folder)
    if changed is not None:
        write_whole(changed[0], changed[1].encode())
    (folder / BOOST_FILE).unlink(missing_ok=True)
    return Accepted(folder, model)


def _told(file: Path) -> dict[str, Any]:
    """What a draft waits with; nothing where its file was taken away."""
    told = yaml.safe_load(file.read_text("utf-8")) if file.exists() else None
    return told if isinstance(told, dict) else {}
