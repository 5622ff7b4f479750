"""The functions Trino has, as Trino 476 itself lists them.

`python -m meshlake.engines.trino.dialect.functions http://127.0.0.1:8080` writes the list anew from a running Trino.
"""

from __future__ import annotations

import sys
from contextlib import closing
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("trino_functions.txt")
# Spoken like functions, but words of the grammar.
_GRAMMAR = frozenset(
    {
        "coalesce",
        "format",
        "if",
        "nullif",
        "try",
        "row",
        "grouping",
        "sequence",
        "unnest",
        "cast",
        "try_cast",
        "map",
        "extract",
    }
)


@cache
def trino_functions() -> frozenset[str]:
    """The names of all functions, in small letters."""
    return frozenset(_FILE.read_text(encoding="ascii").split()) | _GRAMMAR


def listed_functions(address: str) -> list[str]:
    """The names of the functions of the Trino at `address`, sorted."""
    from meshlake.engines.trino.connection import connect

    with closing(connect(address)) as connection:
        rows = connection.cursor().execute("SHOW FUNCTIONS").fetchall()
    return sorted({row[0].lower() for row in rows})


if __name__ == "__main__":
    _FILE.write_text("\n".join(listed_functions(sys.argv[1])) + "\n", encoding="ascii")
