"""The examples of what errors and their places are made of, run as they stand."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["errors", "faults", "sql_place"])
def test_the_examples_run(name):
    module = import_module(f"meshlake.{name}")
    ran = doctest.testmod(module)
    assert ran.attempted > 0
    assert ran.failed == 0
