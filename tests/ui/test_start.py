"""`mesh ui` as a server: how soon it serves, to whom it listens, and that it ends whole."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest
from tests.ui.browser import ARTIFACTS
from tests.ui.server import STOP_SECONDS, has_session_ended, listening_addresses, served

if TYPE_CHECKING:
    from pathlib import Path

    from support.small_mesh import SmallMesh

READY_SECONDS = 60


# The second is what no process can hear of.
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_serves_an_empty_mesh_on_loopback_only_and_ends_whole(
    mesh: SmallMesh, tmp_path: Path, ending: signal.Signals
) -> None:
    with served(mesh.environment, tmp_path) as ui:
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        (ARTIFACTS / "start.json").write_text(
            json.dumps({"ready_seconds": round(ui.ready_seconds, 1)}) + "\n"
        )
        assert ui.ready_seconds < READY_SECONDS
        addresses = listening_addresses(ui.processes())
        assert ("127.0.0.1", int(ui.url.rsplit(":", 1)[1])) in addresses
        assert {address for address, _ in addresses} <= {"127.0.0.1", "::1"}
        os.kill(ui.process_id, ending)
        assert has_session_ended(ui.process_id, STOP_SECONDS)
