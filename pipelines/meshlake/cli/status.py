"""What a long command does now: on a terminal one line, of which nothing stays there; in a log a line now and then."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from meshlake.cli.printing import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Of what takes less nothing is told in a log, and of what takes longer not more often.
LOG_SECONDS = 10.0


@contextmanager
def status(first: str) -> Iterator[Callable[[str], None]]:
    """Show `first`, and then what is told, until the block ends.

    Told an empty text the line goes at once: what the block prints beside it would be torn.
    """
    if not sys.stderr.isatty():
        with logged(first) as tell:
            yield tell
        return
    from rich.console import Console
    from rich.text import Text

    def line(step: str) -> Text:
        return Text(step, overflow="ellipsis", no_wrap=True)

    with Console(stderr=True).status(line(first)) as shown:
        yield lambda step: shown.update(line(step)) if step else shown.stop()


@contextmanager
def logged(first: str) -> Iterator[Callable[[str], None]]:
    """Write to standard error what is done now, `first` or what was told last, where that is not what was written last.

    Every ten seconds one line at most, so nothing where the block ends before; told an empty text nothing either.
    """
    now = [first]
    has_ended = Event()

    def write() -> None:
        written = ""
        while not has_ended.wait(LOG_SECONDS):
            if (step := now[0]) not in ("", written):
                print(one_line(step), file=sys.stderr, flush=True)
                written = step

    def tell(step: str) -> None:
        now[0] = step

    writer = Thread(target=write, daemon=True)
    writer.start()
    try:
        yield tell
    finally:
        has_ended.set()
        writer.join()
