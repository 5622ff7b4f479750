"""A third store is one file and one line: a mesh lies on it from its landed files to its model versions."""

from __future__ import annotations

from support.package_copy import PackageCopy
from support.small_mesh import SmallMesh

# A store of `vault://` addresses, kept in a folder that a setting of its own names; nothing else reads such addresses.
MEMBER = """
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem
from pyiceberg.io.fsspec import FsspecFileIO

from meshlake.stores.disk import Disk

DISK = Disk()


@dataclass(frozen=True)
class Vault:
    scheme: ClassVar[str] = "vault"
    is_local: ClassVar[bool] = False

    folder: str = "/nowhere"

    def path(self, address):
        return address.replace("vault:/", self.folder, 1)

    def address(self, path):
        return path.replace(self.folder, "vault:/", 1)

    def files(self, place, root=None, is_visible=None):
        found = DISK.files(self.path(place), self.path(root or place), is_visible)
        return [replace(file, path=self.address(file.path), store=self) for file in found]

    def open(self, address):
        return DISK.open(self.path(address))

    def read(self, address):
        return DISK.read(self.path(address))

    def write(self, address, content):
        DISK.write(self.path(address), content)

    def add(self, source, address):
        DISK.add(source, self.path(address))

    def move(self, source, target):
        DISK.move(self.path(source), self.path(target))

    def remove(self, addresses):
        DISK.remove([self.path(address) for address in addresses])

    def make_folder(self, place):
        DISK.make_folder(self.path(place))

    def remove_folder(self, place):
        DISK.remove_folder(self.path(place))

    def remove_empty_folders(self, place, limit_seconds):
        DISK.remove_empty_folders(self.path(place), limit_seconds)

    def examine(self, place, *, is_written):
        assert Path(self.folder).is_dir()

    def open_to_duckdb(self, connection):
        connection.register_filesystem(VaultFileSystem(self))

    def iceberg_properties(self, place):
        return {"warehouse": place, "py-io-impl": f"{__name__}.VaultIO", "vault.folder": self.folder}


class VaultFileSystem(DirFileSystem):
    protocol = "vault"
    cachable = False

    def __init__(self, store):
        super().__init__(store.folder, LocalFileSystem(auto_mkdir=True))
        self.store = store

    def _join(self, path):
        return [self._join(each) for each in path] if isinstance(path, list) else self.store.path(path)

    def _relpath(self, path):
        return [self._relpath(each) for each in path] if isinstance(path, list) else self.store.address(path)


class VaultIO(FsspecFileIO):
    def __init__(self, properties):
        super().__init__(properties)
        self._scheme_to_fs["vault"] = lambda _: VaultFileSystem(Vault(properties["vault.folder"]))
"""
LINE = '        "vault": "meshlake.stores.vault:Vault",'

USE = """
import warnings
warnings.simplefilter("error")
from pathlib import Path

import meshlake
from meshlake.building.build import build_product
from meshlake.discovery.discover import discover
from meshlake.discovery.sources import chosen_sources
from meshlake.health import diagnose
from meshlake.lake.clean import clean_lake
from meshlake.landing.arrival import land
from meshlake.models.store import model_store
from meshlake.names import DatasetName, ProductName
from meshlake.settings import load_settings
from meshlake.workspace import open_workspace

settings = load_settings()
assert [finding.problem for finding in diagnose(settings)] == [None, None]

Path("people.csv").write_text("id,name\\n1,Ana\\n2,Bo\\n")
mesh = open_workspace(settings)
(landed,) = land([Path("people.csv")], mesh.landing, "crm")
assert landed.is_new
dataset = mesh.landing.dataset(DatasetName("crm", "people"))
assert [file.path for file in dataset.files] == ["vault://landing/crm/people/people.csv"]
(profile,) = discover(settings, chosen_sources(settings, None)).profiles
assert profile.row_count == 2

built = build_product(mesh, ProductName("crm", "people"))
(address,) = mesh.lake.files(built.snapshot)
assert address.startswith("vault://warehouse/crm/people/data/"), address
rows = meshlake.open().sql("SELECT * FROM crm.people ORDER BY id").fetchall()
assert rows == [(1, "Ana"), (2, "Bo")], rows
rows = meshlake.open().sql("SELECT count(*) FROM landing.crm.people").fetchall()
assert rows == [(2,)], rows

models = model_store(settings)
models.save(ProductName("crm", "churn"), {"trained_at": "2024-01-01"}, {"model.skops": b"x"})
(version,) = models.versions(ProductName("crm", "churn"))
assert version.folder == f"vault://warehouse/_models/crm.churn/{version.version}"
assert version.read("model.skops") == b"x"

orphan = f"{settings.warehouse}/crm/people/data/killed.parquet"
settings.store_of(orphan).write(orphan, b"x")
assert clean_lake(mesh.lake, {}, grace_seconds=0).files == 1
print(len(settings.store_of(orphan).files(settings.warehouse)))
"""

PEOPLE = {"id": {"logicalType": "integer", "primaryKey": True, "required": True}, "name": "string"}


def test_a_third_store_is_one_file_and_one_line(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add_file("stores/vault.py", MEMBER)
    copy.add_line("stores/__init__.py", '"s3": "meshlake.stores.s3:S3",', LINE)
    assert len(copy.touched) <= 2
    (tmp_path / "vault").mkdir()
    SmallMesh(tmp_path).product("crm.people", PEOPLE)
    told = copy.run(
        USE,
        MESH_LANDING="vault://landing",
        MESH_WAREHOUSE="vault://warehouse",
        MESH_VAULT_FOLDER=str(tmp_path / "vault"),
    )
    assert int(told.out) > 1
    assert {path.name for path in (tmp_path / "vault").iterdir()} == {"landing", "warehouse"}
