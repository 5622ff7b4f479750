"""The pictures of a product as Dagster shows them: an image within Markdown, its bytes in the event itself.

Dagster serves no files of ours, and a browser opens none from a page of a server. So the bytes travel in each event:
the pictures of a model are kept small where they are drawn, and larger ones stay files.
"""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import dagster as dg

from meshlake.building.model_report import model_report
from meshlake.building.pictures import distribution_file, scoring_version
from meshlake.models.store import PICTURE_SUFFIX
from meshlake.orchestration.keys import shown

if TYPE_CHECKING:
    from meshlake.building.build import BuildResult
    from meshlake.workspace import Workspace

MOST_BYTES_EACH = 60_000
_PLAIN_IN_ADDRESS = " '=:;,/()-.!"


def pictures(mesh: Workspace, result: BuildResult) -> dict[str, dg.MetadataValue[Any]]:
    """How the values are distributed, the pictures of the model that made the rows, and where both are as files."""
    told: dict[str, dg.MetadataValue[Any]] = {}
    if (version := scoring_version(mesh, result.name, result.snapshot)) and version.pictures:
        names = [PurePosixPath(path).name for path in version.pictures]
        small = {name: content for name in names if len(content := version.read(name)) <= MOST_BYTES_EACH}
        told["pictures"] = dg.MetadataValue.md("\n\n".join(_image(*each) for each in small.items()))
        file = model_report(mesh, result.name, version, result.snapshot).write_page()
        told["model/report"] = dg.MetadataValue.path(shown(str(file)))
        told["model/folder"] = dg.MetadataValue.path(shown(version.folder))
    file = distribution_file(mesh.settings, result.snapshot)
    if file.exists():
        told["distributions"] = dg.MetadataValue.md(_chart(file.read_text(encoding="utf-8")))
        told["distributions_file"] = dg.MetadataValue.path(shown(str(file)))
    return told


def _chart(svg: str) -> str:
    """Within angle brackets all but few characters may stand in an address as they are."""
    return f"![distributions](<data:image/svg+xml,{quote(svg.strip(), safe=_PLAIN_IN_ADDRESS)}>)"


def _image(name: str, content: bytes) -> str:
    title = name.removesuffix(PICTURE_SUFFIX).replace("_", " ")
    return f"![{title}](data:image/png;base64,{base64.b64encode(content).decode()})"
