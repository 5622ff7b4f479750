"""A small mesh as it lies on disk: two products and a landed dataset, in Parquet files with field ids."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from meshlake.lake.mesh_file import PublishedColumn, PublishedProduct, write_mesh_file
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName, ProductName
from meshlake.sources.files import LandedFiles

CUSTOMERS = ProductName("crm", "customers")


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Three customers in two files; the first was written before `city` was added and `name` renamed."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    duckdb.sql(
        f"""COPY (SELECT * FROM (VALUES (1::INTEGER, 'Ana'), (2, 'Bo')) t(customer_id, full_name))
        TO '{folder}/old.parquet' (FORMAT parquet, FIELD_IDS {{customer_id: 1, full_name: 2}})"""
    )
    duckdb.sql(
        f"""COPY (SELECT 3::BIGINT AS customer_id, 'Cy' AS name, 'Oslo' AS city)
        TO '{folder}/new.parquet' (FORMAT parquet, FIELD_IDS {{customer_id: 1, name: 2, city: 3}})"""
    )
    return folder


@pytest.fixture
def customers(warehouse: Path) -> PublishedProduct:
    columns = (
        PublishedColumn("customer_id", "BIGINT", 1, "The operator's own number."),
        PublishedColumn("name", "VARCHAR", 2),
        PublishedColumn("city", "VARCHAR", 3),
    )
    files = (f"{warehouse}/old.parquet", f"{warehouse}/new.parquet")
    return PublishedProduct(CUSTOMERS, columns, files, "The operator's customers.")


@pytest.fixture
def empty_product() -> PublishedProduct:
    columns = (PublishedColumn("invoice_id", "BIGINT", 1), PublishedColumn("total", "DECIMAL(12,2)", 2))
    return PublishedProduct(ProductName("billing", "invoices"), columns, ())


@pytest.fixture
def mesh_file(tmp_path: Path, customers: PublishedProduct, empty_product: PublishedProduct) -> Path:
    path = tmp_path / "home" / "mesh.duckdb"
    products = pa.table({"name": ["crm.customers", "billing.invoices"], "owner": ["ana", None]})
    write_mesh_file(path, [customers, empty_product], {"products": products}, "state 1")
    return path


@pytest.fixture
def landing(tmp_path: Path) -> list[LandedFiles]:
    folder = tmp_path / "landing" / "crm" / "demo graphics"
    folder.mkdir(parents=True)
    (folder / "it's.csv").write_text("Customer ID,Age\n1,41\n2,\n", encoding="utf-8")
    zone = LandingZone(str(tmp_path / "landing"))
    return [LandedFiles(zone.dataset(DatasetName("crm", "demo graphics")))]


@pytest.fixture
def confined_to(warehouse: Path, tmp_path: Path) -> list[str]:
    return [str(warehouse), str(tmp_path / "landing")]
