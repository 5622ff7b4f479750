"""The inputs of one build, pinned: which snapshot of each product, what each landed dataset."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.errors import BuildError, ConflictError
from meshlake.names import DatasetName, ProductName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.engines.session import Session
    from meshlake.lake.snapshot import Snapshot
    from meshlake.landing.zone import Dataset
    from meshlake.names import InputName
    from meshlake.partitions import Partitions
    from meshlake.sources import Landed
    from meshlake.workspace import Workspace


@dataclass(frozen=True)
class PinnedInputs:
    """What a build reads, fixed before it reads anything, so that a concurrent publish or landing cannot mix in.

    Of inputs named in `partitions` it reads only these days.
    """

    snapshots: dict[ProductName, Snapshot]
    landed: dict[DatasetName, Landed]
    partitions: Mapping[InputName, Partitions] = field(default_factory=dict)

    @property
    def versions(self) -> dict[str, str]:
        """Each input's SQL name and what identifies the state read: a snapshot id, or a hash of files or rows."""
        products = {str(name): str(snapshot.rows_id) for name, snapshot in self.snapshots.items()}
        return products | {str(name): landed.fingerprint for name, landed in self.landed.items()}

    def fingerprint(self, code_version: str) -> str:
        """Changes when the product's folder or anything it reads has changed."""
        content = json.dumps([code_version, self.versions], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def bind(self, mesh: Workspace, session: Session) -> None:
        """Make every input readable in `session` under its SQL name."""
        names: tuple[InputName, ...] = (*self.snapshots, *self.datasets)
        for name in names:
            self._bind(name, mesh, session, self.partitions.get(name))
        if live := [landed for landed in self.landed.values() if landed.files is None]:
            session.bind_live(live)

    def bind_whole(self, name: InputName, mesh: Workspace, session: Session) -> None:
        """Make all days of one input readable."""
        self._bind(name, mesh, session, None)

    def refuse_changed(self) -> None:
        """See that the files that were read are still what they were: a build may have read some before, some after.

        Raises:
            ConflictError: one was replaced or removed meanwhile.
        """
        for name in self.datasets:
            if (gone := self.read_files(name).replaced_file) is not None:
                raise ConflictError(
                    f"{gone.name} was replaced or removed while it was read", "Run the build again."
                )

    @property
    def datasets(self) -> dict[DatasetName, Dataset]:
        """Those of the landed inputs that are files."""
        return {name: landed.files for name, landed in self.landed.items() if landed.files is not None}

    def read_files(self, name: DatasetName) -> Dataset:
        """The files of a dataset that are read."""
        dataset, partitions = self.datasets[name], self.partitions.get(name)
        return dataset if partitions is None else dataset.of_days(partitions)

    def _bind(
        self, name: InputName, mesh: Workspace, session: Session, partitions: Partitions | None
    ) -> None:
        if isinstance(name, DatasetName):
            session.bind_landed(self.datasets[name], partitions)
        else:
            session.bind_snapshot(name, mesh.lake, self.snapshots[name], partitions)


def pin_inputs(mesh: Workspace, reader: ProductName, names: Iterable[InputName]) -> PinnedInputs:
    """Pin each of `names` to its state now.

    Raises:
        BuildError: a product that was never published.
        LandingError: a dataset that has not landed.
    """
    snapshots: dict[ProductName, Snapshot] = {}
    landed: dict[DatasetName, Landed] = {}
    for name in names:
        if isinstance(name, DatasetName):
            landed[name] = mesh.landing.landed(name)
            continue
        head = mesh.lake.head((name.domain, name.product))
        if head is None:
            raise BuildError(
                f"{reader} reads {name}, which was never published",
                f"Run `mesh build {name}` first, or see why it failed.",
            )
        snapshots[name] = head
    return PinnedInputs(snapshots, landed)


def bind_published(mesh: Workspace, session: Session, names: Iterable[InputName]) -> None:
    """Make what is published of `names` readable in `session`; a product without a snapshot stays unknown to it."""
    published = [
        name for name in names if isinstance(name, DatasetName) or mesh.lake.head((name.domain, name.product))
    ]
    pin_inputs(mesh, ProductName("check", "inputs"), published).bind(mesh, session)
