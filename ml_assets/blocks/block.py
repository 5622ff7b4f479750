"""Columns that are chosen together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshlake.ml_assets.blocks.target import Codes


@dataclass(frozen=True)
class Block:
    """The `columns` of one table; `entity` is whom its rows are about, from 0 on, for each row of `HeldOut`, (n,).

    `is_undated` says that no date tells what of it was known when, `is_plain` that it is tried by plain models.
    """

    name: str
    columns: tuple[str, ...]
    entity: Codes
    is_undated: bool = False
    is_plain: bool = False
