"""What is done with a mesh beside building it: versions moved by hand, and what is left behind taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.mesh.reading import ReadMesh, product_name
from meshlake.names import LANDING_CATALOG, DatasetName

if TYPE_CHECKING:
    from meshlake.building.drop import Dropped
    from meshlake.building.upkeep import Cleaned
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName


class KeptMesh(ReadMesh):
    """The upkeep of a mesh."""

    def rollback(self, product: str | ProductName, to: str | int | None = None) -> Snapshot:
        """Make an earlier snapshot of `product` current again, and hold it there: see `DataProduct.rollback`."""
        from meshlake.mesh.moving import move_back

        return move_back(self.workspace, product_name(product), to)

    def release(self, product: str | ProductName) -> Snapshot:
        """Let builds make `product` again, which was rolled back; gives the version that is published.

        Raises:
            UsageError: it is not held, or was never published.
        """
        from meshlake.mesh.moving import let_go

        return let_go(self.workspace, product_name(product))

    def drop(self, product: str | ProductName, *, is_breaking: bool = False) -> Dropped:
        """Take what is published of `product` out of every reader's sight, its quarantine too.

        Its history is kept until `clean`, and `undrop` brings it back till then; models of it are kept. Its folder is
        left as it is: as long as that is there, a build publishes the product anew.

        Args:
            product: its folder may be gone.
            is_breaking: go on where other products read it.

        Raises:
            UsageError: it was never published, or others read it.
        """
        from meshlake.mesh.moving import take_away

        return take_away(self.workspace, product_name(product), is_breaking=is_breaking)

    def to_drop(self, product: str | ProductName, *, is_breaking: bool = False) -> Dropped:
        """What `drop` would do."""
        from meshlake.building.drop import to_drop

        return to_drop(self.workspace, product_name(product), is_breaking=is_breaking)

    def undrop(self, product: str | ProductName) -> Snapshot:
        """Bring back what was published of `product` when it was dropped, with its history.

        Raises:
            UsageError: it was not dropped, or is published anew, or `clean` has taken it.
        """
        from meshlake.mesh.moving import bring_again

        return bring_again(self.workspace, product_name(product))

    def remove_landed(self, dataset: str, *files: str) -> list[str]:
        """Remove files that have landed, all at once; gives their names below the landing zone.

        Args:
            dataset: `domain.dataset`.
            files: by their names in the dataset's folder; all when none is given.

        Raises:
            LandingError: there is no such dataset, or no such file in it.
        """
        from meshlake.landing.corrections import remove

        return remove(self._zone, _landed_name(dataset), files)

    def landed_files(self, dataset: str, *files: str) -> list[str]:
        """Those that `remove_landed` would remove."""
        from meshlake.landing.corrections import chosen_files

        return chosen_files(self._zone, _landed_name(dataset), files)

    def clean(self, *, keep_audits: bool = False) -> Cleaned:
        """Remove what failed, killed or outdated builds left; what may still be needed is left alone.

        Args:
            keep_audits: keep failed audit branches, to look into them.
        """
        from meshlake.building.upkeep import clean_mesh

        return clean_mesh(self.workspace, keep_audits=keep_audits)


def _landed_name(text: str) -> DatasetName:
    return DatasetName.parse(text.removeprefix(f"{LANDING_CATALOG}."))
