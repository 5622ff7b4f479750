"""The tutorials, followed to the letter by a newcomer: in an empty folder, with what the wheel installs.

`make tutorials` shows how long each command takes, which is what docs/tutorials/README.md tells.
"""

from __future__ import annotations

import os

import pytest

from support.tutorial import follow

from .conftest import REPOSITORY

pytestmark = pytest.mark.timeout(900)

TUTORIALS = sorted(
    set((REPOSITORY / "docs" / "tutorials").glob("*.md")) - {REPOSITORY / "docs" / "tutorials" / "README.md"}
)


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda path: path.stem)
def test_each_command_prints_what_the_tutorial_shows(tutorial, environment, tmp_path):
    folder = tmp_path / "an empty folder"
    folder.mkdir()
    variables = {
        "PATH": f"{environment.folder / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
    }
    seconds, wrong = 0.0, []
    for ran in follow(tutorial.read_text(encoding="utf-8"), folder, variables):
        seconds += ran.seconds
        print(  # noqa: T201 - `make tutorials` shows it
            f"{ran.seconds:6.1f} s  {ran.command.text.partition(chr(10))[0][:90]}"
        )
        if ran.problem:
            wrong.append(f"$ {ran.command.text}\n{ran.printed}\n-> {ran.problem}")
    print(f"{seconds:6.1f} s  {tutorial.stem} as a whole")  # noqa: T201
    assert not wrong, "\n\n".join(wrong)
    assert seconds > 0
