"""What a product's page shows after `mesh build`: pictures, the contract and failing rows as tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.ui.server import served

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator
    from tests.ui.browser import MeshPage
    from tests.ui.server import Ui

    OpenPage = Callable[[str], MeshPage]

KEY = {"logicalType": "string", "primaryKey": True, "required": True}
CUSTOMERS = {
    "customer_id": KEY,
    "email": {"logicalType": "string", "classification": "personal"},
    "usage": {"logicalType": "number", "logicalTypeOptions": {"minimum": 0}, "description": "Hours a month"},
    "plan": {"logicalType": "string", "description": "What they bought"},
    "joined_on": "date",
    "is_churned": "boolean",
}
PREDICTIONS = {"customer_id": KEY, "churn_probability": "number", "is_predicted_churn": "boolean"}
MODEL = """task: churn
features: crm.customers
key: customer_id
label: is_churned
exclude: {email: personal}
policy: {candidates: [logistic_regression], folds: 2, flag_share: 0.2}
"""
HEAVY_USERS = """-- severity: warning
-- Nobody uses more than 95 hours.
SELECT customer_id, email, usage FROM crm.customers WHERE usage > 95
"""


def landed(rows: int = 300) -> str:
    """Those of little usage leave, all but every seventh."""
    lines = ["customer_id,email,usage,plan,joined_on,is_churned"]
    for number in range(rows):
        usage = (number * 37) % 100
        has_left = (usage < 30) != (number % 7 == 0)
        plan = "basic" if number % 3 else "plus"
        joined_on = f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}"
        lines.append(f"c{number:05},c{number}@example.com,{usage},{plan},{joined_on},{str(has_left).lower()}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """`mesh ui` on a mesh that the command line has built."""
    mesh = SmallMesh(tmp_path_factory.mktemp("pictures"))
    mesh.land("crm/customers/a.csv", landed())
    purpose = {"purpose": "Who the customers are"}
    mesh.product("crm.customers", CUSTOMERS, {"checks/heavy_users.sql": HEAVY_USERS}, description=purpose)
    mesh.product("crm.predictions", PREDICTIONS, {"model.yaml": MODEL})
    mesh.process("build").ended()
    with served(mesh.environment, tmp_path_factory.mktemp("ui")) as running:
        yield running


def entry(page: MeshPage, key: str) -> Locator:
    """The row of the metadata table that is called `key`."""
    row = page.page.locator("tr").filter(has=page.page.get_by_text(key, exact=True)).last
    expect(row).to_be_visible(timeout=30_000)
    return row


def shown_pictures(page: MeshPage, key: str) -> list[tuple[str, int]]:
    """Open what is behind `key`; the title and the natural width of each picture in it."""
    skip = page.page.get_by_role("button", name="Skip", exact=True)
    if skip.count():
        skip.click()
    entry(page, key).get_by_text("[Show Markdown]").click()
    dialog = page.page.get_by_role("dialog").last
    expect(dialog.locator("img").first).to_be_visible(timeout=30_000)
    return [
        (image.get_attribute("alt") or "", image.evaluate("i => i.naturalWidth"))
        for image in dialog.locator("img").all()
    ]


def test_a_model_s_pictures_are_shown(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/crm/predictions")
    pictures = shown_pictures(page, "pictures")
    assert {title for title, _ in pictures} >= {
        "roc",
        "precision recall",
        "calibration",
        "gain",
        "lift",
        "importances",
    }
    assert all(width > 0 for _, width in pictures)


def test_distributions_are_shown(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/crm/customers")
    ((title, width),) = shown_pictures(page, "distributions")
    assert title == "distributions"
    assert width > 0


def test_check_history_is_a_table(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/crm/customers")
    history = entry(page, "check_history").locator("table")
    page.sees("passed", "heavy_users", within=history)
    history.scroll_into_view_if_needed()


def test_the_contract_is_a_table(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/crm/customers")
    contract = entry(page, "contract").locator("table")
    page.sees("owner", "ana@example.com", "email (personal)", within=contract)
    rules = entry(page, "rules").locator("table")
    page.sees("heavy_users", "Nobody uses more than 95 hours.", within=rules)
    page.sees("Hours a month", "lies within minimum 0", re.compile(r"crm/customers/contract\.odcs\.yaml$"))


def test_failing_rows_are_a_table(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/crm/customers?view=checks&checkDetail=heavy_users")
    page.sees("12 failing rows")
    rows = page.page.locator("table").filter(has_text="customer_id").last
    page.sees("customer_id", "usage", "(classified)", within=rows)
    expect(rows.locator("tbody tr")).to_have_count(10)
