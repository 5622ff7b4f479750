"""What the stations of one build share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from meshlake.building.days import DayPlan
    from meshlake.building.inputs import PinnedInputs
    from meshlake.engines.session import Session
    from meshlake.lake.snapshot import Snapshot
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace


class Step(StrEnum):
    """Where a build stands; told as it gets there."""

    READING = "reading inputs"
    STAGING = "writing rows"
    STAGED = "rows written"
    BRANCHED = "checking"
    AUDITED = "checked"
    PUBLISHED = "published"


@dataclass(frozen=True)
class BuildContext:
    """One attempt at one product: what its stations share. There is a `plan` where it is partitioned by date."""

    mesh: Workspace
    product: Product
    inputs: PinnedInputs
    session: Session
    head: Snapshot | None
    is_forced: bool
    run: str
    plan: DayPlan | None
    report: Callable[[str], None]
