"""What contributors are told: links and paths that exist, targets that make has, hooks that fetch nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "examples/telco/README.md")
_LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_of_the_pages_at_the_top_lead_somewhere(page):
    path = REPOSITORY / page
    broken = []
    for target, anchor in _LINK.findall(path.read_text(encoding="utf-8")):
        found = path.parent / target if target else path
        if not found.exists() or (anchor and anchor not in _anchors(found)):
            broken.append(f"{target}#{anchor}")
    assert broken == []


def test_the_table_of_places_names_files_that_are_there():
    rows = re.findall(
        r"^\| .* \|$", (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    places = [
        [cell.strip(" `") for cell in row.strip("|").split("|")]
        for row in rows
        if "tests/integration/packages/doorways" in row
    ]
    assert len(places) == 9
    for _, folder, line, group, template, proof in places:
        here = REPOSITORY / folder.removesuffix("<name>/")
        table = next(
            path for path in (REPOSITORY / line, REPOSITORY / "pipelines/meshlake" / line) if path.exists()
        )
        assert group in table.read_text(encoding="utf-8")
        assert (here / template).is_file()
        assert (REPOSITORY / proof).is_file()


def test_make_has_the_targets_that_are_told():
    targets = set(
        re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    told = "".join((REPOSITORY / page).read_text(encoding="utf-8") for page in PAGES)
    assert set(re.findall(r"(?:`|\$ )make ([a-z-]+)", told)) - targets == set()


def test_hooks_of_commits_are_programs_of_the_environment():
    config = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    programs = {hook["entry"].split()[0].removeprefix(".venv/bin/") for hook in hooks}
    assert programs == {"ruff", "mypy", "lint-imports", "sqlfluff"}


def test_coverage_has_a_floor_in_the_command_that_counts_it():
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]
    assert settings["report"]["fail_under"] >= 54
    (unit,) = re.findall(
        r"^coverage:.*\n\t(.*)$", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert " --cov" in unit
