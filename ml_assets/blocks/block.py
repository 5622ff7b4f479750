"""Columns that are chosen together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshlake.ml_assets.blocks.target import Codes


@dataclass(frozen=True)
class Block:
    """The `columns` of one table; `entity` is whom its rows are about, from 0 on, for each row of `HeldOut`, (n,).

    `is_doubtful` says that no date tells for sure what of it was known when, `is_like_labels` that its days are those
    of labels, and nothing says that its values are none; `is_plain` that it is tried by plain models.
    """

    name: str
    columns: tuple[str, ...]
    entity: Codes
    is_doubtful: bool = False
    is_like_labels: bool = False
    is_plain: bool = False
