"""The page that `mesh discover --html` writes, in a browser: light, dark, narrow, wide, and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.ui.browser import ARTIFACTS

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

DOMAINS = ("crm", "sales", "billing", "metering", "web")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty datasets over five domains: twelve things, each referred to by four, some of those by one another."""
    mesh = SmallMesh(tmp_path_factory.mktemp("discovery") / "mesh")
    for n in range(60):
        domain, name = DOMAINS[n % 5], f"thing_{n}" if n < 12 else f"thing_{n % 12}_events_of_kind_{n}"
        own = f"{n}0000000 + range AS {name}_id"
        facts = (
            "'anna' || range || '@example.org' AS email, range % 7 * 1.5 AS amount, "
            "DATE '2026-01-01' + range::INT % 90 AS happened_on"
        )
        refers = "" if n < 12 else f", {n % 12}0000000 + (range * 7) % 103 AS thing_{n % 12}_id"
        plan = ", CASE WHEN range % 3 = 0 THEN 'plus' ELSE 'basic <b>' END AS plan"
        mesh.land_rows(
            f"{domain}/{name}/a.parquet",
            f"SELECT {own}, {facts}{refers}{plan} FROM range({100 if n < 12 else 400})",
        )
    found = mesh.root / "found.html"
    mesh.run("discover", "--html", str(found)).ended()
    return found


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_seen_without_errors_or_overflow(browser: Browser, file: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    assert page.locator(".dataset").count() == 60
    assert page.locator("#graph .box").count() >= 55
    page.locator(".dataset summary").nth(20).click()
    page.locator(".dataset[open] table").wait_for()
    assert page.locator(".dataset[open] .bars rect").count() > 0
    assert page.locator(".dataset[open] .mark.personal").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"discovery_{scheme}_{width}.png", full_page=True)
    page.close()
    assert errors == []


def test_the_graph_zooms_moves_and_leads_to_a_dataset(browser: Browser, file: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(file.as_uri())
    graph = page.locator("#graph")
    whole = graph.get_attribute("viewBox")
    page.get_by_label("closer").click()
    closer = graph.get_attribute("viewBox")
    assert closer != whole
    place = graph.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 8, place["y"] + 8)
    page.mouse.down()
    page.mouse.move(place["x"] + 90, place["y"] + 60)
    page.mouse.up()
    assert graph.get_attribute("viewBox") not in {whole, closer}
    page.get_by_role("button", name="all").click()
    assert graph.get_attribute("viewBox") == whole
    box = page.locator("#graph .box").nth(3)
    name = box.get_attribute("data-name")
    box.click()
    assert page.locator(".dataset[open]").get_attribute("id") == name
    page.get_by_role("searchbox").fill("thing_7 personal")
    assert 0 < page.locator(".dataset:visible").count() < 12
    page.close()


def test_the_tables_need_no_script(browser: Browser, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    page.locator(".dataset summary").nth(2).click()
    assert page.locator(".dataset table").nth(2).is_visible()
    assert page.locator("#graph .box").first.is_visible()
    assert not page.locator(".zoom").is_visible()
    context.close()
