"""What `mesh lint` finds: one fault of one file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshlake.errors import Fault
    from meshlake.names import ProductName


class Gravity(StrEnum):
    """Whether it keeps the mesh from being built, or only from what somebody may have meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One fault.

    Args:
        file: the file, or the product's folder.
        line: from 1; None where the whole file is meant.
        column: from 1; None where the whole line is meant.
        gravity: an error keeps the product from being built as written, a warning does not.
        message: what is wrong.
        hint: what to do, if there is more to say.
        product: whose file it is; None for those of the mesh.
    """

    file: Path
    line: int | None
    column: int | None
    gravity: Gravity
    message: str
    hint: str | None
    product: str | None

    @classmethod
    def of(cls, fault: Fault, product: ProductName | None, gravity: Gravity = Gravity.ERROR) -> Finding:
        """The finding of a fault that was met while reading."""
        name = None if product is None else str(product)
        return cls(Path(fault.file), fault.line, fault.column, gravity, fault.message, fault.hint, name)

    @property
    def is_error(self) -> bool:
        """Whether it is an error."""
        return self.gravity is Gravity.ERROR

    @property
    def place(self) -> str:
        """File, line and column as compilers write them, and editors open them; from the working folder if below it."""
        return ":".join(
            str(part) for part in (self.path_from_here, self.line, self.column) if part is not None
        )

    @property
    def path_from_here(self) -> Path:
        """The file, from the working folder if it lies below that."""
        here = Path.cwd()
        return self.file.relative_to(here) if self.file.is_relative_to(here) else self.file

    def as_dict(self) -> dict[str, object]:
        """As JSON-able facts."""
        return asdict(self) | {"file": str(self.file), "gravity": str(self.gravity)}
