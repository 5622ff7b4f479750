"""How a type is written, taken apart: DuckDB and Trino both write a name, parts in parentheses, and `[]` of lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LENGTH = re.compile(r"\[\s*(\d*)\s*\]\s*$")
_NAMED = re.compile(r'\s*("(?:[^"]|"")*"|[^\s"]+)\s+(.+)', re.DOTALL)


@dataclass(frozen=True)
class Written:
    """`name` in small letters, the texts of its `parts`, and the lengths of lists of it, the innermost first.

    `text` is all but those lengths.
    """

    name: str
    parts: tuple[str, ...]
    lengths: tuple[int | None, ...]
    text: str


def take_apart(text: str) -> Written:
    """The outermost level of a type's text.

    >>> written = take_apart("MAP(VARCHAR, STRUCT(a INT, b INT))[3][]")
    >>> written.name, written.parts, written.lengths
    ('map', ('VARCHAR', 'STRUCT(a INT, b INT)'), (3, None))

    Raises:
        ValueError: a parenthesis or a quote is not closed.
    """
    rest, lengths = text.strip(), []
    while match := _LENGTH.search(rest):
        lengths.append(int(match[1]) if match[1] else None)
        rest = rest[: match.start()].rstrip()
    opening, closing = rest.find("("), rest.rfind(")")
    if opening < 0 or rest.startswith('"'):
        return Written(_words(rest), (), tuple(reversed(lengths)), rest)
    if closing < opening:
        raise ValueError(f"'{text}' is not a type: a parenthesis is not closed")
    # What follows them is `with time zone`.
    name = _words(f"{rest[:opening]} {rest[closing + 1 :]}")
    return Written(name, tuple(_split(rest[opening + 1 : closing])), tuple(reversed(lengths)), rest)


def named_part(text: str) -> tuple[str, str]:
    """The name and the type of a struct's field: `"net price" DECIMAL(12,2)`.

    Raises:
        ValueError: it has no name.
    """
    match = _NAMED.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is not the name and type of a field")
    name = match[1][1:-1].replace('""', '"') if match[1].startswith('"') else match[1]
    return name, match[2]


def _words(text: str) -> str:
    return " ".join(text.lower().split())


def _split(text: str) -> list[str]:
    """The parts between the commas of `text` that stand in no parentheses and no quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for index, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    if quote or depth:
        raise ValueError(f"'{text}': a quote or a parenthesis is not closed")
    return [*parts, text[start:].strip()]
