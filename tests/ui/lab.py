"""A tiny mesh with something wrong in it: a check that fails, and a product folder that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {
    "station": {"logicalType": "string", "description": "Where", "primaryKey": True, "required": True},
    "celsius": {"logicalType": "number", "description": "How warm"},
}
CHECK = """-- No thermometer of ours goes beyond 60 degrees.
SELECT station, celsius FROM lab.readings WHERE celsius > 60
"""
WARMEST = "SELECT station, celsius FROM lab.readings ORDER BY celsius DESC LIMIT 1"


def lab(root: Path) -> SmallMesh:
    """Two readings landed, one of them impossible, and three products described."""
    mesh = SmallMesh(root)
    mesh.land("lab/readings/day1.csv", "station,celsius\nquay,11.5\nroof,400\n")
    purpose = {"purpose": "What was read"}
    mesh.product("lab.readings", COLUMNS, {"checks/plausible.sql": CHECK}, description=purpose)
    purpose = {"purpose": "The warmest station"}
    mesh.product("lab.warmest", COLUMNS, {"transform.sql": WARMEST}, description=purpose)
    mesh.write("lab.unreadable", "contract.odcs.yaml", "apiVersion: [v3.1.0\n")
    return mesh
