"""What batches of rows were like, kept beside what failed builds leave, to compare those that come with."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from meshlake.audit.batches import Batch, ColumnCounts
from meshlake.errors import MeshError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.products.product import Product
    from meshlake.rules.result import CheckResult
    from meshlake.settings import Settings

# Eight weeks of days.
MOST_BATCHES = 56


@dataclass(frozen=True)
class KeptBatches:
    """What is kept: what the last batches were like under the contract `code`, and all `files` that they were of."""

    code: str
    files: frozenset[str] = frozenset()
    edges: dict[str, tuple[float, ...]] = field(default_factory=dict)
    batches: tuple[Batch, ...] = ()

    @classmethod
    def parsed(cls, content: bytes | None, code: str) -> KeptBatches:
        """What `packed` gave; nothing is known where that is gone, or was of another `code`."""
        try:
            facts = json.loads(content or b"{}")
            files = frozenset(facts.get("files", ()))
            if facts.get("code") != code:
                return cls(code, files)
            edges = {name: tuple(ends) for name, ends in facts["edges"].items()}
            return cls(code, files, edges, tuple(_batch(each, edges) for each in facts["batches"]))
        except (ValueError, TypeError, KeyError, AttributeError):  # damaged, or of another making
            return cls(code)

    def packed(self) -> bytes:
        """As a file."""
        facts = asdict(self) | {"files": sorted(self.files)}
        for counts in chain.from_iterable(batch["columns"].values() for batch in facts["batches"]):
            del counts["edges"]
        return json.dumps(facts, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Compared:
    """The `result` of comparing what came, None of what is the first, and what to keep of it once it is published."""

    result: CheckResult | None
    place: str
    kept: KeptBatches | None

    def keep(self, settings: Settings) -> None:
        """Remember it as taken in; who may not write there compares it with what was before once more."""
        if self.kept is not None:
            with suppress(OSError, MeshError):
                settings.store_of(self.place).write(self.place, self.kept.packed())


def columns_code(product: Product) -> str:
    """Changes when columns are read otherwise than before: what was counted says nothing of them then."""
    columns = [
        (c.name, str(c.type), c.sources, c.expression, str(c.format), c.classification)
        for c in product.contract.columns
    ]
    return short_hash(json.dumps([columns, product.contract.row_filter], default=str))


def short_hash(text: str) -> str:
    """Of 16 characters."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _batch(facts: dict[str, Any], edges: Mapping[str, tuple[float, ...]]) -> Batch:
    columns = {
        name: ColumnCounts(
            **counts | {"bins": tuple(counts["bins"]), "edges": edges[name] if counts["bins"] else ()}
        )
        for name, counts in facts["columns"].items()
    }
    return Batch(facts["row_count"], facts["unknown"], columns, facts["at"])
