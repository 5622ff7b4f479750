"""Landing zone, warehouse and models in MinIO: everything works there as it does in folders."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest
import yaml

from meshlake.building.leftovers import remove_leftovers
from meshlake.building.views import refresh_views
from meshlake.discovery.discover import discover
from meshlake.discovery.sources import chosen_sources
from meshlake.drafting.adopt import adopt
from meshlake.engines.duckdb.confined import open_mesh_file
from meshlake.errors import LandingError, MeshError, StorageError
from meshlake.lake.clean import clean_lake
from meshlake.lake.mesh_file import attach_mesh_file
from meshlake.landing.arrival import land
from meshlake.landing.zone import LandingZone, files_zone
from meshlake.models.store import model_store
from meshlake.names import DatasetName, ProductName
from meshlake.sources.files import FoundFiles
from support.server_mesh import settings_of
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.stores import Store

pytestmark = pytest.mark.services

KEY = {"logicalType": "string", "primaryKey": True, "required": True}
PEOPLE = {"customer_id": KEY, "usage": "number", "is_churned": "boolean", "dt": "date"}
PREDICTIONS = {
    "customer_id": KEY,
    "churn_probability": "number",
    "is_predicted_churn": "boolean",
    "model_version": "string",
}
MODEL = {
    "task": "churn",
    "features": "SELECT customer_id, usage, is_churned FROM crm.people",
    "key": "customer_id",
    "label": "is_churned",
    "policy": {"candidates": ["logistic_regression"], "folds": 2, "seed": 7},
}


class BucketMesh(SmallMesh):
    """A mesh whose landing zone and warehouse are folders of its own in the buckets; its catalog is SQLite."""

    def __init__(self, root, endpoints) -> None:
        keys = {name: value for name, value in settings_of(endpoints).items() if name.startswith("s3")}
        own = uuid.uuid4().hex
        super().__init__(root, landing=f"s3://landing/{own}", warehouse=f"s3://warehouse/{own}", **keys)

    @property
    def store(self) -> Store:
        return self.settings.store_of(self.settings.landing)

    @property
    def zone(self) -> LandingZone:
        return files_zone(self.settings)

    def land_text(self, path: str, text: str, **options):
        """Land a file that lies at `inbox/<path>`."""
        file = self.root / "inbox" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return land([file], self.zone, "crm", **options)

    def keys(self, place: str) -> list[str]:
        return [file.name for file in self.store.files(place)]


@pytest.fixture
def mesh(tmp_path, endpoints) -> BucketMesh:
    return BucketMesh(tmp_path / "mesh", endpoints)


@pytest.fixture
def landed(mesh):
    """Two hundred customers in two daily folders; those of little usage leave, all but every seventh."""
    for day in (1, 2):
        folder = mesh.root / "inbox" / "days" / f"dt=2024-01-0{day}"
        folder.mkdir(parents=True)
        used = ((n, n * 37 % 100) for n in range(100 * day, 100 * day + 100))
        rows = [f"c{n},{usage},{str((usage < 30) != (n % 7 == 0)).lower()}" for n, usage in used]
        (folder / "a b.csv").write_text("\n".join(["customer_id,usage,is_churned", *rows]))
    land([mesh.root / "inbox" / "days"], mesh.zone, "crm", "people")
    return mesh


def test_a_file_lands_whole_once_and_is_never_replaced(mesh):
    (first,) = mesh.land_text("people.csv", "id\n1\n")
    (again,) = mesh.land_text("people.csv", "id\n1\n")
    assert (first.is_new, again.is_new) == (True, False)
    before = mesh.zone.dataset(DatasetName("crm", "people")).fingerprint
    with pytest.raises(LandingError, match="other content"):
        mesh.land_text("people.csv", "id\n2\n")
    assert mesh.zone.dataset(DatasetName("crm", "people")).fingerprint == before
    assert mesh.keys(mesh.settings.landing) == ["crm/people/people.csv"]


def test_of_two_that_land_a_name_at_once_the_store_lets_one_win(mesh, tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("id\n1\n")
    address = f"{mesh.settings.landing}/crm/people/a.csv"
    client = mesh.store._client()
    monkeypatch.setattr(type(client), "exists", lambda *_: False)
    mesh.store.add(tmp_path / "a.csv", address)
    with pytest.raises(FileExistsError):
        mesh.store.add(tmp_path / "a.csv", address)


def test_a_rewritten_object_of_the_same_size_is_another_state(mesh):
    mesh.land_text("people.csv", "id\n1\n")
    before = mesh.zone.dataset(DatasetName("crm", "people")).fingerprint
    mesh.store.write(f"{mesh.settings.landing}/crm/people/people.csv", b"id\n2\n")
    assert mesh.zone.dataset(DatasetName("crm", "people")).fingerprint != before


def test_every_format_is_discovered_adopted_and_built(mesh, tmp_path):
    mesh.land_text("codes.tsv", "id\tname\n1\tZo\u00eb\n")
    mesh.land_text("events.jsonl", '{"id": 1, "v": 2.5}\n{"id": 2}\n')
    duckdb.sql("SELECT 1 AS id, DATE '2024-01-01' AS day").write_parquet(str(tmp_path / "bills.parquet"))
    land([tmp_path / "bills.parquet"], mesh.zone, "crm")
    found = discover(mesh.settings, chosen_sources(mesh.settings, None), lambda _: None)
    assert found.failures == {}
    assert {p.name: p.row_count for p in found.profiles} == {
        "landing.crm.bills": 1,
        "landing.crm.codes": 1,
        "landing.crm.events": 2,
    }
    for name in mesh.zone.datasets():
        adopt(mesh.settings, FoundFiles(name, mesh.zone), ProductName("crm", name.dataset), "ana@example.com")
        mesh.build_product(f"crm.{name.dataset}")
    assert mesh.rows("crm.codes") == [{"id": 1, "name": "Zo\u00eb"}]
    assert mesh.rows("crm.events") == [{"id": 1, "v": 2.5}, {"id": 2, "v": None}]
    assert len(mesh.rows("crm.bills")) == 1


def test_products_models_queries_and_history(landed):
    landed.product("crm.people", PEOPLE)
    landed.product(
        "crm.days",
        {"dt": {"logicalType": "date", "primaryKey": True}, "customers": "integer"},
        {"transform.sql": "SELECT dt, count(*) AS customers FROM crm.people GROUP BY dt"},
    )
    landed.product("crm.predictions", PREDICTIONS, {"model.yaml": yaml.safe_dump(MODEL)})
    names = ("crm.people", "crm.days", "crm.predictions")
    landed.build_product(*names)
    assert [row["customers"] for row in landed.rows("crm.days")] == [100, 100]

    (version,) = model_store(landed.settings).versions(ProductName("crm", "predictions"))
    assert {row["model_version"] for row in landed.rows("crm.predictions")} == {version.version}
    assert version.folder.startswith(landed.settings.warehouse)

    before = landed.keys(landed.settings.warehouse)
    mesh = landed.workspace
    assert [landed.build_product(name).is_rebuilt for name in names] == [False] * 3
    assert landed.keys(landed.settings.warehouse) == before
    assert len(mesh.lake.history(("crm", "days"))) == 1

    for query, answer in {
        "SELECT sum(customers) AS n FROM crm.days": "n\n200\n",
        "SELECT count(*) AS n FROM landing.crm.people WHERE dt = '2024-01-01'": "n\n100\n",
    }.items():
        assert landed.process("sql", query, "--format", "csv").ended().out == answer


def test_the_demo_data_lands_in_a_bucket(mesh):
    mesh.process("demo", "--customers", "100", "--days", "90").ended()
    assert DatasetName("crm", "customers") in mesh.zone.datasets()
    assert not (mesh.root / "s3:").exists()


def test_a_query_reads_the_mesh_s_own_places_alone(landed):
    landed.product("crm.people", PEOPLE)
    landed.build_product("crm.people")
    mesh = landed.workspace
    refresh_views(mesh)
    settings = mesh.settings
    foreign = f"{settings.warehouse}_of_others/a.csv"
    landed.store.write(foreign, b"x\n1\n")
    with open_mesh_file(
        settings.mesh_file, [settings.warehouse, settings.landing], stores=settings.used_stores
    ) as connection:
        assert connection.execute("SELECT count(*) FROM crm.people").fetchone() == (200,)
        with pytest.raises(duckdb.PermissionException, match="disabled by configuration"):
            connection.execute(f"FROM read_csv('{foreign}')")


def test_any_duckdb_client_reads_the_mesh_file_with_a_secret_of_its_own(landed):
    landed.product("crm.people", PEOPLE)
    landed.build_product("crm.people")
    mesh = landed.workspace
    refresh_views(mesh)
    assert landed.store.secret_key.encode() not in landed.settings.mesh_file.read_bytes()
    with duckdb.connect() as client:
        landed.store.open_to_duckdb(client)
        attach_mesh_file(client, landed.settings.mesh_file)
        assert client.execute("SELECT count(*) FROM crm.people").fetchone() == (200,)


def test_clean_leaves_no_orphan(landed):
    landed.product("crm.people", PEOPLE)
    landed.build_product("crm.people")
    mesh = landed.workspace
    store = model_store(mesh.settings)
    store.save(ProductName("crm", "churn"), {"trained_at": "2024-01-01"}, {"model.skops": b"x"})
    kept = landed.keys(mesh.settings.warehouse)
    table = mesh.lake.catalog.load_table(("crm", "people")).location()
    for orphan in (f"{table}/data/killed/data_0.parquet", f"{mesh.settings.models}/crm.churn/v2/model.skops"):
        landed.store.write(orphan, b"x")
    assert clean_lake(mesh.lake, {}).files == 0
    assert remove_leftovers(mesh.settings, grace_seconds=3600) == 0
    assert clean_lake(mesh.lake, {}, grace_seconds=0).files == 1
    assert remove_leftovers(mesh.settings, grace_seconds=0) == 1
    assert landed.keys(mesh.settings.warehouse) == kept
    assert len(landed.rows("crm.people")) == 200


def test_a_failed_staging_leaves_no_file(landed):
    landed.product("crm.people", PEOPLE)
    landed.build_product("crm.people")
    before = landed.keys(landed.settings.warehouse)
    mesh = landed.workspace
    landed.product(
        "crm.people", PEOPLE | {"bad": {"logicalType": "integer", "transformLogic": "error('no')"}}
    )
    with pytest.raises(MeshError, match="no"):
        landed.build_product("crm.people")
    data = [key for key in landed.keys(mesh.settings.warehouse) if key.endswith(".parquet")]
    assert data == [key for key in before if key.endswith(".parquet")]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MESH_S3_SECRET_KEY", "wrong", "refuses the secret key"),
        ("MESH_S3_ENDPOINT", "http://127.0.0.1:9", "does not answer"),
        ("MESH_LANDING", "s3://no-such-bucket/landing", "does not exist"),
        ("MESH_WAREHOUSE", "s3://no-such-bucket", "does not exist"),
    ],
)
def test_what_cannot_be_used_is_said_before_any_work(mesh, name, value, told):
    ended = mesh.process("build", timeout_seconds=40, **{name: value}).ended(1)
    assert told in ended.err
    assert len(ended.told) == 2


def test_the_landing_zone_says_itself_what_it_cannot_do(mesh):
    zone = LandingZone(mesh.settings.landing, replace(mesh.store, secret_key="wrong"))
    with pytest.raises(StorageError, match=r"S3 says: .*signature"):
        zone.datasets()
