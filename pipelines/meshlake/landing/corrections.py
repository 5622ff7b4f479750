"""Files of the landing zone taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.counting import counted
from meshlake.errors import NotLandedError
from meshlake.landing.replacing import FolderChange
from meshlake.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.landing.zone import LandingZone
    from meshlake.names import DatasetName


def remove(zone: LandingZone, dataset: DatasetName, names: Sequence[str]) -> list[str]:
    """Remove the files `names` of `dataset`, all at once; gives their names below the zone's root.

    They are named so, or below the dataset's folder; all of them are meant when none is named.

    Raises:
        NotLandedError: there is no such dataset, or it has no such file.
    """
    below = f"{dataset.domain}/{dataset.dataset}/"
    found = chosen_files(zone, dataset, names)
    change = FolderChange(zone.store, f"{zone.root}/{below}".rstrip("/"))
    change.remove([name.removeprefix(below) for name in found])
    change.commit()
    return found


def chosen_files(zone: LandingZone, dataset: DatasetName, names: Sequence[str]) -> list[str]:
    """The files that `remove` would remove."""
    below = f"{dataset.domain}/{dataset.dataset}/"
    there = [file.name for file in zone.dataset(dataset).files]
    chosen = [name if name in there else below + name for name in names] or there
    for asked, name in zip(names, chosen, strict=False):
        if name not in there:
            near = did_you_mean(asked, [each.removeprefix(below) for each in there], "")
            raise NotLandedError(
                f"{dataset} has no file {asked}", near or f"It has {counted(len(there), 'file')}."
            )
    return sorted(set(chosen))
