"""A pin: that somebody chose which version of a model scores, whatever a comparison says.

It is a property of the Iceberg table, as a hold is. A promotion is a pin of the rows that were published when it was
said: it ends once others are, and the next challenger may take the version's place.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PIN_PROPERTY = "mesh.model_pin"


@dataclass(frozen=True)
class Pin:
    """Which version scores, since when (in UTC), and why.

    Args:
        version: the version of the model.
        since: when that was said.
        why: in the words of who said it; may be empty.
        rows_id: the snapshot whose rows have to be published for it to hold; always, where there is none.
    """

    version: str
    since: str
    why: str = ""
    rows_id: int | None = None

    @classmethod
    def of(cls, properties: Mapping[str, str], rows_id: int) -> Pin | None:
        """The pin of a table of these properties while the rows of `rows_id` are published; `None` without one."""
        text = properties.get(PIN_PROPERTY)
        if text is None:
            return None
        found = cls(**json.loads(text))
        return found if found.rows_id in (None, rows_id) else None

    @property
    def in_words(self) -> str:
        """What was said, as `pinned on 2026-11-27 10:00:00: the board knows its figures`."""
        said = "pinned" if self.rows_id is None else "promoted"
        return f"{said} on {self.since}{': ' if self.why else ''}{self.why}"

    def packed(self) -> str:
        """As a property of a table."""
        return json.dumps(asdict(self))
