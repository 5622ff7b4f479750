"""Runs a tutorial as a reader does: what its Markdown shows is typed into one shell, and has to answer as printed.

A block ```console holds commands after `$ ` (a here-document goes on until its end) and, below each, what it prints:
`...` stands for anything, runs of spaces are one, and a command below which nothing stands may print what it likes. A
block with `title="FILE"` is that file, written. A command has to succeed, unless the next one is `echo $?`.
"""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FENCE = re.compile(r"^```(\w+)?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([^"]+)"')
HERE = re.compile(r"<<\s*'?(\w+)'?")


@dataclass
class Command:
    """One command of a tutorial, what it has to print, and the status it may end with other than 0."""

    text: str
    expected: list[str] = field(default_factory=list)
    may_fail: bool = False


@dataclass(frozen=True)
class Written:
    """A file that the tutorial shows."""

    path: str
    text: str


@dataclass(frozen=True)
class Ran:
    """How a command went."""

    command: Command
    printed: str
    status: int
    seconds: float

    @property
    def problem(self) -> str | None:
        """What is not as the tutorial says; None where all is."""
        if self.status and not self.command.may_fail:
            return f"ended with {self.status}"
        wanted = [_one_spaced(line) for line in self.command.expected if line.strip()]
        pattern = ".*?".join(map(re.escape, re.split(r"\s*\.\.\.\s*", "\n".join(wanted))))
        printed = "\n".join(_one_spaced(line) for line in self.printed.splitlines() if line.strip())
        if wanted and not re.fullmatch(pattern, printed, re.DOTALL):
            return "does not print what the tutorial shows"
        return None


def steps(markdown: str) -> Iterator[Command | Written]:
    """The commands and files of a tutorial, in order."""
    for language, info, body in FENCE.findall(markdown):
        if title := TITLE.search(info):
            yield Written(title[1], body)
        elif language == "console":
            yield from _commands(body)


def follow(markdown: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Ran]:
    """Type a tutorial into a shell in `folder`, command after command."""
    shell = subprocess.Popen(
        ["bash", "--norc"],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with shell:
        for step in steps(markdown):
            if isinstance(step, Written):
                _typed(shell, f"cat > '{step.path}' <<'END OF FILE'\n{step.text}END OF FILE")
            else:
                begin = time.monotonic()
                printed, status = _typed(shell, step.text)
                yield Ran(step, printed, status, time.monotonic() - begin)


def _commands(block: str) -> Iterator[Command]:
    command, here = None, None
    for line in block.splitlines():
        if here is not None and command is not None:
            command.text += f"\n{line}"
            here = None if line == here else here
        elif line.startswith("$ "):
            text = line.removeprefix("$ ")
            is_asking = text == "echo $?"
            if command is not None:
                command.may_fail = is_asking
                yield command
            command, found = Command(text), HERE.search(text)
            here = found[1] if found else None
        elif command is not None:
            command.expected.append(line)
    if command is not None:
        yield command


def _typed(shell: subprocess.Popen[str], text: str) -> tuple[str, int]:
    """What a command prints, and its status, which `$?` gives to the next one too."""
    assert shell.stdin is not None
    assert shell.stdout is not None
    shell.stdin.write(f"{text}\n(exit $(s=$?; echo $s; printf '\\n=== %s ===\\n' $s >&2)) 2>&1\n")
    shell.stdin.flush()
    lines: list[str] = []
    while not (end := re.fullmatch(r"=== (\d+) ===\n", line := shell.stdout.readline())):
        assert line, f"the shell ended in: {text}"
        lines.append(line)
    return "".join(lines).removesuffix("\n"), int(end[1])


def _one_spaced(line: str) -> str:
    return " ".join(line.split())
