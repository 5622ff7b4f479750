"""Memory that grows with the columns, not with their square: the peak of a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_PEAK = """
import re, sys
from pathlib import Path
from meshlake.discovery.profile import profile_dataset
from meshlake.landing.zone import files_zone
from meshlake.names import DatasetName
from meshlake.settings import load_settings

settings = load_settings({"MESH_HOME": sys.argv[1]})
profile, _ = profile_dataset(settings, files_zone(settings).dataset(DatasetName("wide", "table")))
print(len(profile.columns), {column.found_type for column in profile.columns[1:]})
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status")
def test_a_wide_table_of_text_profiles_in_a_few_hundred_megabytes(tmp_path: Path) -> None:
    """300 columns of numbers as text took over 21 GB."""
    folder = tmp_path / "landing" / "wide" / "table"
    folder.mkdir(parents=True)
    header = ",".join(f"c{column}" for column in range(300))
    rows = (",".join(str(row * column % 97) for column in range(300)) for row in range(1, 51))
    (folder / "wide.csv").write_text("\n".join([header, *rows]) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, str(tmp_path)], capture_output=True, text=True, check=True
    )
    columns, peak_kb = done.stdout.splitlines()
    assert columns == "300 {'integer'}"
    assert int(peak_kb) < 600_000
