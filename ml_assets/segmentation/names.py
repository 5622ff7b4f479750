"""Names people can tell segments apart by: what is usual in each, in the column's own amounts. No clustering here."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.explaining.units import TIME_UNITS, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

NOISE_NAME = "unlike any segment"
NO_SEGMENTS_NAME = "all alike: no segments were found"
_MOST_COLUMNS = 3
# Digits that are told of an amount: as few as tell the segments apart.
_DIGITS = range(2, 7)
_UNITS = {word: word for word in TIME_UNITS} | {
    word: word.upper() for word in ("usd", "eur", "gbp", "chf", "jpy", "mb", "gb", "tb")
}
_UNITS |= {"kb": "kB", "km": "km", "kg": "kg", "percent": "%", "pct": "%"}
_ONE = re.compile(r"(?<![\d.,-])1 ([a-z]+[^s\W\d])s\b")
_WINDOW = re.compile(r"_?(?:in_|over_)?(?:last|past|next)_\d+_[a-z]+$")


def name_segments(
    middles: pd.DataFrame,
    apart: Sequence[float],
    words: Mapping[str, str] | None = None,
    booleans: frozenset[str] = frozenset(),
    units: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """A distinct name per row of `middles`, in words and amounts.

    Args:
        middles: (segments, columns), medians in the columns' own units; of `booleans` the share that is true.
        apart: how far apart the segments are in each column, in any one unit; the three farthest make the names.
        words: of a column, what is said of a value, with `{}` in its place; else its name says it.
        booleans: the columns of yes and no.
        units: of a column in lower case, what its values are in, where its name does not say it.

    Example:
        >>> import pandas as pd
        >>> name_segments(pd.DataFrame({"recency_days": [230.0, 4.0], "orders": [3.0, 41.0]}), [1.0, 2.0])
        ['recency 230 days, 3 orders', 'recency 4 days, 41 orders']
    """

    def of(column: str) -> str:
        return _escaped(spoken(units.get(column.lower(), "")))

    phrases = {name: (words or {}).get(name) for name in middles.columns}
    if _is_rfm(list(middles.columns)):
        phrases = {name: phrase or _rfm_phrase(name, of(name)) for name, phrase in phrases.items()}
    said = {
        name: phrase or (f"{{}} {_spaced(name)}" if name in booleans else _phrase(name, of(name)))
        for name, phrase in phrases.items()
    }
    farthest = np.argsort(-np.asarray(apart, dtype=float), kind="stable")
    for most in (_MOST_COLUMNS, len(said)):
        chosen = [name for i, name in enumerate(middles.columns) if i in farthest[:most]]
        for digits in _DIGITS:
            names = [
                ", ".join(
                    _singular(said[name].format(_amount(row[name], digits, is_share=name in booleans)))
                    for name in chosen
                )
                for row in middles.to_dict(orient="records")
            ]
            if len(set(names)) == len(names):
                return names
    return [f"{name} ({position + 1})" for position, name in enumerate(names)]


def _is_rfm(columns: Sequence[str]) -> bool:
    starts = ("recency", "frequency", "monetary")
    return len(columns) == len(starts) and all(any(c.startswith(s) for c in columns) for s in starts)


def _rfm_phrase(column: str, unit: str) -> str:
    unit = unit or _UNITS.get(column.rpartition("_")[2], "")
    if column.startswith("recency"):
        return f"last bought {{}} {unit or 'days'} ago"
    return f"spent {{}} {unit}".rstrip() if column.startswith("monetary") else "bought {} times"


def _phrase(column: str, unit: str) -> str:
    """`recency_days`: recency {} days; `orders`: {} orders; `minutes_last_30_days`: {} minutes last 30 days; `revenue`,
    which is in the `unit` EUR: revenue {} EUR."""
    spaced = _spaced(column)
    window = _WINDOW.search(column)
    head = column[: window.start()] if window else column
    told, _, last = head.rpartition("_")
    named = _UNITS.get(last, "") if told else ""
    if unit and head.startswith(f"{unit}_"):
        return f"{{}} {spaced}"
    if unit and unit not in (named, last):
        return f"{{}} {unit} {spaced}" if window else f"{spaced} {{}} {unit}"
    if named and not window:
        return f"{_spaced(told)} {{}} {named}"
    is_counted = (named or last.endswith("s")) and not last.endswith("ss")
    return f"{{}} {spaced}" if is_counted else f"{spaced} {{}}"


def _singular(told: str) -> str:
    """1 day, where `told` says 1 days; once, where it says 1 times."""
    return _ONE.sub(lambda found: "once" if found[1] == "time" else f"1 {found[1]}", told)


def _spaced(column: str) -> str:
    return _escaped(column.replace("_", " "))


def _escaped(words: str) -> str:
    return words.replace("{", "{{").replace("}", "}}")


def _amount(value: float, digits: int, *, is_share: bool) -> str:
    if not np.isfinite(value):
        return "unknown"
    if is_share:
        return f"{100 * value:.{digits - 2}f} %"
    if value == 0:
        return "0"
    decimals = digits - 1 - int(np.floor(np.log10(abs(value))))
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
