"""The functions Trino has, as Trino 476 itself lists them.

`trino_functions.txt` holds the names that `SHOW FUNCTIONS` tells; tests/engines/test_functions.py holds it to a Trino.
"""

from __future__ import annotations

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
