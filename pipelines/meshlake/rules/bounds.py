"""What a measured number must satisfy, and how a quality item of ODCS says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.rules.facts import FactError

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

_SIDES = {
    "mustBeGreaterOrEqualTo": "at_least",
    "mustBeLessOrEqualTo": "at_most",
    "mustBeGreaterThan": "above",
    "mustBeLessThan": "below",
    "mustNotBe": "must_not_be",
}
_KEYS = ("mustBe", *_SIDES, "mustBeBetween", "mustNotBeBetween")


@dataclass(frozen=True)
class Bounds:
    """What a measured number must satisfy; a `None` side is open. `unit` is `rows` or `percent`.

    >>> str(Bounds(at_least=1, below=5))
    'at least 1, below 5'
    """

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    must_not_be: float | None = None
    must_not_be_between: tuple[float, float] | None = None
    unit: str = "rows"

    def __str__(self) -> str:
        """In words: `at least 1, at most 5 percent`."""
        words = {
            "at least": self.at_least,
            "at most": self.at_most,
            "above": self.above,
            "below": self.below,
            "other than": self.must_not_be,
        }
        parts = [f"{word} {value}" for word, value in words.items() if value is not None]
        if self.at_least is not None and self.at_least == self.at_most:
            parts[:2] = [f"{self.at_least}"]
        if self.must_not_be_between is not None:
            parts.append("not between {} and {}".format(*self.must_not_be_between))
        return ", ".join(parts) + (" percent" if self.unit == "percent" else "")

    @property
    def has_upper(self) -> bool:
        """Whether a value can be too large, so that what it counts are failures."""
        return self.at_most is not None or self.below is not None

    @property
    def lets_none_fail(self) -> bool:
        """Whether a number of failing rows may only be 0."""
        return self in (NONE_FAIL, Bounds(at_least=0, at_most=0))

    def is_met_by(self, value: float) -> bool:
        """Whether `value` lies within every bound given."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
            and (self.must_not_be is None or value != self.must_not_be)
            and (
                self.must_not_be_between is None
                or not self.must_not_be_between[0] <= value <= self.must_not_be_between[1]
            )
        )


NONE_FAIL = Bounds(at_most=0)


def gives_a_bound(item: DataQuality) -> bool:
    """Whether a quality item gives any."""
    return any(getattr(item, key) is not None for key in _KEYS)


def read_bounds(item: DataQuality, unit: str = "rows") -> Bounds:
    """The one bound that a quality item gives, of a number in `unit`.

    Raises:
        FactError: it gives none, more than one, or one that is no number.
    """
    given = [key for key in _KEYS if getattr(item, key) is not None]
    if len(given) != 1:
        found = "no bound" if not given else f"more than one bound: {', '.join(given)}"
        hint = f"Give one of {', '.join(_KEYS)}."
        raise FactError(given[-1] if given else "metric", f"quality item has {found}", hint)
    key = given[0]
    value = getattr(item, key)
    if key == "mustNotBeBetween":
        return Bounds(unit=unit, must_not_be_between=(min(value), max(value)))
    if key == "mustBeBetween":
        return Bounds(unit=unit, at_least=min(value), at_most=max(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FactError(key, f"{key} {value!r} is not a number")
    if key == "mustBe":
        return Bounds(unit=unit, at_least=value, at_most=value)
    side: dict[str, Any] = {_SIDES[key]: value}
    return Bounds(unit=unit, **side)
