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


def sql_place(message: str, text: str) -> str | None:
    """`line 3, column 9` of `text` (both from 1), when the line that DuckDB's `message` quotes is found in it."""
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
    return f"line {line}, column {column}"


def sql_reason(message: str) -> str:
    """What DuckDB's `message` says in its first line, without the kind of error before it."""
    first = message.strip().split("\n", 1)[0]
    return re.sub(r"^(?:[A-Z][A-Za-z-]*(?: [A-Z][a-z]+)* Error: )+", "", first).strip().rstrip("!")
