"""The churn model's mesh, as it is written and as it was built."""

from __future__ import annotations

import pytest

from support.churn_mesh import FILE, ChurnMesh, csv, make, shuffled


@pytest.fixture
def churn(tmp_path) -> ChurnMesh:
    return make(tmp_path / "mesh")


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """Built once, to look at, or to copy; the mesh and its build result."""
    folder = make(tmp_path_factory.mktemp("trained"))
    return folder, folder.build_model()


@pytest.fixture
def champion(trained, tmp_path) -> ChurnMesh:
    """The test's own, built."""
    folder, result = trained
    copy = folder.copied_to(tmp_path / "champion")
    copy.first = result
    return copy


@pytest.fixture(scope="session")
def challenged(trained, tmp_path_factory):
    """A champion, and a challenger of shuffled labels, which is not promoted: to look at, or to copy."""
    folder = trained[0].copied_to(tmp_path_factory.mktemp("challenged") / "mesh")
    folder.land(FILE, shuffled(csv()))
    folder.build_model(is_forced=True)
    return folder
