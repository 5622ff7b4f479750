"""The pictures of a product as Dagster shows them: an image within Markdown, its bytes in the event itself.

Dagster serves no files of ours, and a browser opens none from a page of a server. So the bytes travel in each event:
the pictures of a model are kept small where they are drawn, and larger ones stay files.
"""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import dagster as dg

from meshlake.building.pictures import scoring_version
from meshlake.models.store import PICTURE_SUFFIX
from meshlake.orchestration.keys import shown

if TYPE_CHECKING:
    from meshlake.building.build import BuildResult
    from meshlake.workspace import Workspace

MOST_BYTES_EACH = 60_000


def pictures(mesh: Workspace, result: BuildResult) -> dict[str, dg.MetadataValue[Any]]:
    """The pictures of the model that made the rows, and the folder that they are in as files."""
    version = scoring_version(mesh, result.name, result.snapshot)
    if version is None or not version.pictures:
        return {}
    names = [PurePosixPath(path).name for path in version.pictures]
    shown_ones = {name: content for name in names if len(content := version.read(name)) <= MOST_BYTES_EACH}
    return {
        "pictures": dg.MetadataValue.md("\n\n".join(_image(*each) for each in shown_ones.items())),
        "model/folder": dg.MetadataValue.path(shown(version.folder)),
    }


def _image(name: str, content: bytes) -> str:
    title = name.removesuffix(PICTURE_SUFFIX).replace("_", " ")
    return f"![{title}](data:image/png;base64,{base64.b64encode(content).decode()})"
