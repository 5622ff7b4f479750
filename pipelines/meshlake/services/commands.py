"""Running the programs that install and prepare servers, and saying plainly which one failed and how."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from meshlake.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Progress = Callable[[str], None]

# Installing gives way to whatever else the machine is doing.
NICE = ("nice", "-n", "10")
_REPORT_SECONDS = 3.0


def succeeds(command: Sequence[str | Path]) -> bool:
    """Whether `command` ends with status 0; what it prints is dropped."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 our own


def run_quietly(
    title: str,
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    feed: str = "",
) -> str:
    """Run `command` with `feed` as its input and give what it printed, errors included.

    Raises:
        ServiceError: it fails or does not exist; the message ends with the last line it printed.
    """
    try:
        answer = subprocess.run(  # noqa: S603 every command is written in this package
            command,
            env=environment,
            input=feed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise ServiceError(f"{title}: {error.filename} is not on this machine", "Install it.") from error
    _raise_if_failed(title, command, answer.returncode, answer.stdout)
    return answer.stdout


def run_watched(
    title: str,
    command: Sequence[str | Path],
    describe: Callable[[str], str],
    progress: Progress,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run `command` with no input, telling `progress` what `describe` makes of its output so far.

    `describe` is asked every few seconds; what it said before is not said again.

    Raises:
        ServiceError: it fails; the message ends with the last line it printed.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        with subprocess.Popen(  # noqa: S603 every command is written in this package
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        ) as process:
            try:
                said = ""
                while _is_running(process):
                    if (news := describe(_read(log))) != said:
                        progress(said := news)
            except BaseException:
                process.terminate()
                raise
        _raise_if_failed(title, command, process.returncode, _read(log))


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_REPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _read(log: TextIO) -> str:
    log.seek(0)
    return log.read()


def _raise_if_failed(title: str, command: Sequence[str | Path], status: int, said: str) -> None:
    if status == 0:
        return
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "it said nothing")
    program = next(part for part in command if part not in NICE)
    raise ServiceError(f"{title}: {program} failed with status {status}: {last}", "Mend that and try again.")
