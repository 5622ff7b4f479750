"""The documentation as a site: it builds with every link there, asks no host for anything, and tells of the code."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import meshlake
from meshlake.cli.commands import app
from meshlake.rules.kinds import KINDS
from meshlake.schemas.schemas import SCHEMAS
from meshlake.settings import known_settings
from support.ran import Ran, run_apart

REPOSITORY = Path(__file__).parents[3]


STRICT = ("mkdocs", "build", "--strict")


def _built(folder: Path, *options: str | Path) -> Ran:
    mkdocs = [sys.executable, "-m", *STRICT, "--site-dir", folder, *options]
    return run_apart(mkdocs, {**os.environ, "NO_MKDOCS_2_WARNING": "1"}, REPOSITORY)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    _built(folder).ended()
    return folder


@pytest.mark.parametrize("link", ["nowhere.md", "index.md#nowhere"])
def test_a_link_that_leads_nowhere_fails(tmp_path, link):
    """`--quiet`, for one, would keep MkDocs from counting it."""
    assert f"$(BIN)/{' '.join(STRICT)}\n" in (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    held = re.search(r"^validation:\n(?:  .*\n)+", (REPOSITORY / "mkdocs.yml").read_text(), re.MULTILINE)
    assert held is not None
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# Here\n[x]({link})\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(f"site_name: one\n{held[0]}", encoding="utf-8")
    _built(tmp_path / "site", "--config-file", tmp_path / "mkdocs.yml").ended(1)


def _text(site: Path, page: str) -> str:
    return (site / page).read_text(encoding="utf-8")


def test_pages_ask_no_host_for_anything(site):
    loads = re.compile(
        r"""<(?:script|img|iframe|source)[^>]*\bsrc=["']?https?:|<link[^>]*\bhref=["']?https?:|url\(["']?https?:"""
    )
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert loads.search(page.read_text(encoding="utf-8")) is None, page


def test_the_reference_tells_of_all_that_the_code_has(site):
    commands = get_command(app).commands
    pages = {
        "commands": [f'id="mesh-{name}"' for name, each in commands.items() if not each.hidden],
        "python": [
            f'{getattr(meshlake, name).__qualname__}"' for name in meshlake.__all__ if name != "__version__"
        ],
        "settings": [f"MESH_{name.upper()}" for name in known_settings()],
        "rules": [f'id="{name.lower()}"' for name in KINDS.names],
        "files": [f"{name}.schema.json" for name in SCHEMAS],
    }
    for page, wanted in pages.items():
        text = _text(site, f"reference/{page}.html")
        assert [each for each in wanted if each not in text] == []
        assert len(wanted) >= 4


def test_decisions_and_pages_of_the_top_are_there(site):
    decisions = sorted(path.stem for path in (REPOSITORY / "docs/adr").glob("0*.md"))
    assert [name for name in decisions if not (site / f"adr/{name}.html").exists()] == []
    assert "Ten minutes with your own files" in _text(site, "index.html")
    for page in ("contributing", "changelog", "security", "examples/telco"):
        assert 'href="' in _text(site, f"{page}.html")
