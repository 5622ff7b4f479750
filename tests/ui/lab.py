"""A tiny mesh with something wrong in it: a check that fails, and a product folder that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: lab.{product}
name: {product}
version: 1.0.0
status: active
domain: lab
dataProduct: {product}
description: {{purpose: "{purpose}"}}
team: {{name: lab}}
schema:
  - name: {product}
    dataGranularityDescription: One row per station.
    properties:
      - {{name: station, logicalType: string, description: Where, primaryKey: true, required: true}}
      - {{name: celsius, logicalType: number, description: How warm}}
"""
CHECK = """-- No thermometer of ours goes beyond 60 degrees.
SELECT station, celsius FROM lab.readings WHERE celsius > 60
"""


def write_lab(root: Path) -> Path:
    """Land two readings, one of them impossible, and describe three products; the folder of products."""
    landed = root / "landing" / "lab" / "readings" / "day1.csv"
    landed.parent.mkdir(parents=True)
    landed.write_text("station,celsius\nquay,11.5\nroof,400\n")
    products = root / "products"
    for product, purpose in {"readings": "What was read", "warmest": "The warmest station"}.items():
        _write(products, product, "contract.odcs.yaml", CONTRACT.format(product=product, purpose=purpose))
    _write(products, "readings", "checks/plausible.sql", CHECK)
    _write(
        products,
        "warmest",
        "transform.sql",
        "SELECT station, celsius FROM lab.readings ORDER BY celsius DESC LIMIT 1",
    )
    _write(products, "unreadable", "contract.odcs.yaml", "apiVersion: [v3.1.0\n")
    return products


def _write(products: Path, product: str, file: str, text: str) -> None:
    path = products / "lab" / product / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
