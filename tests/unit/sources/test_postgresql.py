"""The address and the columns of an operational database, without one."""

from __future__ import annotations

import pytest

from meshlake.errors import UsageError
from meshlake.names import DatasetName
from meshlake.sources.catalog import TableName
from meshlake.sources.postgresql.columns import table_column
from meshlake.sources.postgresql.database import database_address, postgres_reason
from meshlake.sources.postgresql.rows import TableRows
from meshlake.sources.postgresql.table import look_at

NAME = DatasetName("crm", "people")


def _numeric(precision, scale):
    return ((precision << 16) | (scale & 0x7FF)) + 4


@pytest.mark.parametrize(
    ("kind", "is_enum", "modifier", "dimensions", "type_", "selected"),
    [
        ("int4", False, -1, 0, "INTEGER", '"c"'),
        ("varchar", False, 9, 0, "VARCHAR", '"c"'),
        ("numeric", False, _numeric(12, 2), 0, "DECIMAL(12,2)", '"c"'),
        ("numeric", False, -1, 0, "VARCHAR", '"c"::text'),
        ("numeric", False, _numeric(50, 10), 0, "VARCHAR", '"c"::text'),
        ("numeric", False, _numeric(5, -2), 0, "VARCHAR", '"c"::text'),
        ("numeric", False, _numeric(3, 5), 0, "VARCHAR", '"c"::text'),
        ("jsonb", False, -1, 0, "VARCHAR", '"c"::text'),
        ("int4", False, -1, 1, "INTEGER[]", '"c"'),
        ("int2", False, -1, 1, "INTEGER[]", '"c"::integer[]'),
        ("jsonb", False, -1, 1, "VARCHAR[]", '"c"::text[]'),
        ("int4", False, -1, 2, "VARCHAR", '"c"::text'),
        ("mood", True, -1, 0, "VARCHAR", '"c"::text'),
    ],
)
def test_a_column_comes_as_both_engines_have_it_or_as_text(
    kind, is_enum, modifier, dimensions, type_, selected
):
    column = table_column("c", kind, is_enum, modifier, dimensions)
    assert (str(column.type), column.select_sql) == (type_, selected)


def test_an_enumeration_is_text_to_the_engines_too_but_not_a_list_of_them():
    assert table_column("c", "mood", True, -1, 0).is_native
    assert not table_column("c", "mood", True, -1, 1).is_native


def test_the_select_names_everything_quoted():
    columns = (table_column('a"b', "int4", False, -1, 0), table_column("l", "text", False, -1, 1))
    rows = TableRows(TableName("my schema", "t"), columns)
    assert rows.select_sql("to_json({})") == (
        'SELECT "a""b" AS "a""b", to_json("l") AS "l" FROM "my schema"."t"'
    )


def test_an_address_is_read_with_its_escapes_and_shown_without_password():
    address = database_address("postgresql://us%40er:p%2Fw@[::1]:6000/my%20db")
    assert (address.host, address.port, address.database) == ("::1", 6000, "my db")
    assert (address.user, address.password) == ("us@er", "p/w")
    assert "p/w" not in f"{address} {address!r}"
    assert database_address("postgresql://u@h/d").port == 5432


@pytest.mark.parametrize("uri", ["postgresql://u:secret@h:x/d", "postgresql:///d", "postgresql://u:secret@h"])
def test_what_is_no_address_is_refused_without_repeating_it(uri):
    with pytest.raises(UsageError, match="is not the address") as refused:
        database_address(uri)
    assert "secret" not in str(refused.value)


def test_a_table_needs_the_setting_and_the_database_of_its_contract():
    with pytest.raises(
        UsageError, match=r"landing.crm.people is the table s.people .* MESH_OPERATIONAL is not set"
    ):
        look_at(NAME, TableName("s", "people"), None)
    with pytest.raises(UsageError, match="says database 'shop', MESH_OPERATIONAL says 'other'"):
        look_at(NAME, TableName("s", "people", "shop"), "postgresql://u:p@127.0.0.1:1/other")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            'connection to server at "h", port 1 failed: FATAL:  password authentication failed for user "u"\n',
            'password authentication failed for user "u"',
        ),
        ("permission denied for table t\n", "permission denied for table t"),
    ],
)
def test_what_postgresql_says_is_told_in_one_line(said, told):
    assert postgres_reason(Exception(said)) == told
