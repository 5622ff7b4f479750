"""A fingerprint changes with the folder or with anything read, and with nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from meshlake.building.inputs import PinnedInputs
from meshlake.formats.csv import CSV
from meshlake.landing.zone import Dataset
from meshlake.names import DatasetName
from meshlake.sources.files import LandedFiles
from meshlake.stores import StoredFile
from meshlake.stores.disk import Disk

NAMES = st.sampled_from(["a", "b", "c"])
FILES = st.dictionaries(NAMES, st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3)
STATES = st.dictionaries(NAMES, FILES, max_size=2)


def pinned(state: dict[str, dict[str, tuple[int, int]]], root: str = "/landing") -> PinnedInputs:
    datasets = {}
    for name, files in state.items():
        listed = tuple(
            StoredFile(
                f"{root}/crm/{name}/{file}.csv", f"crm/{name}/{file}.csv", size, str(time), time, Disk()
            )
            for file, (size, time) in sorted(files.items())
        )
        dataset = DatasetName("crm", name)
        datasets[dataset] = LandedFiles(Dataset(dataset, CSV, root, listed))
    return PinnedInputs({}, datasets)


@given(STATES, STATES, NAMES, NAMES)
def test_equal_inputs_alone_have_equal_fingerprints(one, other, code, other_code):
    is_same = (one, code) == (other, other_code)
    assert (pinned(one).fingerprint(code) == pinned(other).fingerprint(other_code)) is is_same


@given(STATES)
def test_where_the_landing_zone_is_mounted_does_not_matter(state):
    assert pinned(state).fingerprint("v") == pinned(state, "/elsewhere").fingerprint("v")
