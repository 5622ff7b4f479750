"""The demo's products and questions, which travel in the package, written where somebody has none yet."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import UsageError

if TYPE_CHECKING:
    from meshlake.settings import Settings

# In the checkout links to the folders at its top, in a wheel those folders themselves.
_MESH = Path(__file__).with_name("mesh")


def write_demo_folders(settings: Settings) -> list[Path]:
    """Write the demo's products and questions where the settings want them, each only where there is nothing yet.

    Gives the folders that were written.

    Raises:
        UsageError: one cannot be written.
    """
    wanted = {"data_products": settings.products, "sql/questions": settings.questions}
    return [target for name, target in wanted.items() if _is_missing(target) and _copy(_MESH / name, target)]


def has_demo_products(settings: Settings) -> bool:
    """Whether the demo's products are among those of the settings' folder."""
    demo = [folder.relative_to(_MESH / "data_products") for folder in (_MESH / "data_products").glob("*/*")]
    return all((settings.products / folder).is_dir() for folder in demo)


def _is_missing(folder: Path) -> bool:
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def _copy(source: Path, target: Path) -> bool:
    """Whole or not at all: a build beside it finds all products or none."""
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        shutil.copytree(source, partial, ignore=shutil.ignore_patterns("__pycache__"))
        partial.rename(target)
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written: {error.strerror}", "Run it in a folder of yours."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return True
