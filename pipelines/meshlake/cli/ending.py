"""Runs a command, and tells how it ended: to people on standard error, under --json to programs on standard output."""

from __future__ import annotations

import os
import sys
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from meshlake.cli import printing
from meshlake.cli.commands import app
from meshlake.errors import (
    DEFECT_HINT,
    EXIT_DONE,
    EXIT_STOPPED,
    EXIT_UNREAD,
    MeshError,
    UsageError,
    is_interrupt,
    system_failure,
)
from meshlake.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def run(arguments: Sequence[str], is_stopped: Callable[[], bool]) -> int:
    """Run `mesh ARGUMENTS`; the exit status. An error is told, or with --debug raised.

    `is_stopped` says whether Ctrl-C was heard: then that is what ended the command, whatever a library made of it.
    """
    is_json = _wants_json(arguments)
    printing.begin_anew()
    try:
        status = _run_command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        return _left()
    except Exception as error:
        if is_stopped() or is_interrupt(error):
            return _stopped(is_json=is_json)
        if os.environ.get("MESH_DEBUG"):
            raise
        return _tell(error, is_json=is_json)
    except KeyboardInterrupt:
        return _stopped(is_json=is_json)
    has_stopped = status == EXIT_STOPPED or (status != EXIT_DONE and is_stopped())
    return _stopped(is_json=is_json) if has_stopped else status


def _run_command(arguments: Sequence[str]) -> int:
    try:
        return app(arguments, prog_name="mesh", standalone_mode=False) or EXIT_DONE
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer makes one of the other
            raise end.__context__ from None
        return end.code if isinstance(end.code, int) else EXIT_DONE


def _left() -> int:
    """Whoever read the output has left, as `head` does: nothing is told, and Python is kept from trying once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.__stdout__.fileno() if sys.__stdout__ else 1)
    os.close(nowhere)
    return EXIT_UNREAD


def _tell(error: Exception, *, is_json: bool) -> int:
    """Print `error` for people, and give the exit status it asks for."""
    if usage := _usage(error):
        error.show()  # type: ignore[attr-defined]
        return _answer(usage, is_json=is_json)
    first = str(error).strip().partition("\n")[0]
    told = _told(error) or MeshError(f"{type(error).__name__}: {first}", DEFECT_HINT)
    print(f"mesh: {told.message}", file=sys.stderr)
    if told.hint:
        print(f"      {told.hint}", file=sys.stderr)
    return _answer(told, is_json=is_json)


def _usage(error: Exception) -> UsageError | None:
    """What typer has against the command line. Its class is click's or its own, by its version."""
    message = getattr(error, "format_message", None)
    if message is None:
        return None
    context = getattr(error, "ctx", None)
    return UsageError(message(), f"{context.command_path} -h" if context else None)


def _told(error: Exception) -> MeshError | None:
    from meshlake.health import server_failure

    try:
        settings = load_settings()
    except MeshError:
        return error if isinstance(error, MeshError) else system_failure(error)
    return server_failure(error, settings)


def _stopped(*, is_json: bool) -> int:
    print("mesh: stopped", file=sys.stderr)
    stopped = MeshError("stopped")
    stopped.exit_status = EXIT_STOPPED
    return _answer(stopped, is_json=is_json)


def _answer(error: MeshError, *, is_json: bool) -> int:
    """Print `error` as JSON where that is asked for, and give its exit status.

    A JSON document that was begun is left as it is: its reader learns from the exit status that it is not whole.
    """
    if is_json and not printing.has_json():
        facts = {"message": error.message, "hint": error.hint, "exit_status": error.exit_status}
        printing.print_json({"error": facts})
    return error.exit_status


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether JSON is asked for, told without the help of typer, which may understand nothing of the rest."""
    options = list(takewhile(lambda argument: argument != "--", arguments))
    asked = {"--json", "--format=json"}
    return not asked.isdisjoint(options) or ("--format", "json") in pairwise(options)
