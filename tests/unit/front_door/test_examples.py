"""The examples of the front door, run as they stand."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = ["meshlake.mesh.mesh", "meshlake.mesh.answer", "meshlake.extras"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(shop, built_shop, name):
    module = import_module(name)
    given = {"mesh": shop, "folder": built_shop.root}
    ran = doctest.testmod(
        module, extraglobs=given, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert ran.attempted > 0
    assert ran.failed == 0
