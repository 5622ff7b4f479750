"""How long a discovery may take that is a part of something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Bound:
    """`has_time` says whether more may be begun; the sources named `needed` are read all the same."""

    has_time: Callable[[], bool] = _always
    needed: frozenset[str] = frozenset()

    def allows(self, *names: str) -> bool:
        """Whether reading `names`, all of them, may begin.

        Example:
            >>> Bound(lambda: False, frozenset({"shop.orders"})).allows("shop.orders")
            True
        """
        return self.has_time() or self.needed.issuperset(names)


UNBOUND = Bound()
