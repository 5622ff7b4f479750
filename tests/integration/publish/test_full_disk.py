"""The disk fills up at each step of publishing: a plain error, nothing published lost, a way on once there is space.

The whole commands on a full disk are tested in `bad_input`; here it is the moment that matters.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from meshlake.building.context import Step

# In a mount namespace of its own, the small file system goes with the process, and needs no rights.
MOUNTED = 'mount -t tmpfs -o size=8m tmpfs "$1" && shift && exec "$@"'
SCRIPT = """
import json, os, sys
from pathlib import Path
from support.small_mesh import SmallMesh
from support.versions import land_version, make_orders, published_version, ORDERS
from meshlake.building.build import build_product
from meshlake.errors import MeshError

folder = SmallMesh(Path(sys.argv[1]))
filler = folder.home / "filler"

def fill(_name, step):
    if step == moment and not filler.exists():
        disk = os.statvfs(folder.home)
        filler.write_bytes(bytes(disk.f_bavail * disk.f_frsize // 4096 * 4096))

make_orders(folder)
land_version(folder, 1)
build_product(folder.workspace, ORDERS)
found = {}
for version, moment in enumerate(sys.argv[2:], start=2):
    land_version(folder, version)
    told = None
    try:
        build_product(folder.workspace, ORDERS, progress=fill)
    except MeshError as error:
        told = error.message
    when_full = published_version(folder)
    filler.unlink()
    build_product(folder.workspace, ORDERS)
    found[moment] = [told, when_full, published_version(folder)]
print(json.dumps(found))
"""


MOMENTS = [Step.READING, Step.STAGING, Step.STAGED, Step.BRANCHED, Step.AUDITED]


def test_a_disk_that_fills_up_loses_nothing(mesh):
    mesh.home.mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh"]
    arguments = [mesh.home, sys.executable, "-c", SCRIPT, mesh.root, *map(str, MOMENTS)]
    environment = mesh.environment | {"PYTHONPATH": ":".join(sys.path)}
    ran = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
    if ran.returncode and ("unshare" in ran.stderr or "mount:" in ran.stderr):
        pytest.skip(f"a small file system cannot be mounted here: {ran.stderr.strip()}")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        moment: ["shop.orders: the disk is full", version - 1, version]
        for version, moment in enumerate(MOMENTS, start=2)
    }
