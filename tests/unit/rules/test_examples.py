"""The examples of what rules are made of, run as they stand."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["bounds", "facts", "query_shape", "values"])
def test_the_examples_run(name):
    ran = doctest.testmod(import_module(f"meshlake.rules.{name}"))
    assert ran.attempted > 0
    assert ran.failed == 0
