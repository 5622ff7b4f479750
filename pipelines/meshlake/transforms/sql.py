"""`transform.sql`: one SELECT in DuckDB's dialect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.products.inputs import select_inputs
from meshlake.products.transform import Rows, Transform, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.products.transform import RowsContext


@dataclass(frozen=True)
class SqlTransform(Transform):
    """The rows are what the SELECT gives."""

    sql: str
    tools: ClassVar[frozenset[str]] = frozenset({"sql"})

    @classmethod
    def read(cls, path: Path, contract: Contract) -> Self:  # noqa: ARG003
        """See `Transform.read`."""
        sql = read_text(path)
        return cls(path, select_inputs(sql, path), sql)

    @property
    def queries(self) -> Mapping[str, str]:
        """The SELECT itself."""
        return {"rows": self.sql}

    def make_rows(self, context: RowsContext) -> Rows:  # noqa: ARG002
        """See `Transform.make_rows`."""
        return Rows(self.sql.strip().rstrip(";"))
