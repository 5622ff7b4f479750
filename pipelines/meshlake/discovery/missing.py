"""Words that stand for no value: `NA`, `-`, `?`, `NULL`.

A word is one by these lists, and only where it can mean nothing more. Among numbers, days and yes or no all other text
of the column is read so, and among codes that all have a digit; among words it is one that nobody chooses: `?` and
`#N/A`, for `NA` is Namibia as well, and `none` an answer. Of many different numbers or days, up to three other words in
few of the rows are taken for none as well (`ABS` among results of a laboratory), and asked about. Which a column has is
seen in the sample, and how often is counted on all rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.counting import counted
from meshlake.discovery.batches import batches
from meshlake.discovery.landed_view import CELLS, LANDED, are_of
from meshlake.discovery.names import is_identifier, is_spoken
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile
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
# Those that nobody chooses among words.
_SIGNS = (
    "? ?? ??? - -- --- ---- n/a #n/a #na #n/d #value! #ref! #div/0! #name? #null! #num! (null) <null> <na> [null] "
    r"\n \\n"
)
# Among fewer words one may be a choice: x and -.
_FEWEST_WORDS = 3
# So few of a column's different words, in so few of its rows but not by a slip alone, stand for no value among so many
# different numbers or days.
_MOST_ODD, _ODD_SHARE, _FEWEST_ODD, _FEWEST_EVEN = 3, 0.1, 3, 30
# Its length is asked apart: to repeat so large a class so often takes an engine longer than to read the cells.
_ODD, _LONGEST_ODD = r"\pL[\pL .'-]+", 20
# What a column's other values are, of words and of codes: among these, which have digits all, `NA` is no word either.
_OF_WORDS = (
    r"bool_and(regexp_matches(value, '[\pL\pN]')) FILTER (NOT {is_sign}) "
    f"AND count(DISTINCT value) FILTER (NOT {{is_sign}}) >= {_FEWEST_WORDS}"
)
_OF_CODES = (
    r"bool_and(regexp_matches(value, '\d')) FILTER (NOT {is_sign}) "
    f"AND count(DISTINCT value) FILTER (NOT {{is_sign}}) >= {_FEWEST_EVEN}"
)
# Answers among yes and no.
ANSWERS = frozenset(_ANSWERS.split())
# What a reading of a column costs in a statement, with a plain column as one; how many misfits are shown.
_COST, _SHOWN = 10, 20


def is_word(text: str) -> bool:
    """Whether the text is a word that stands for no value.

    Example:
        >>> is_word("N/A"), is_word("9999")
        (True, False)
    """
    return text.strip().lower() in WORDS


def is_word_sql(text: str, words: Iterable[str] = WORDS) -> str:
    """SQL for whether the text is one of `words`, whatever its case and the blanks around it."""
    return f"LOWER(TRIM({text})) IN ({', '.join(map(quote_literal, sorted(words)))})"


def suspected_words(
    connection: duckdb.DuckDBPyConnection, names: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The words for no value that the sample has in the columns `names`, blanks around them left out."""
    names = list(names)
    listed = connection.execute(
        f"SELECT DISTINCT name, TRIM(value) AS word FROM {CELLS} WHERE {are_of(names)} AND {is_word_sql('value')} "
        "ORDER BY ALL"
    ).fetchall()
    found: dict[str, tuple[str, ...]] = {}
    for name, word in (*listed, *_odd_words(connection, names)):
        found[name] = (*found.get(name, ()), word)
    return found


def _odd_words(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> list[tuple[str, str]]:
    """The few words, of no list, beside many values that have digits; a code may be a word."""
    measured = [name for name in names if not is_identifier(name) and not is_spoken(name)]
    # What begins with a digit or a sign is none, and hardly a column of numbers has anything else.
    with_words = connection.execute(
        f"SELECT DISTINCT name FROM {CELLS} WHERE {are_of(measured)} AND TRIM(value) >= 'A'"
    ).fetchall()
    if not with_words:
        return []
    return connection.execute(
        "WITH counted AS (SELECT *, "
        f"LENGTH(word) <= {_LONGEST_ODD} AND REGEXP_FULL_MATCH(word, {quote_literal(_ODD)}) "
        f"AND NOT {is_word_sql('word')} AS is_odd "
        f"FROM (SELECT name, TRIM(value) AS word, count(*) AS n FROM {CELLS} "
        f"WHERE {are_of(name for (name,) in with_words)} GROUP BY ALL)) "
        "SELECT name, unnest(list(word ORDER BY word) FILTER (is_odd)) FROM counted GROUP BY name "
        f"HAVING count(DISTINCT LOWER(word)) FILTER (is_odd) BETWEEN 1 AND {_MOST_ODD} "
        f"AND sum(n) FILTER (is_odd) <= {_ODD_SHARE} * sum(n) AND min(n) FILTER (is_odd) >= {_FEWEST_ODD} "
        f"AND count(*) FILTER (NOT is_odd) >= {_FEWEST_EVEN} ORDER BY ALL"
    ).fetchall()


def doubt_of_words(missing: Iterable[str], read_as: str) -> str:
    """What is asked of the words of no list that are taken for no value, beside values `read_as` a type; else empty.

    Example:
        >>> doubt_of_words(["NA", "ABS", "disp"], "number")
        "do 'ABS' and 'disp' stand for no value? a draft makes them null, as nearly all else is read as number"
    """
    odd = [word for word in missing if not is_word(word)]
    if not odd:
        return ""
    verb, them = ("does", "it") if len(odd) == 1 else ("do", "them")
    listed = " and ".join(map(repr, odd))
    stand = f"{verb} {listed} stand for no value?"
    return f"{stand} a draft makes {them} null, as nearly all else is read as {read_as}"


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
            f"SELECT *, {is_word_sql('value')} AS is_word FROM (SELECT name, value, count(*) AS n "
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


def without_signs(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[ColumnProfile],
    kept: Collection[str],
    row_count: int,
) -> list[ColumnProfile]:
    """`columns`, those of words or codes without what stands for no value; those `kept` stay as they are."""
    texts = [
        c.name
        for c in columns
        if c.found_type == "string" and c.type is Scalar.VARCHAR and c.reading is None and c.name not in kept
    ]
    signs: dict[str, dict[str, int]] = {}
    for words, others in ((_SIGNS.split(), _OF_WORDS), (WORDS - ANSWERS, _OF_CODES)):
        is_sign = is_word_sql("value", words)
        suspected = connection.execute(
            f"SELECT name FROM {CELLS} WHERE name IN (SELECT name FROM {CELLS} WHERE {are_of(texts)} AND {is_sign}) "
            f"GROUP BY name HAVING {others.format(is_sign=is_sign)}"
        ).fetchall()
        for names in batches(connection, [name for (name,) in suspected], lambda _: 1):
            cells = ", ".join(map(quote_identifier, names))
            rows = connection.execute(
                f"SELECT name, TRIM(value) AS word, count(*) AS n FROM (UNPIVOT (SELECT {cells} FROM {LANDED}) "
                f"ON COLUMNS(*) INTO NAME name VALUE value) WHERE {is_sign} GROUP BY ALL ORDER BY n DESC, word"
            ).fetchall()
            for name, word, count in rows:
                signs.setdefault(name, {})[word] = count
    return [without_values(c, signs[c.name], row_count) if c.name in signs else c for c in columns]


def without_values(column: ColumnProfile, words: Mapping[str, int], row_count: int) -> ColumnProfile:
    """`column`, whose `words`, each in so many of `row_count` rows, stand for no value."""
    null_count = column.null_count + sum(words.values())
    return replace(
        column,
        null_count=null_count,
        null_share=null_count / row_count,
        distinct_count=max(column.distinct_count - len(words), 0),
        values=tuple(each for each in column.values if each[0].strip() not in words),
        is_required=False,
        missing=(*column.missing, *words.items()),
    )


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
