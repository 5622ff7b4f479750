"""What a long command does now, in one line of a terminal: nothing of it stays there, and nothing comes into a log."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def status(first: str) -> Iterator[Callable[[str], None]]:
    """Show `first`, and then what is told, until the block ends.

    Told an empty text the line goes at once: what the block prints beside it would be torn.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    def line(step: str) -> Text:
        return Text(step, overflow="ellipsis", no_wrap=True)

    with Console(stderr=True).status(line(first)) as shown:
        yield lambda step: shown.update(line(step)) if step else shown.stop()
