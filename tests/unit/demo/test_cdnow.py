"""The real retailer's purchases: all of them, as the file has them."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.demo import cdnow
from meshlake.errors import MissingPackageError

if TYPE_CHECKING:
    from pathlib import Path


def test_all_purchases_land_as_text_without_importing_the_package(tmp_path: Path) -> None:
    path = cdnow.write_cdnow(tmp_path)
    assert path == tmp_path / "retail" / "transactions" / "transactions_0001.csv"
    facts = duckdb.sql(f"""
        SELECT
            COUNT(*),
            COUNT(DISTINCT customer_id),
            MIN("date"),
            MAX("date"),
            SUM(CAST(number_of_cds AS BIGINT)),
            CAST(SUM(CAST(dollar_value AS DECIMAL(10, 2))) AS VARCHAR)
        FROM read_csv('{path}', all_varchar = true)""").fetchone()
    assert facts == (69_659, 23_570, "19970101", "19980630", 167_881, "2500315.63")
    assert "lifetimes" not in sys.modules


def test_a_missing_package_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdnow, "_DISTRIBUTION", "no-such-package-installed")
    with pytest.raises(MissingPackageError) as error:
        cdnow.write_cdnow(tmp_path)
    assert "needs the package no-such-package-installed" in error.value.message
    assert error.value.hint == "Install it: pip install 'meshlake[demo]'"
    assert isinstance(error.value.__cause__, PackageNotFoundError)
