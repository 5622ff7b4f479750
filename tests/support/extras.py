"""Tests of candidates whose packages are no part of every installation."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from meshlake.ml_assets.candidates.candidate import CANDIDATES


def skip_without_packages(algorithm: str) -> None:
    """Skip the test where a package of the candidate `algorithm` is not installed, and say how to install it."""
    candidate = CANDIDATES.get(algorithm)
    if missing := [package for package in candidate.packages if find_spec(package) is None]:
        pytest.skip(f"{', '.join(missing)} not installed: pip install 'meshlake[{candidate.extra}]'")
