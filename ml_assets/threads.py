"""How many threads the numerical libraries may use here."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager[object]:
    """A context in which BLAS and OpenMP use one thread each.

    The order of their sums, and so the last digits of a fit, depends on how many threads share them. Measured
    as well: on cores that other processes also want, histogram gradient boosting is over ten times slower
    with two threads.
    """
    limits: AbstractContextManager[object] = _libraries(len(sys.modules)).limit(limits=1)
    return limits


def keep_to_one_thread() -> None:
    """As `one_thread`, for all that a thread does which began within that context: OpenMP counts for each of ours."""
    _libraries(len(sys.modules)).limit(limits=1)


@lru_cache(maxsize=1)
def _libraries(_modules: int) -> ThreadpoolController:
    """BLAS and OpenMP as they are loaded since the last import: to look for them takes 3 ms, a tenth of a training of
    few rows, which asks 25 times.
    """
    return ThreadpoolController()
