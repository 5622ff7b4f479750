"""The examples of the front door, run as they stand."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

PACKAGE = "meshlake.mesh"
MODULES = [f"{PACKAGE}.{name}" for name in ("mesh", "new", "reading", "product", "answer")] + [
    "meshlake.extras",
    "meshlake.dagster",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(shop, built_shop, tmp_path, name):
    module = import_module(name)
    file, empty = tmp_path / "customers.csv", tmp_path / "empty"
    empty.mkdir()
    file.write_bytes((built_shop.landing / "shop/customers/a.csv").read_bytes())
    given = {"mesh": shop, "folder": built_shop.root, "customers_csv": file, "empty_folder": empty}
    ran = doctest.testmod(
        module, extraglobs=given, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert ran.attempted > 0
    assert ran.failed == 0
