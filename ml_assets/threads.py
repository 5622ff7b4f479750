"""How many threads the numerical libraries may use here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager[object]:
    """A context in which BLAS and OpenMP use one thread each.

    The order of their sums, and so the last digits of a fit, depends on how many threads share them. Measured
    as well: on cores that other processes also want, histogram gradient boosting is over ten times slower
    with two threads.
    """
    limits: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limits


def keep_to_one_thread() -> None:
    """As `one_thread`, for all that a thread does which began within that context: OpenMP counts for each of ours."""
    threadpool_limits(limits=1)
