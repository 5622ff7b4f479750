"""A disk that is full: told as such, what was published stays readable, and the next build goes on from there."""

import os
import resource
import subprocess

import pytest

from support.ran import run_apart

LARGE = "SELECT 'o' || range AS order_id, random() AS amount FROM range(1000000)"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 6 MB, for the mesh's own files."""
    disk = tmp_path / "home"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    yield disk
    # Dagster's SQLite connections of this process may still be open.
    subprocess.run(["umount", "--lazy", disk], check=True)


def _land_large_orders(mesh):
    (mesh.landing / "shop/orders/a.csv").unlink()
    mesh.land_rows("shop/orders/a.parquet", LARGE)


def _fill(disk):
    status = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(status.f_bavail * status.f_frsize))


def test_views_that_a_full_disk_does_not_hold_are_written_when_there_is_room(small_disk, mesh):
    assert mesh.process("build").status == 0
    (small_disk / "mesh.duckdb").unlink()
    _fill(small_disk)
    mesh.refuses("sql", "FROM shop.orders", says=("the disk is full", "Free some space"), status=1)
    (small_disk / "filler").unlink()
    assert mesh.cells("SELECT count(*) FROM shop.orders") == [["2"]]


def test_full_disk_keeps_what_was_published(small_disk, mesh):
    assert mesh.process("build").status == 0
    mesh.land("crm/customers/b.csv", "Customer ID,Age,City\nc4,50,Oslo\n")
    _land_large_orders(mesh)
    ran = mesh.process("build")
    assert ran.status == 1
    ran.tells("shop.orders", "the disk is full", "Free some space")
    assert "Traceback" not in ran.err
    assert "\n+ crm.customers" in f"\n{ran.err}"
    assert mesh.cells("SELECT count(*) FROM crm.customers") == [["4"]]
    assert mesh.cells("SELECT * FROM shop.orders ORDER BY 1") == [["o1", "10.5"], ["o2", "7.0"]]

    _fill(small_disk)
    stopped = mesh.process("build")
    assert stopped.status == 1
    assert "the disk is full" in stopped.err
    assert "Traceback" not in stopped.err

    (small_disk / "filler").unlink()
    (mesh.landing / "shop/orders/a.parquet").unlink()
    mesh.land("shop/orders/a.csv", "order_id,amount\no3,1\n")
    assert mesh.process("build").status == 0
    assert mesh.cells("SELECT * FROM shop.orders") == [["o3", "1.0"]]


def test_file_that_may_not_grow_is_told_like_a_full_disk(built_mesh):
    _land_large_orders(built_mesh)
    limit_bytes = 4 << 20  # more than Dagster's own files take, less than the rows
    ran = run_apart(
        built_mesh.command("build"),
        built_mesh.environment,
        built_mesh.root,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes)),
    )
    assert "the disk is full" in ran.ended(1).err
    assert built_mesh.cells("SELECT * FROM shop.orders ORDER BY 1") == [["o1", "10.5"], ["o2", "7.0"]]
