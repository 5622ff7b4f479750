"""Errors gathered while something that people write is read, so that all that is wrong in it is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import ContractError, Fault

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


_TOLD = 50


class Gathering:
    """The errors of one product's folder, or of one file, in the order in which they are found.

    Args:
        place: the folder or file, for the errors that name none.

    Example:
        >>> found = Gathering("x.yaml")
        >>> for line, text in enumerate(["a: 1", "b 2", "c 3"], start=1):
        ...     with found.part():
        ...         if ":" not in text:
        ...             raise ContractError.of(Fault("x.yaml", "no colon", "Add one.", line))
        >>> found.settle("`mesh lint`")
        Traceback (most recent call last):
        ...
        meshlake.errors.ContractError: x.yaml:2: no colon
        x.yaml:3: no colon
        Add one. `mesh lint` tells all 2, and what to do.
    """

    def __init__(self, place: Path | str) -> None:
        self._place = place
        self._errors: list[ContractError] = []
        self.notes: list[Fault] = []
        # Whether it is of another house, whose words may be right there: then what cannot be held to is noted.
        self.is_lenient = False

    def part(self) -> _Part:
        """A part that can be read by itself: what is wrong in it is kept, and the next part is read."""
        return _Part(self)

    def add(self, error: ContractError) -> None:
        """Keep one error."""
        self._errors.append(error)

    def note(self, error: ContractError) -> None:
        """Keep what is said but not held to: it keeps nothing from being read, and `mesh lint` tells it."""
        self.notes += self._faults_of(error)

    def weigh(self, error: ContractError) -> None:
        """Keep one error, or note it where another house's words may be right."""
        (self.note if self.is_lenient else self.add)(error)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that is to be mended, in the order in which it was found."""
        return tuple(fault for error in self._errors for fault in self._faults_of(error))

    def refuse(self) -> None:
        """Raise one error that tells all faults, each once, in the order of the lines.

        Raises:
            ContractError: anything was gathered.
        """
        if self.faults:
            raise ContractError.of(*sorted(dict.fromkeys(self.faults), key=lambda fault: fault.line or 0))

    def settle(self, elsewhere: str) -> None:
        """Raise one error that tells all faults, a line each, up to a number; its hint says where all are told.

        Raises:
            ContractError: anything was gathered.
        """
        if not self._errors:
            return
        faults, first = self.faults, self._errors[0]
        if len(faults) == len(self._faults_of(first)):
            raise first
        lines = [str(fault) for fault in faults[:_TOLD]]
        if len(faults) > _TOLD:
            lines.append(f"and {len(faults) - _TOLD} more")
        told = f"{elsewhere} tells all {len(faults)}, and what to do."
        error = ContractError("\n".join(lines), " ".join(filter(None, [first.hint, told])))
        error.faults = faults
        raise error from first

    def _faults_of(self, error: ContractError) -> tuple[Fault, ...]:
        return error.faults or (Fault(self._place, error.message, error.hint),)


class _Part:
    """The block of one part."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, ContractError):
            self._gathering.add(error)
            return True
        return False
