"""Whether a row names columns: by what it holds itself, and by what stands below it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from meshlake.formats.csv_kinds import MISSING, TEXT, by_shape, is_name, kind_of, kind_of_column
from meshlake.formats.csv_words import YEAR, are_column_words, has_column_words, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.formats.csv_lines import Record

LOOKED_AT = 200
# What a column is called that may count its rows, and one that holds no text.
_COUNTS = """
    id ids key index idx no nr num number nummer code uuid rank place pos position row line zeile seq sequence step
    level order year month week day hour jahr monat woche tag lfd
"""
_NUMBERS = (
    "age amount price qty quantity total sum count date time year preis menge betrag summe datum prix precio"
)
_WORDS_OF_COUNTS, _WORDS_OF_NUMBERS = frozenset(_COUNTS.split()), frozenset(_NUMBERS.split())
_PAIR = re.compile(r"\s*([^\W\d][\w.-]*)=")
# `x1`, `sensor_12`.
_COUNTED = re.compile(r"([^\W\d][^\d]*)(\d{1,6})")


def has_names(rows: Sequence[Record], width: int) -> bool:
    """Whether the first of `rows` names columns; also where nothing tells, as most files have names."""
    names, data = evidence(rows, width)
    filled = sum(bool(cell.value.strip()) for cell in rows[0].cells or ())
    if _are_pairs(rows[:2]):
        return False
    if len(rows) == 1 or not filled:
        return 2 * data <= filled and filled > 0
    is_named = names > data or (names > 0 and has_column_words(rows[0])) or _are_counted(rows)
    return is_named or (not data and (are_column_words(rows[0]) or not _is_repeated(rows, width)))


def are_names(rows: Sequence[Record], width: int) -> bool:
    """Whether something tells that the first of `rows` names columns."""
    names, data = evidence(rows, width)
    return names > data or are_column_words(rows[0]) or _are_counted(rows)


def has_row_names(header: Sequence[Record], rows: Sequence[Record], width: int) -> bool:
    """Whether the names are one fewer than the values, the first of which names its row, as R and pandas have it.

    Its first column counts the rows then, or is text, another in each row, beside numbers alone; and the first name is
    not one for that. Else the last column is the one whose name is lacking.
    """
    if len(header) != 1 or len(header[0].cells or ()) != width - 1 or len(rows) < 2:
        return False
    first, *others = columns_of(rows, width)
    names = [words_of(cell.value)[-1:] for cell in header[0].cells or ()]
    is_each_once = len(first) == len(set(first)) == len(rows)
    if not is_each_once or not others[-1] or not names[0]:
        return False
    have_text = [any(map(is_name, column)) for column in others]
    if any(has_text and _WORDS_OF_NUMBERS & {*name} for name, has_text in zip(names, have_text, strict=True)):
        return False
    if first == [str(n) for n in range(1, len(rows) + 1)]:
        return not _WORDS_OF_COUNTS & {*names[0]}
    return kind_of_column(first) is TEXT and not any(have_text) and not has_column_words(header[0])


def evidence(rows: Sequence[Record], width: int) -> tuple[int, int]:
    """In how many columns the first of `rows` is text above values, and in how many a value among others."""
    first = [cell.value.strip() for cell in rows[0].cells or ()]
    columns = columns_of(rows[1 : 1 + LOOKED_AT], width)
    names = data = 0
    for value, column in zip(first, columns, strict=False):
        kind, below = kind_of(value), kind_of_column(column)
        if not value or value.lower() in MISSING:
            continue
        if len(rows) == 1:
            data += kind is not TEXT and not YEAR.fullmatch(value)
        elif kind is TEXT:
            is_alike, is_other = by_shape(value, column) if below is TEXT else (False, below is not None)
            names, data = names + is_other, data + is_alike
        elif below == kind and not (YEAR.fullmatch(value) and not all(map(YEAR.fullmatch, column))):
            data += 1
    return names, data


def columns_of(rows: Sequence[Record], width: int) -> list[list[str]]:
    """The values of each of `width` columns, without empty cells and rows that lack any."""
    cells = [row.cells for row in rows if row.cells and len(row.cells) >= width]
    return [[value for row in cells if (value := row[i].value.strip())] for i in range(width)]


def _are_pairs(rows: Sequence[Record]) -> bool:
    """Whether each cell says its own name, `id=1;city=Rome`, the same in both rows."""
    pairs = [[_PAIR.match(cell.value) for cell in row.cells or ()] for row in rows]
    keys = [[pair and pair[1] for pair in row] for row in pairs]
    return len(keys) > 1 and keys[0] == keys[1] and all(keys[0])


def _are_counted(rows: Sequence[Record]) -> bool:
    """Whether the first of `rows` counts its cells, `x1,x2,x3`, and the next does not go on so."""
    word = _counted_word(rows[0])
    return bool(word) and (len(rows) == 1 or _counted_word(rows[1]) != word)


def _counted_word(row: Record) -> str:
    """The word that half of the cells, and at least three, are with numbers that count on; else none."""
    found = [_COUNTED.fullmatch(cell.value.strip()) for cell in row.cells or ()]
    pairs = [(each[1], int(each[2])) if each else None for each in found]
    following = Counter(
        one[0] for one, two in pairwise(pairs) if one is not None and two == (one[0], one[1] + 1)
    )
    word, count = max(following.items(), key=lambda each: each[1], default=("", 0))
    return word if count >= max(2, len(pairs) // 2) else ""


def _is_repeated(rows: Sequence[Record], width: int) -> bool:
    """Whether a value of the first row stands in its column again, and not since the whole row does."""
    first = [cell.value.strip() for cell in rows[0].cells or ()]
    others = [row for row in rows[1 : 1 + LOOKED_AT] if row.text != rows[0].text]
    columns = columns_of(others, width)
    return any(value and value in column for value, column in zip(first, columns, strict=False))
