"""Products that stay where they were rolled back to: put there, let go, and told of by what is built from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from meshlake.lake.snapshot import HELD_INPUTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.building.inputs import PinnedInputs
    from meshlake.lake.snapshot import Snapshot


def held_properties(inputs: PinnedInputs) -> dict[str, str]:
    """What a snapshot keeps of the inputs it was built from that were held; nothing when none was."""
    held = {
        str(name): {"snapshot_id": str(head.snapshot_id), **head.hold.as_dict()}
        for name, head in inputs.snapshots.items()
        if head.hold is not None
    }
    return {HELD_INPUTS: json.dumps(held)} if held else {}


def held_facts(inputs: PinnedInputs, head: Snapshot | None) -> Mapping[str, object]:
    """What is told of a build: which held inputs it read, and whether it ended a hold of the product itself."""
    facts: dict[str, object] = {}
    held = {str(n): s.hold.in_words for n, s in inputs.snapshots.items() if s.hold is not None}
    if held:
        facts["held_inputs"] = held
    if head is not None and head.hold is not None:
        facts["hold_ended"] = head.hold.in_words
    return facts
