"""Where a piece of SQL is wrong, in its author's own file too, told from what DuckDB says of the SQL it was given.

The platform wraps what people write, so DuckDB's line numbers are not theirs; the line it quotes is.
"""

from __future__ import annotations

import re

_QUOTED_LINE = re.compile(r"^(LINE (\d+): )(.*)\n( *)\^", re.MULTILINE)
_CUT_OFF = "..."


def position_text(sql: str, position_bytes: int) -> str:
    """`line 2, column 5` (both from 1, in characters) of the byte `position_bytes` of `sql` in UTF-8."""
    before = sql.encode()[:position_bytes].decode(errors="ignore")
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"


def sql_place(message: str, text: str) -> tuple[int, int] | None:
    """Line and column of `text` (both from 1), when the line that DuckDB's `message` quotes is found in it."""
    quoted = _QUOTED_LINE.search(message)
    if quoted is None:
        return None
    label, number, snippet, blanks = quoted.groups()
    offset = len(blanks) - len(label)
    if snippet.startswith(_CUT_OFF):
        snippet, offset = snippet.removeprefix(_CUT_OFF), offset - len(_CUT_OFF)
    snippet = snippet.removesuffix(_CUT_OFF)
    found = [
        (abs(line - int(number)), line, start + offset + 1)
        for line, content in enumerate(text.splitlines(), start=1)
        if snippet.strip() and (start := content.find(snippet)) >= 0
    ]
    if not found:
        return None
    _, line, column = min(found)
    return line, column


def offset_place(sql: str, offset: int, text: str) -> tuple[int, int] | None:
    """Line and column of `text` at which the character `offset` of `sql` stands; `sql` is all or a part of `text`.

    Example:
        >>> offset_place("SELECT a\\nFROM b", 14, "features: |\\n  SELECT a\\n  FROM b")
        (3, 8)
    """
    start = text.find(sql)
    if start >= 0:
        before = text[: start + offset]
        return before.count("\n") + 1, len(before) - before.rfind("\n")
    begin = sql.rfind("\n", 0, offset) + 1
    snippet = sql[begin:].partition("\n")[0]
    for line, content in enumerate(text.splitlines(), start=1):
        if snippet.strip() and (found := content.find(snippet.strip())) >= 0:
            indent = len(snippet) - len(snippet.lstrip())
            return line, found + offset - begin - indent + 1
    return None


def sql_reason(message: str) -> str:
    """What DuckDB's `message` says in its first line, without the kind of error before it."""
    first = message.strip().split("\n", 1)[0]
    return re.sub(r"^(?:[A-Z][A-Za-z-]*(?: [A-Z][a-z]+)* Error: )+", "", first).strip().rstrip("!")
