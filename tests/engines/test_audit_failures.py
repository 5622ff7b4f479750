"""A Trino that does not answer is told as that, and never as a failed check."""

from __future__ import annotations

from contextlib import closing

import pytest

from meshlake.audit.audit import audit
from meshlake.engines.trino.relation import TrinoRelation
from meshlake.errors import SystemFailure
from meshlake.rules.expectation import Expectation
from meshlake.rules.required import Required
from meshlake.rules.sql import Sql
from support.auditing import NAME, STAGE, TrinoAuditing, contract_of
from support.forwarder import Forwarder

pytestmark = pytest.mark.services
RULES = [
    Required("required", "id"),
    Sql("sql", None, {"query": "SELECT count(*) FROM {object} WHERE id > 1"}),
    Expectation("gx", None, {"type": "expect_column_to_exist", "kwargs": {"column": "id"}}),
]


@pytest.fixture
def trino(endpoints):
    with closing(TrinoAuditing(endpoints.trino_url)) as trino:
        trino.check("SELECT 1 AS id", {"id": "INTEGER"})
        yield trino


class CutRelation(TrinoRelation):
    """Rows that are gone once Great Expectations has begun with them."""

    forwarder: Forwarder

    def asset(self, context):
        asset = super().asset(context)
        self.forwarder.cut()
        return asset


def test_a_trino_that_ends_during_the_audit(trino, endpoints):
    forwarder = Forwarder(endpoints.trino_port)
    relation = CutRelation(trino, NAME.sql, lambda: ("crm", STAGE), f"http://127.0.0.1:{forwarder.port}")
    relation.forwarder = forwarder
    with pytest.raises(SystemFailure, match="Trino does not answer"):
        audit(relation, RULES, contract=contract_of({"id": "INTEGER"}))


def test_a_trino_that_is_not_there_is_told_without_its_password(trino):
    forwarder = Forwarder(1)
    forwarder.cut()
    address = f"https://ana:s3cret@127.0.0.1:{forwarder.port}"
    relation = TrinoRelation(trino, NAME.sql, lambda: ("crm", STAGE), address)
    with pytest.raises(SystemFailure, match="Trino does not answer") as failed:
        audit(relation, RULES, contract=contract_of({"id": "INTEGER"}))
    told = failed.value
    while told is not None:
        assert "s3cret" not in str(told)
        told = told.__cause__ or told.__context__
