"""A product drafted from files of `crm.people`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.drafting.adopt import adopt
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.landing.relation import relation_sql
from meshlake.names import DatasetName, ProductName
from meshlake.products.load import load_product
from meshlake.products.source_aligned import source_select
from meshlake.sources.files import FoundFiles

if TYPE_CHECKING:
    from meshlake.contract.model import Contract

SOURCE, NAME = DatasetName("crm", "people"), ProductName("crm", "customers")


@pytest.fixture
def adopted(settings, zone, mesh):
    """The contract drafted from files of `crm.people`, and the rows that its product has."""

    def draft(files: dict[str, str | bytes]) -> tuple[Contract, list[tuple[object, ...]]]:
        mesh.land_files("crm.people", files)
        drafted = adopt(settings, FoundFiles(SOURCE, zone), NAME, "ana@example.com")
        contract = load_product(drafted.folder).contract
        with DuckDBSession(settings, "test") as session:
            session.bind(SOURCE, relation_sql(zone.dataset(SOURCE)))
            select = source_select(contract, session.columns(f"SELECT * FROM {SOURCE.sql}"))
            return contract, sorted(session.rows(select.select_sql), key=str)

    return draft
