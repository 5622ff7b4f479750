"""How newly landed rows differ from those that landed before: what no chance, and no earlier file, accounts for.

Each batch is a file, or some files together. Distributions are compared by the population stability index (Siddiqi,
Credit Risk Scorecards, 2006), which is told above .25, above what chance gives samples of such size (Yurdakul and
Naranjo, Statistical properties of the population stability index, Journal of Risk Model Validation 14, 2020), and above
twice what earlier batches differ by from one another: weekdays may. All chances are shared among the columns.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from math import inf, log, prod, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from meshlake.audit.batches import MOST_VALUES, Batch, ColumnCounts, merged, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Of fewer rows nothing is told but columns that came and went.
FEWEST_ROWS = 20
_CHANCE = 0.001
_LEAST_INDEX, _UNUSUAL, _FEW_BATCHES = 0.25, 2.0, 3
_LEAST_SHARE = 0.05
# In deviations: the highest of eight weeks of shares is hardly further off by chance.
_NOISE = 2.5
_SPANS = 5
# More often than so, new values come with new files, as names of months do.
_OFTEN_NEW = 0.1
_SHOWN = 3


@dataclass(frozen=True)
class Shift:
    """One difference, in words.

    `kind` is column (new or gone), type, bad, missing, values or distribution; rows that show it have a value beyond
    `limits`, or one of `values`.
    """

    column: str
    kind: str
    message: str
    limits: tuple[float, float] | None = None
    values: tuple[str, ...] = field(default=())


def shifts(new: Batch, earlier: Sequence[Batch]) -> list[Shift]:
    """How `new` differs from the `earlier` batches, of which there is one at least.

    Example:
        >>> plans = [ColumnCounts("text", 100, values={"basic": n, "plus": 100 - n}) for n in (70, 66, 71)]
        >>> days = [Batch(100, {}, {"plan": each}) for each in plans]
        >>> last = Batch(100, {}, {"plan": ColumnCounts("text", 100, values={"basic": 60, "family": 40})})
        >>> shifts(days[2], days[:2]), shifts(last, days)[0].message
        ([], "plan: new value 'family' in 40 of 100 rows")
    """
    before = merged(earlier)
    found = [
        Shift(name, "column", f"{name} is new ({kind}), and not in the contract")
        for name, kind in new.unknown.items()
        if name not in before.unknown
    ]
    chance = _CHANCE / max(4 * len(before.columns), 1)
    for name, then in before.columns.items():
        if (now := new.columns.get(name)) is None:
            if then.present * new.row_count >= FEWEST_ROWS * before.row_count:
                found.append(Shift(name, "column", f"{name} is missing"))
            continue
        batches = [batch.columns[name] for batch in earlier if name in batch.columns]
        rows = [batch.row_count for batch in earlier if name in batch.columns]
        found += _Column(name, now, new.row_count, batches, rows, chance).shifts()
    return found


@dataclass(frozen=True)
class _Column:
    name: str
    now: ColumnCounts
    row_count: int
    batches: Sequence[ColumnCounts]
    rows: Sequence[int]
    chance: float

    def shifts(self) -> Iterator[Shift]:
        kinds = {each.kind for each in self.batches if each.kind and each.present}
        if self.now.present and self.now.kind and kinds and self.now.kind not in kinds:
            before = ", ".join(sorted(kinds))
            yield Shift(self.name, "type", f"{self.name} is written as {self.now.kind}, before as {before}")
        if self.row_count < FEWEST_ROWS or sum(self.rows) < FEWEST_ROWS:
            return
        yield from self._more("bad", "a value that does not fit", self.now.bad)
        yield from self._more("missing", "no value", self.row_count - self.now.present - self.now.bad)
        if self.now.present >= FEWEST_ROWS and not self._is_label:
            # The first says why the next would be so.
            told = next(chain(self._new_values(), self._far(), self._distribution()), None)
            yield from () if told is None else (told,)

    @cached_property
    def _then(self) -> ColumnCounts:
        return together(self.batches)

    @property
    def _is_label(self) -> bool:
        """Whether it has one value in each batch, which says of when or where it is; of few batches none can tell."""
        if any(each.distinct > 1 for each in self.batches):
            return False
        values = {(each.low, *(each.values or ())) for each in self.batches}
        return len(values) > 1 or len(self.batches) < _FEW_BATCHES

    @property
    def _goes_on(self) -> bool:
        """Whether it counts on where the rows before ended, as numbers of orders and days do."""
        then, now = self._then, self.now
        if then.low is None or then.high is None or now.low is None:
            return False
        return then.high <= now.low <= then.high + max(then.high - then.low, 1)

    def _more(self, what: str, words: str, count: int) -> Iterator[Shift]:
        """More rows of a kind than in any batch before, by what is worth telling and no chance."""
        counts = [
            each.bad if what == "bad" else rows - each.present - each.bad
            for each, rows in zip(self.batches, self.rows, strict=True)
        ]
        then, share, total = sum(counts), count / self.row_count, sum(self.rows)
        pooled = (count + then + 1) / (self.row_count + total + 2)
        error = sqrt(pooled * (1 - pooled) * (1 / self.row_count + 1 / total))
        usual = then / total
        # Of how far the furthest is off, what it may be by chance counts for nothing: few rows differ by that anyhow.
        noise = _NOISE * sqrt(usual * (1 - usual))
        shares = [(c / max(r, 1), noise / sqrt(max(r, 1))) for c, r in zip(counts, self.rows, strict=True)]
        most = max(earlier for earlier, _ in shares)
        unrest = max(earlier - usual - by_chance for earlier, by_chance in shares)
        if share - max(most, usual) < _LEAST_SHARE or share - usual <= _UNUSUAL * unrest:
            return
        if share - usual > NormalDist().inv_cdf(1 - self.chance) * error:
            message = f"{self.name}: {share:.1%} of the rows have {words}, before {_percent(most)} at most"
            yield Shift(self.name, what, message)

    def _new_values(self) -> Iterator[Shift]:
        """By an exact test: that all rows of a value are among the new ones, were rows in no order."""
        then, now = self._then.values, self.now.values
        if not then or len(then) > MOST_VALUES or self._brings_new_values:
            return
        if now is None:
            message = f"{self.name} has about {self.now.distinct:,} values, before {len(then)}"
            yield Shift(self.name, "values", message)
            return
        all_rows = self._then.present + self.now.present
        new = [
            (value, count)
            for value, count in Counter(now).most_common()
            if value not in then and _all_in(count, self.now.present, all_rows) < self.chance
        ]
        if new:
            told = ", ".join(f"'{value}'" for value, _ in new[:_SHOWN])
            more = f" and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
            count = sum(count for _, count in new)
            message = (
                f"{self.name}: new value{'s' if len(new) > 1 else ''} {told}{more} in {count:,} of "
                f"{self.now.present:,} rows"
            )
            yield Shift(self.name, "values", message, values=tuple(value for value, _ in new))

    @cached_property
    def _brings_new_values(self) -> bool:
        """Whether batches before often had values that none before them had."""
        known = set(self.batches[0].values or ())
        came = 0
        for each in self.batches[1:]:
            came += bool(set(each.values or ()) - known)
            known |= set(each.values or ())
        return came > _OFTEN_NEW * (len(self.batches) - 1)

    def _far(self) -> Iterator[Shift]:
        low, high = self._then.low, self._then.high
        now = self.now
        if low is None or high is None or now.low is None or now.high is None or self._goes_on:
            return
        slack = _SPANS * (high - low)
        if slack and (now.high > high + slack or now.low < low - slack):
            before = f"{_number(low)} to {_number(high)}"
            message = f"{self.name} is from {_number(now.low)} to {_number(now.high)}, before {before}"
            yield Shift(self.name, "values", message, limits=(low - slack, high + slack))

    def _distribution(self) -> Iterator[Shift]:
        now, then = _counts(self.now, self._then)
        if len(now) < 2 or not sum(now) or not sum(then) or self._goes_on:
            return
        if _is_by_value(self._then) and self._brings_new_values:
            return
        index = _index(now, then)
        degrees = len(now) - 1
        least = _chi_squared(1 - self.chance, degrees) * (1 / sum(now) + 1 / sum(then))
        if index <= max(_LEAST_INDEX, least, _UNUSUAL * self._usual_index()):
            return
        shares = [(n / sum(now), t / sum(then)) for n, t in zip(now, then, strict=True)]
        place = max(range(len(now)), key=lambda i: abs(shares[i][0] - shares[i][1]))
        told, limits, values = self._place(place)
        message = (
            f"{self.name} is distributed otherwise: {_percent(shares[place][0])} of the values are {told}, before "
            f"{_percent(shares[place][1])} (population stability index {index:.2f})"
        )
        yield Shift(self.name, "distribution", message, limits, values)

    def _usual_index(self) -> float:
        """The most by which a batch before differs from all others before."""
        if len(self.batches) < _FEW_BATCHES:
            return 0.0
        parts = [_counts(each, self._then)[0] for each in self.batches]
        parts = [part for part in parts if part and sum(part) >= FEWEST_ROWS]
        whole = [sum(rows) for rows in zip(*parts, strict=True)]
        others = [[all_rows - rows for all_rows, rows in zip(whole, part, strict=True)] for part in parts]
        found = [_index(part, rest) for part, rest in zip(parts, others, strict=True)]
        return max(found, default=0.0)

    def _place(self, place: int) -> tuple[str, tuple[float, float] | None, tuple[str, ...]]:
        """A bin in words, and what shows it."""
        if _is_by_value(self._then):
            value = sorted(set(self.now.values or ()) | set(self._then.values or ()))[place]
            return f"'{value}'", None, (value,)
        edges, unit = self._then.edges, " characters" if self._then.low is None else ""
        if place == len(edges):
            return f"above {_number(edges[-1])}{unit}", (-inf, edges[-1]), ()
        if place == 0:
            return f"below {_number(edges[0])}{unit}", (edges[0], inf), ()
        return f"from {_number(edges[place - 1])} to {_number(edges[place])}{unit}", None, ()


def _is_by_value(then: ColumnCounts) -> bool:
    return then.values is not None and 0 < len(then.values) <= MOST_VALUES


def _counts(now: ColumnCounts, then: ColumnCounts) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The rows of both by value where there are few, else by range; nothing where they are not counted alike."""
    if _is_by_value(then):
        if now.values is None:
            return (), ()
        values = sorted(set(now.values) | set(then.values or ()))
        known = then.values or {}
        return tuple(now.values.get(v, 0) for v in values), tuple(known.get(v, 0) for v in values)
    return (now.bins, then.bins) if now.edges == then.edges else ((), ())


def _index(one: Sequence[int], other: Sequence[int]) -> float:
    """The population stability index, half a row added to each range so that none is empty.

    >>> round(_index([50, 50], [50, 50]), 2), round(_index([80, 20], [50, 50]), 2)
    (0.0, 0.41)
    """
    totals = sum(one) + len(one) / 2, sum(other) + len(other) / 2
    shares = [((a + 0.5) / totals[0], (b + 0.5) / totals[1]) for a, b in zip(one, other, strict=True)]
    return sum((a - b) * log(a / b) for a, b in shares)


def _chi_squared(probability: float, degrees: int) -> float:
    """Its quantile, as Wilson and Hilferty (1931) approximate it.

    >>> round(_chi_squared(0.95, 9), 1)
    16.9
    """
    part = 2 / (9 * degrees)
    return float(degrees * (1 - part + NormalDist().inv_cdf(probability) * sqrt(part)) ** 3)


def _all_in(count: int, part: int, rows: int) -> float:
    """The chance that `count` of `rows` in no order all are among `part` of them; beyond a hundred that is none."""
    return prod((part - n) / (rows - n) for n in range(min(count, 100)))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
