"""Which version of a product readers see, moved by hand: back to an earlier one, and let go again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshlake.building.drop import Dropped
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.workspace import Workspace


def move_back(mesh: Workspace, name: ProductName, to: str | int | None) -> Snapshot:
    """Roll `name` back, and tell Dagster."""
    from meshlake.building.upkeep import roll_back
    from meshlake.orchestration.holds import tell_move

    restored = roll_back(mesh, name, None if to is None else str(to))
    tell_move(mesh.settings, name, restored)
    return restored


def take_away(mesh: Workspace, name: ProductName, *, is_breaking: bool) -> Dropped:
    """Drop `name`, and tell Dagster."""
    from meshlake.building.drop import drop_product
    from meshlake.orchestration.holds import tell_drop

    found = drop_product(mesh, name, is_breaking=is_breaking)
    tell_drop(mesh.settings, name)
    return found


def bring_again(mesh: Workspace, name: ProductName) -> Snapshot:
    """Undo the drop of `name`, and tell Dagster."""
    from meshlake.building.drop import restore_product
    from meshlake.orchestration.holds import tell_move

    restored = restore_product(mesh, name)
    tell_move(mesh.settings, name, restored)
    return restored


def let_go(mesh: Workspace, name: ProductName) -> Snapshot:
    """Release `name`, and tell Dagster."""
    from meshlake.building.upkeep import release_product
    from meshlake.orchestration.holds import tell_move

    released = release_product(mesh, name)
    tell_move(mesh.settings, name, released)
    return released
