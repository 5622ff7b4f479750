"""How facts are printed: as a table for people, as JSON for programs."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from _typeshed import ReadableBuffer

_HELD_BYTES = 1 << 20


class _Output:
    """What stands on standard output of the command that runs."""

    has_json = False


_output = _Output()


def begin_anew() -> None:
    """Another command begins, in the same process."""
    _output.has_json = False


def has_json() -> bool:
    """Whether a JSON document was begun: no other may follow."""
    return _output.has_json


class HeldBack(io.BytesIO):
    """Standard output for an answer in JSON: the first megabyte waits, so that of what fails early nothing is seen.

    What is longer streams on. Whoever writes calls `release` at the end.
    """

    is_released = False

    def write(self, data: ReadableBuffer, /) -> int:
        """Keep `data`, or pass it on."""
        size = super().write(data)
        if self.tell() > _HELD_BYTES:
            self.release()
        return size

    def release(self) -> None:
        """Pass on what was kept."""
        _output.has_json = self.is_released = True
        sys.stdout.buffer.write(self.getvalue())
        sys.stdout.buffer.flush()
        self.seek(0)
        self.truncate()


def print_json(facts: Any) -> None:
    """Print `facts` as one JSON document."""
    _output.has_json = True
    json.dump(facts, sys.stdout, indent=2, default=str, ensure_ascii=False)
    sys.stdout.write("\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str | None = None) -> None:
    """Print `rows` under `columns`; numbers stand right.

    Nothing is ever cut. On a screen what does not fit beside goes to further lines, as `layout` says; what is piped is
    for programs and files, and stands on one line per row however wide.
    """
    from meshlake.cli.layout import table_lines

    numbers = [
        bool(rows) and all(row[n] is None or isinstance(row[n], int | float) for row in rows)
        for n in range(len(columns))
    ]
    texts = [[_text(value) for value in row] for row in rows]
    _print_lines(title, table_lines(columns, texts, numbers, screen_columns(), _bold))


def print_record(facts: Mapping[str, Any], title: str | None = None) -> None:
    """Print each of `facts` that is not empty on a line of its own, `name  value`, folded as the screen needs it."""
    from meshlake.cli.layout import record_lines

    values = [_text(value) for value in facts.values()]
    _print_lines(title, record_lines(list(facts), [values], screen_columns(), _bold))


def print_text(text: str, stream: TextIO | None = None) -> None:
    """Print sentences. On a screen each line is folded between words, so that no name, id or number is torn apart."""
    for line in text.split("\n"):
        for part in _folded(line, stream):
            print(part, file=stream, flush=stream is not None)


def one_line(text: str) -> str:
    """`text` without signs that end a line or steer a screen, as names and comments of others may have."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _folded(text: str, stream: TextIO | None = None) -> list[str]:
    from meshlake.cli.layout import fold_indented

    width = screen_columns(stream)
    return [text] if width is None else fold_indented(text, width)


def screen_columns(stream: TextIO | None = None) -> int | None:
    """How many columns the screen has that is printed on; `None` where it is a pipe or a file, which has no width."""
    return shutil.get_terminal_size().columns if (stream or sys.stdout).isatty() else None


def _print_lines(title: str | None, lines: Iterable[str]) -> None:
    if title is not None:
        for line in _folded(title):
            print(f"\x1b[3m{line}\x1b[0m" if _is_styled() else line)
    for line in lines:
        print(line)


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if text and _is_styled() else text


def _is_styled() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def size_text(size_bytes: float) -> str:
    """Bytes for people: `12.3 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} TB"


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.3f}"
    return str(value)
