"""Words that stand for no value among numbers, days and yes or no: `NA`, `-`, `?`, `NULL`.

A word is one by this list alone, and only where all other text of the column is read as something else, so that it can
mean nothing more. Which a column has is seen in the sample, and how often is counted by the scan of all rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.counting import counted
from meshlake.discovery.batches import batches
from meshlake.discovery.landed_view import CELLS, LANDED
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

    from meshlake.discovery.readings import Reading

# In small letters; without a letter or a digit nothing is said.
_WORDS = (
    "n/a na n.a. n.a #n/a #na #n/d #value! #ref! #div/0! #name? #null! #num! nan -nan null (null) <null> <na> [null] "
    r"none nil nul \n \\n missing unknown unk undefined undef empty blank tbd tba n/d nd n.d. n.v. k.a. k.a k/a s/d "
    "not_available unavailable unspecified void - -- --- ---- . .. ... * ** ? ?? ??? _ __ / – —"
)
_PHRASES = ("not available", "not applicable", "no data", "not known", "not specified", "keine angabe")
_ANSWERS = "missing unknown unk undefined undef none unspecified unavailable not_available tbd tba"
WORDS = frozenset({*_WORDS.split(), *_PHRASES})
# Answers among yes and no.
ANSWERS = frozenset(_ANSWERS.split())
# What a reading of a column costs in a statement, with a plain column as one; how many misfits are shown.
_COST, _SHOWN = 10, 20
_LISTED = ", ".join(map(quote_literal, sorted(WORDS)))


def _is_word(text: str) -> str:
    """SQL for whether the text stands for no value, whatever its case and the blanks around it."""
    return f"LOWER(TRIM({text})) IN ({_LISTED})"


def suspected_words(
    connection: duckdb.DuckDBPyConnection, names: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The words for no value that the sample has in the columns `names`, blanks around them left out."""
    found: dict[str, tuple[str, ...]] = {}
    rows = connection.execute(
        f"SELECT DISTINCT name, TRIM(value) AS word FROM {CELLS} "
        f"WHERE name IN (SELECT unnest(?)) AND {_is_word('value')} ORDER BY ALL",
        [list(names)],
    ).fetchall()
    for name, word in rows:
        found[name] = (*found.get(name, ()), word)
    return found


def misfits(
    connection: duckdb.DuckDBPyConnection, readings: Mapping[str, Reading]
) -> tuple[dict[str, list[str]], dict[str, dict[str, int]]]:
    """Of each column, up to 20 different values that its reading does not read, the most frequent first; and how
    often each word that stands for no value is there."""
    found: dict[str, list[str]] = {}
    words: dict[str, dict[str, int]] = {}
    for names in batches(connection, readings, lambda _: _COST):
        cells = ", ".join(_misfit(name, readings[name]) for name in names)
        rows = connection.execute(
            f"SELECT *, {_is_word('value')} AS is_word FROM (SELECT name, value, count(*) AS n "
            f"FROM (UNPIVOT (SELECT {cells} FROM {LANDED}) ON COLUMNS(*) INTO NAME name VALUE value) GROUP BY ALL) "
            f"QUALIFY is_word OR row_number() OVER (PARTITION BY name, is_word ORDER BY n DESC, value) <= {_SHOWN} "
            "ORDER BY name, n DESC, value"
        ).fetchall()
        for name, value, count, is_word in rows:
            if is_word:
                of_column, word = words.setdefault(name, {}), value.strip()
                of_column[word] = of_column.get(word, 0) + count
            else:
                found.setdefault(name, []).append(value)
    return found, words


def _misfit(name: str, reading: Reading) -> str:
    cell = quote_identifier(name)
    return f"CASE WHEN TRIM({cell}) <> '' AND {reading.value(cell)} IS NULL THEN {cell} END AS {cell}"


def told(missing: Mapping[str, int] | Iterable[tuple[str, int]]) -> str:
    """What a draft makes null, in words; empty where it is nothing.

    Example:
        >>> told({"NA": 12, "?": 1})
        "'NA' in 12 rows and '?' in 1 row stand for no value: null in a product"
    """
    words = list(dict(missing).items())
    if not words:
        return ""
    listed = " and ".join(f"{word!r} in {counted(n, 'row')}" for word, n in words)
    return f"{listed} {'stands' if len(words) == 1 else 'stand'} for no value: null in a product"
