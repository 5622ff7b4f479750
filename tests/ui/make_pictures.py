"""Draws the README's pictures of the demo mesh: `PYTHONPATH=tests python -m tests.ui.make_pictures` (needs Chromium).

`docs/images/graph.png` is Dagster's graph after a build; `docs/images/answer.png` is what `mesh sql` answers to who is
most at risk and why. The mesh is built in a temporary folder.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from tests.ui.browser import MeshPage, chromium
from tests.ui.runs import settled_runs
from tests.ui.server import served

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
DOMAINS = ("crm", "billing", "usage", "support", "retention", "retail")
MARGIN = 16
QUESTION = """SELECT full_name, plan, region, round(churn_probability, 2) AS churn_probability,
  reason_1 AS most_of_all, reason_2 AS and_then
  FROM retention.customers_at_risk ORDER BY risk_rank LIMIT 8"""


def main() -> None:
    """Build the demo and draw both pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        root = Path(folder)
        mesh = SmallMesh(root, products=ROOT / "data_products")
        mesh.process("demo", "--customers", "5000", "--days", "180").ended()
        mesh.process("build", timeout_seconds=600).ended()
        _draw_answer(browser, mesh.process("sql", QUESTION).ended().out)
        with served(mesh.environment, root) as ui:
            # Opening the UI sets the sensors to work; the picture shows the mesh at rest.
            settled_runs(ui, {"new_files", "rebuild_what_changed"})
            _draw_graph(browser, ui.url)


def _draw_answer(browser: Browser, answer: str) -> None:
    """The question as typed and the answer as printed, in a terminal as wide as it."""
    text = f'$ mesh sql "{QUESTION}"\n{answer.rstrip()}'
    console = Console(record=True, width=max(map(len, text.splitlines())) + 1, file=io.StringIO())
    console.print(Text(text))
    page = browser.new_page(device_scale_factor=1.5)
    page.set_content(console.export_svg(title="mesh sql"))
    page.locator("svg").first.screenshot(path=IMAGES / "answer.png", omit_background=True)
    page.close()


def _draw_graph(browser: Browser, url: str) -> None:
    """The graph with every domain unfolded, cut to what it shows."""
    mesh_page = MeshPage(browser, url, width=1700, height=2000, scale=1.3)
    page = mesh_page.lineage(("landing", *DOMAINS))
    nodes = page.locator("foreignObject")
    mesh_page.sees("customers_at_risk", "daily_usage")
    page.get_by_text("Loading").wait_for(state="hidden")
    boxes = [box for box in (node.bounding_box() for node in nodes.all()) if box]
    page.screenshot(path=IMAGES / "graph.png", clip=_around(boxes), animations="disabled")
    mesh_page.close()


def _around(boxes: list[FloatRect]) -> FloatRect:
    left, top = min(b["x"] for b in boxes), min(b["y"] for b in boxes)
    right, bottom = max(b["x"] + b["width"] for b in boxes), max(b["y"] + b["height"] for b in boxes)
    return {
        "x": left - MARGIN,
        "y": top - MARGIN,
        "width": right - left + 2 * MARGIN,
        "height": bottom - top + 2 * MARGIN,
    }


if __name__ == "__main__":
    main()
