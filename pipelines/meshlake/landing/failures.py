"""DuckDB's errors on landed datasets, in words their owner can act on; each format tells its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import system_failure
from meshlake.formats.failures import file_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from meshlake.errors import LandingError
    from meshlake.landing.zone import Dataset


@contextmanager
def explained(datasets: Iterable[Dataset]) -> Iterator[None]:
    """Raise MeshError in place of a DuckDB error that is about a file of `datasets` or the machine; pass others on."""
    try:
        yield
    except duckdb.Error as error:
        explanation = landing_error(error, datasets) or system_failure(error)
        if explanation is None:
            raise
        raise explanation from error


def landing_error(error: duckdb.Error, datasets: Iterable[Dataset]) -> LandingError | None:
    """What `error` says about a file of `datasets`; None when it is about something else."""
    told = (file_error(error, dataset.format, dataset.opened.files) for dataset in datasets)
    return next(filter(None, told), None)
