"""Columns held against those that a contract promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.suggest import did_you_mean
from meshlake.types.keeping import is_silent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from meshlake.contract.model import Contract
    from meshlake.types.tree import Type


def misfits(given: Mapping[str, Type], contract: Contract) -> Iterator[tuple[str, str]]:
    """What keeps columns from being those of `contract`, and what to do: missing ones, others, and types.

    A type fits when its values are kept by a cast to the promised one.
    """
    wanted = {column.name for column in contract.columns}
    missing, extra = sorted(wanted - given.keys()), sorted(given.keys() - wanted)
    if missing:
        hint = did_you_mean(missing[0], given, "Add it to the transform, or take it out of the contract.")
        yield f"gives no column {', '.join(missing)}, which the contract promises", hint
    if extra:
        hint = "Describe it in the contract, or leave it out."
        yield f"gives {', '.join(extra)}, which the contract does not know", hint
    for column in contract.columns:
        if column.name in given and not is_silent(given[column.name], column.type):
            message = f"{column.name} is {given[column.name]}, the contract says {column.type}"
            yield message, f"Write CAST(... AS {column.type}) in the transform, or change the contract."
