"""What numbers are measured in, as people say it: `230 days`, `1 day`, `120 EUR`."""

from __future__ import annotations

TIME_UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years", "nights")
_SPOKEN = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


def spoken(unit: str) -> str:
    """The word for a unit that is written in letters, as contracts are drafted with; else as it is.

    Example:
        >>> spoken("d"), spoken("EUR")
        ('days', 'EUR')
    """
    return _SPOKEN.get(unit, unit)


def with_unit(number: str, unit: str) -> str:
    """A number with its unit, if it has one.

    Example:
        >>> with_unit("230", "d"), with_unit("1", "d"), with_unit("0.5", ""), with_unit("12", "%")
        ('230 days', '1 day', '0.5', '12 %')
    """
    word = spoken(unit)
    is_one = number == "1" and word in TIME_UNITS
    return f"{number} {word.removesuffix('s') if is_one else word}".rstrip()
