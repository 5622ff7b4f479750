"""A product from landing to published: what is built, what is not built again, and what a failure leaves."""

from __future__ import annotations

import duckdb
import pytest

from meshlake.building.build import build_product
from meshlake.building.context import Step
from meshlake.building.views import refresh_views
from meshlake.errors import AuditError, BuildError, LandingError
from meshlake.landing import relation
from meshlake.names import ProductName
from support.people_and_ages import AGES, ID


def test_a_value_that_the_contract_would_change_is_named_and_nothing_is_published(crm):
    crm.land("crm/people/a.csv", "id,born\n1,1984\n2,9007199254740993\n")
    crm.product(
        "crm.ages", {"id": ID, "born": "number"}, {"transform.sql": "SELECT id, born FROM crm.people\n"}
    )
    with pytest.raises(
        BuildError, match=r"transform\.sql: .*\n  column born: '9007199254740993' is no DOUBLE"
    ):
        crm.build_product("crm.people", "crm.ages")
    assert crm.workspace.lake.head(("crm", "ages")) is None
    crm.land("crm/people/a.csv", "id,born\n1,1984\n2,9007199254740992\n")
    crm.build_product("crm.people", "crm.ages")
    assert crm.rows("crm.ages") == [{"id": 1, "born": 1984.0}, {"id": 2, "born": 9007199254740992.0}]


CHANGES = {
    "nothing": (lambda crm: None, False),
    "a file landed": (lambda crm: crm.land("crm/people/b.csv", "id,born\n3,2000\n"), True),
    "a file was rewritten": (lambda crm: crm.land("crm/people/a.csv", "id,born\n1,1985\n"), True),
    "a file of another dataset landed": (lambda crm: crm.land("crm/pets/a.csv", "id\n1\n"), False),
    "the contract changed": (
        lambda crm: crm.product("crm.people", {"id": ID, "born": "integer"}, version="1.1.0"),
        True,
    ),
    "a check was added": (
        lambda crm: crm.product(
            "crm.people",
            {"id": ID, "born": "integer"},
            {"checks/old.sql": "SELECT * FROM crm.people WHERE born < 1900\n"},
        ),
        True,
    ),
    "an example or a note was added": (
        lambda crm: crm.product(
            "crm.people", {"id": ID, "born": "integer"}, {"examples.yaml": "[]", "README.md": "Notes"}
        ),
        False,
    ),
    "a product that reads it changed": (
        lambda crm: crm.product(
            "crm.ages", {"id": ID, "age_years": "integer"}, {"transform.sql": AGES + "WHERE id > 1"}
        ),
        False,
    ),
}


@pytest.mark.parametrize(("change", "is_stale"), CHANGES.values(), ids=CHANGES)
def test_what_makes_a_product_stale(crm, change, is_stale):
    first = crm.build_product("crm.people")
    change(crm)
    again = crm.build_product("crm.people")
    assert again.is_rebuilt is is_stale
    assert (again.snapshot.snapshot_id != first.snapshot.snapshot_id) is is_stale
    if not is_stale:
        assert [(c.rule.name, c.is_passed) for c in again.checks] == [
            (c.rule.name, c.is_passed) for c in first.checks
        ]


def test_a_product_is_stale_when_an_input_was_published_anew(crm):
    crm.build_product("crm.people", "crm.ages")
    assert not crm.build_product("crm.ages").is_rebuilt
    crm.build_product("crm.people", is_forced=True)
    assert crm.build_product("crm.ages").is_rebuilt


def test_a_failed_check_leaves_what_was_published(crm):
    first = crm.build_product("crm.people")
    crm.land("crm/people/b.csv", "id,born\n2,1999\n,2000\n")
    with pytest.raises(AuditError, match=r"crm\.people: check .* failed") as caught:
        crm.build_product("crm.people")
    assert "Find the rows: mesh sql --as-of audit_" in caught.value.hint
    assert {c.rule.name for c in caught.value.results if not c.is_passed}
    assert crm.workspace.lake.head(("crm", "people")).snapshot_id == first.snapshot.snapshot_id
    assert len(crm.rows("crm.people")) == 2
    branches = [
        r for r in crm.workspace.lake.table(("crm", "people")).metadata.refs if r.startswith("audit_")
    ]
    assert len(branches) == 1


def test_a_check_may_read_another_product_and_sees_the_new_rows_of_its_own(crm):
    crm.build_product("crm.people", "crm.ages")
    orphans = "SELECT * FROM crm.ages WHERE id NOT IN (SELECT id FROM crm.people WHERE born > 1985)\n"
    crm.product(
        "crm.ages", {"id": ID, "age_years": "integer"}, {"transform.sql": AGES, "checks/orphans.sql": orphans}
    )
    with pytest.raises(AuditError, match="orphans failed: 1 failing row"):
        crm.build_product("crm.ages")


def results(folder, where: str = "true") -> list[tuple]:
    """Rows of `mesh.quality_results` as users read them."""
    mesh = folder.workspace
    refresh_views(mesh)
    with duckdb.connect(str(mesh.settings.mesh_file), read_only=True) as connection:
        return connection.execute(
            "SELECT product, check_name, is_passed, failing_rows, samples, snapshot_id, run "
            f"FROM main.quality_results WHERE {where} ORDER BY checked_at, check_name"
        ).fetchall()


def test_every_audit_is_recorded_published_or_not(crm):
    first = crm.build_product("crm.people")
    crm.land("crm/people/b.csv", "id,born\n2,1999\n")
    with pytest.raises(AuditError) as caught:
        crm.build_product("crm.people")
    rows = results(crm)
    assert {row[5] for row in rows if all(r[2] for r in rows if r[6] == row[6])} == {
        first.snapshot.snapshot_id
    }
    assert len(rows) == len(first.checks) + len(caught.value.results)
    (failed,) = results(crm, "NOT is_passed")
    assert failed[0] == "crm.people"
    assert failed[3] == 2
    assert '"id": 2' in failed[4]


def test_what_is_unchanged_is_not_audited_again(crm):
    first = crm.build_product("crm.people")
    crm.build_product("crm.people")
    assert len(results(crm)) == len(first.checks)


RETURNED = {
    "pandas": "people.to_pandas().query('born > 1985')[['id']]",
    "polars": "__import__('polars').from_arrow(people).lazy().filter(born=1990).select('id')",
    "DuckDB": "__import__('duckdb').sql('SELECT id FROM people WHERE born > 1985')",
    "reader": "people.slice(1).select(['id']).to_reader()",
}


@pytest.mark.parametrize("library", RETURNED)
def test_python_rows_of_any_library(crm, library):
    inputs = 'INPUTS = {"people": "FROM crm.people ORDER BY id"}\n'
    code = f"{inputs}\n\ndef transform(people):\n    return {RETURNED[library]}\n"
    crm.product("crm.young", {"id": ID}, {"transform.py": code})
    crm.build_product("crm.people", "crm.young")
    assert crm.rows("crm.young") == [{"id": 2}]


@pytest.mark.parametrize("name", ["_file", "_row", "_FILE", "file", "row", "line"])
def test_a_column_may_be_called_like_what_tells_where_a_value_stands(mesh, name):
    mesh.land("crm/people/a.csv", f"id,{name}\n1,x\nbad,y\n")
    mesh.product("crm.people", {"id": ID, name: "string"})
    with pytest.raises(LandingError, match=r"crm/people/a\.csv, row 2, column id: 'bad' is no BIGINT"):
        mesh.build_product("crm.people")
    mesh.product("crm.people", {"id": QUARANTINING["born"], name: "string"})
    mesh.build_product("crm.people")
    (kept,) = mesh.rows("crm.people__quarantine")
    assert (kept["file"], kept["row"], kept["value"]) == ("crm/people/a.csv", 2, "bad")


@pytest.mark.parametrize(
    ("kind", "values", "told", "remedy"),
    [
        (
            "number",
            ["12,91", "0,5", "1.000,25", "7,01", "x"],
            "amount: 4 values like '12,91' are no DOUBLE: decimal commas (first in crm/people/a.csv, row 1)",
            "transformLogic: REPLACE(REPLACE(CASE WHEN REGEXP_FULL_MATCH(NULLIF(TRIM(\"amount\"), '')",
        ),
        (
            "date",
            ["31.12.2024", "1.2.2024", "03.04.2024", "05.06.2024", "x"],
            "amount: 4 values like '31.12.2024' are no DATE: dates as %d.%m.%Y (first in crm/people/a.csv, row 1)",
            "transformLogic: STRPTIME(CASE WHEN REGEXP_FULL_MATCH(NULLIF(TRIM(\"amount\"), '')",
        ),
    ],
)
def test_misfits_of_one_kind_are_one_line_with_the_sql_that_reads_them(mesh, kind, values, told, remedy):
    rows = "".join(f'{n},"{value}"\n' for n, value in enumerate(values))
    mesh.land("crm/people/a.csv", f"id,amount\n{rows}")
    mesh.product("crm.people", {"id": "integer", "amount": kind})
    with pytest.raises(LandingError) as caught:
        mesh.build_product("crm.people")
    wanted = {"number": "DOUBLE", "date": "DATE"}[kind]
    assert caught.value.message == (
        f"crm.people: 5 values do not fit the contract:\n  {told}\n"
        f"  crm/people/a.csv, row 5, column amount: 'x' is no {wanted}"
    )
    assert f"give amount {remedy}" in caught.value.hint


QUARANTINING = {
    "id": ID,
    "born": {
        "logicalType": "integer",
        "quality": [{"metric": "invalidValues", "mustBe": 0, "severity": "warning"}],
    },
}


def test_quarantined_rows_are_counted_kept_and_let_go_when_mended(crm):
    crm.product("crm.people", QUARANTINING)
    crm.land("crm/people/b.csv", "id,born\n3,nineteen\n4,2000\n")
    result = crm.build_product("crm.people")
    assert result.facts["quarantined_rows"] == 1
    assert [row["id"] for row in crm.rows("crm.people")] == [1, 2, 4]
    (kept,) = crm.rows("crm.people__quarantine")
    assert kept == {
        "file": "crm/people/b.csv",
        "row": 1,
        "column_name": "born",
        "value": "nineteen",
        "wanted_type": "BIGINT",
        "line": None,
        "bytes": None,
        "reason": "is no BIGINT",
    }
    crm.land("crm/people/b.csv", "id,born\n3,1919\n4,2000\n")
    assert crm.build_product("crm.people").facts["quarantined_rows"] == 0
    assert crm.rows("crm.people__quarantine") == []


def test_of_many_files_bad_values_are_named_part_by_part(mesh, monkeypatch):
    """Columns are of one type only where every part has all columns."""
    monkeypatch.setattr(relation, "_TOGETHER", 2)
    for number in range(5):
        mesh.land(f"crm/people/{number}.csv", f"id,born\n{number},{'x' if number % 2 else number}\n")
    mesh.product("crm.people", {"id": "integer", "born": "integer"})
    with pytest.raises(LandingError, match="2 values do not fit") as caught:
        mesh.build_product("crm.people")
    for number in (1, 3):
        assert f"crm/people/{number}.csv, row 1, column born: 'x' is no BIGINT" in caught.value.message
    mesh.product("crm.people", QUARANTINING)
    assert mesh.build_product("crm.people").facts["quarantined_rows"] == 2
    assert [row["id"] for row in mesh.rows("crm.people")] == [0, 2, 4]
    aside = [(row["file"], row["row"], row["value"]) for row in mesh.rows("crm.people__quarantine")]
    assert aside == [(f"crm/people/{number}.csv", 1, "x") for number in (1, 3)]


def test_what_transform_logic_makes_of_a_misfit_is_told_beside_it(mesh):
    mesh.land("crm/people/a.csv", "id,fee\n1,9\n2,free\n")
    fee = {"logicalType": "integer", "transformLogic": "fee || '0'"}
    mesh.product("crm.people", {"id": "integer", "fee": fee})
    with pytest.raises(LandingError) as caught:
        mesh.build_product("crm.people")
    told = "row 2, column fee: 'free', of which transformLogic makes 'free0', is no BIGINT"
    assert told in caught.value.message
    assert (
        "Rows are counted from 1 below the header, in Excel from the top of the sheet." in caught.value.hint
    )
    rule = {"metric": "invalidValues", "mustBe": 0, "severity": "warning"}
    mesh.product("crm.people", {"id": "integer", "fee": {**fee, "quality": [rule]}})
    mesh.build_product("crm.people")
    (kept,) = mesh.rows("crm.people__quarantine")
    assert (kept["value"], kept["reason"]) == ("free", "is no BIGINT, as transformLogic makes it: free0")


def test_a_build_reads_its_inputs_as_they_were_when_it_began(crm):
    """What another build publishes while this one runs must not mix in."""
    crm.build_product("crm.people")
    mesh = crm.workspace

    def publish_meanwhile(_name, step):
        if step == Step.STAGING:
            crm.land("crm/people/a.csv", "id,born\n9,1924\n")
            crm.build_product("crm.people")

    build_product(mesh, ProductName("crm", "ages"), progress=publish_meanwhile)
    assert [row["id"] for row in crm.rows("crm.ages")] == [1, 2]
    assert crm.build_product("crm.ages").is_rebuilt
    assert crm.rows("crm.ages") == [{"id": 9, "age_years": 100}]


def test_a_build_that_was_overtaken_starts_over_on_what_is_there_now(crm):
    crm.build_product("crm.people")
    overtaken = []

    def overtake(_name, step):
        if step == Step.AUDITED and not overtaken:
            overtaken.append(crm.land("crm/people/b.csv", "id,born\n3,2000\n"))
            crm.build_product("crm.people")

    result = crm.build_product("crm.people", is_forced=True, progress=overtake)
    assert result.is_rebuilt
    assert [row["id"] for row in crm.rows("crm.people")] == [1, 2, 3]


MANY = "0.12345678901234567891"


@pytest.mark.parametrize(
    ("lines", "column", "published"),
    [
        ([MANY], "string", [MANY]),
        ([MANY], {"logicalType": "number", "physicalType": "DECIMAL(38,20)"}, [MANY]),
        (["12345678901234567890123", "1.5"], "string", ["12345678901234567890123", "1.5"]),
        ([MANY], "number", None),
        (["9007199254740993", "1.5"], "number", None),
        (
            [f'{{"m": {MANY}}}'],
            {"logicalType": "object", "properties": [{"name": "m", "logicalType": "number"}]},
            None,
        ),
    ],
)
def test_numbers_of_json_keep_their_digits_or_are_named(mesh, lines, column, published):
    mesh.land("crm/people/a.jsonl", "".join(f'{{"n": {line}}}\n' for line in lines))
    mesh.product("crm.people", {"n": column})
    if published is None:
        with pytest.raises(LandingError, match=r"a\.jsonl, row 1, column n: "):
            mesh.build_product("crm.people")
    else:
        mesh.build_product("crm.people")
        assert sorted(str(row["n"]) for row in mesh.rows("crm.people")) == sorted(published)
