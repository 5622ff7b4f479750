"""What `mesh doctor` finds on this machine, each provoked; of servers: tests/unit/health/test_doctor.py."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import meshlake
from meshlake.mesh import checkup
from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True}


def found(mesh, subject):
    """The one finding whose subject begins so."""
    (finding,) = [f for f in checkup.examine_machine(mesh.settings) if f.subject.startswith(subject)]
    return finding


def test_a_mesh_that_is_well(built_shop):
    findings = built_shop.open().doctor()
    told = {f.subject.partition(" ")[0]: f.problem for f in findings}
    assert list(told) == [
        "Python",
        "meshlake",
        "Folder",
        "Home",
        "Landing",
        "Disk",
        "Contracts",
        "Catalog",
        "Port",
    ]
    assert {told[what] for what in ("Python", "Folder", "Home", "Landing", "Contracts", "Catalog")} == {None}
    assert sum(f.seconds for f in findings) < 5


def test_the_command_tells_all_and_its_status_whether_anything_is_wrong(mesh):
    mesh.write("crm.people", "contract.odcs.yaml", "schema: [")
    told = mesh.run("doctor", "--json").ended(1)
    facts = {each["subject"]: each for each in told.facts}
    broken = facts["Contracts and transforms of 1 products"]
    assert broken == {
        "subject": "Contracts and transforms of 1 products",
        "problem": "1 cannot be read: crm.people",
        "hint": "See all that is wrong: mesh lint",
    }
    assert "1 cannot be read: crm.people" in mesh.run("doctor").ended(1).out


def test_an_empty_folder_is_no_mesh_yet_and_becomes_none(tmp_path):
    finding = found(meshlake.open(tmp_path), "Folder of products")
    assert finding.problem == "is not there, so this is no mesh yet"
    assert "mesh init FOLDER" in finding.hint
    assert list(tmp_path.iterdir()) == []


def test_folders_that_cannot_be_written(mesh):
    (mesh.root / "file").write_text("in the way")
    home = found(mesh.having(home=mesh.root / "file" / "home").open(), "Home")
    assert home.problem.endswith("file: Not a directory")
    assert "set MESH_HOME" in home.hint


@pytest.mark.skipif(not Path("/proc").exists(), reason="no folder that nobody can write to")
def test_a_folder_that_nobody_can_write_to(mesh):
    landing = found(mesh.having(landing="/proc/landing").open(), "Landing zone")
    assert landing.problem.startswith("nothing can be written to /proc: ")
    assert "set MESH_LANDING" in landing.hint


@pytest.mark.slow
def test_a_home_that_was_moved_is_well_and_one_whose_tables_are_lost_is_told(tmp_path):
    mesh = SmallMesh(tmp_path / "mesh")
    mesh.land("crm/people/a.csv", "id\n1\n")
    mesh.product("crm.people", {"id": ID})
    mesh.build_product("crm.people")
    moved = mesh.having(home=mesh.root / "elsewhere")
    mesh.home.rename(moved.home)
    assert found(moved.open(), "Catalog of 2 tables").problem is None
    assert moved.open().sql("SELECT id FROM crm.people").fetchall() == [(1,)]
    shutil.rmtree(moved.home / "warehouse")
    finding = found(moved.open(), "Catalog of 2 tables")
    assert finding.problem.startswith("2 of its tables are not where they were written, such as ")
    assert "build again" in finding.hint
    (moved.home / "catalog.db").write_bytes(b"no database, though there is a file of its name" * 20)
    assert found(moved.open(), "Catalog of").problem.startswith("cannot be read: ")


def test_packages_that_do_not_fit_are_named():
    assert checkup._mismatch(Requirement("duckdb>=1")) is None
    assert checkup._mismatch(Requirement("duckdb<1")).endswith("is not <1")
    assert checkup._mismatch(Requirement("a-package-that-is-not-there")) == (
        "a-package-that-is-not-there is not installed"
    )


@contextmanager
def serving(answer):
    """A server on loopback that answers every question so; its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            """Not told."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_port_is_free_or_dagsters_or_anothers():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        free = reserved.getsockname()[1]
    assert checkup._port(free).problem is None
    with serving(json.dumps({"dagster_webserver_version": "1.13.0"}).encode()) as port:
        assert checkup._port(port).subject == f"Port {port}, where Dagster's UI is served"
        assert checkup._port(port).problem is None
    with serving(b"<html>") as port:
        finding = checkup._port(port)
    assert finding.problem == "is taken by another program"
    assert finding.hint.startswith("Take another: mesh ui --port ")


def test_little_room_is_told(mesh, monkeypatch):
    assert found(mesh.open(), "Disk of the home").problem is None
    monkeypatch.setattr(checkup, "_LEAST_FREE_BYTES", 10**18)
    assert found(mesh.open(), "Disk of the home").problem == "little room is left"


def test_a_package_is_of_the_extra_that_brings_it():
    assert checkup._is_of(Requirement('trino; extra == "services"'), "services")
    assert not checkup._is_of(Requirement('trino; extra == "services"'), "demo")
    assert not checkup._is_of(Requirement('trino; python_version > "3"'), "services")
