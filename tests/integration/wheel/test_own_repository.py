"""A mesh in a git repository of its own, by the installed package: the how-to's commands, its CI, the ten minutes."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

import pytest
import yaml

from .conftest import LOCK, REPOSITORY, UV, run
from .test_wheel import customers

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

pytestmark = pytest.mark.timeout(900)  # on a machine that may be busy
# Neither pip nor an index has this wheel: uv takes it from where it was built.
PIP = '{{ shift && {uv} pip install --python {python} --find-links {dist} --constraint {lock} "$@"; }}'
NAMES = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")


def _commands(page: str, heading: str) -> list[str]:
    """What a person types of the first block for a terminal behind `heading`."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    block = re.search(r"^```console\n(.*?)^```$", text[text.index(heading) :], re.MULTILINE | re.DOTALL)
    return re.findall(r"^\$ (.*)$", block[1], re.MULTILINE) if block else []


@pytest.fixture(scope="module")
def shell(environment, wheel):
    """Runs lines in a folder, with the wheel's commands on the path; each line has to succeed."""
    parts = {"uv": UV, "python": environment.python, "dist": wheel.parent, "lock": LOCK}
    pip = PIP.format(**{name: shlex.quote(str(part)) for name, part in parts.items()})
    path = f"{environment.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"

    def typed(lines: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        script = "\n".join(["set -e", f"pip() {pip}", *lines])
        return run(
            ["bash", "-c", script], folder, PATH=path, CI="true", **dict.fromkeys(NAMES, "a@example.com")
        )

    return typed


@pytest.fixture(scope="module")
def repository(shell, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    shell(_commands("docs/how-to/a-mesh-of-your-own.md", "# A mesh"), folder)
    return folder / "my-mesh"


@pytest.fixture(scope="module")
def clone(repository, tmp_path_factory) -> Path:
    """What another machine has of it."""
    folder = tmp_path_factory.mktemp("ci") / "clone"
    run(["git", "clone", "--quiet", repository, folder], folder.parent)
    return folder


def test_its_ci_passes_in_a_fresh_clone(shell, clone):
    workflow = yaml.safe_load((clone / ".github/workflows/mesh.yaml").read_text(encoding="utf-8"))
    steps = [step["run"] for step in workflow["jobs"]["build"]["steps"] if "run" in step]
    assert [re.sub("^mesh | --.*", "", step) for step in steps[1:]] == [
        "lint",
        "test",
        "build",
        "questions",
        "pytest",
    ]
    assert "4 passed" in shell(steps, clone).stdout
    assert run(["git", "status", "--porcelain"], clone).stdout == ""


def test_its_ci_fails_of_a_check_that_fails(shell, clone, tmp_path):
    broken = tmp_path / "broken"
    run(["git", "clone", "--quiet", clone, broken], tmp_path)
    with (broken / "landing/example/orders/2024.csv").open("a", encoding="utf-8") as file:
        file.write("7,ana,2024-03-03,-1\n")
    shell(["mesh build > told 2>&1 && exit 1", "[ $? = 1 ]", "grep -q amount told"], broken)


def test_dagster_opens_it(shell, clone):
    shell(["dagster definitions validate"], clone)


def test_the_ten_minutes_of_the_readme_go_in_it(shell, clone, tmp_path):
    folder = tmp_path / "another"
    run(["git", "clone", "--quiet", clone, folder], tmp_path)
    (folder / "customers.csv").write_text(customers(), encoding="utf-8")
    commands = _commands("README.md", "## Ten minutes")
    assert commands.pop().startswith("mesh ui")
    assert len(commands) >= 8
    assert "churn_probability" in shell(commands, folder).stdout
