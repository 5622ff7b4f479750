"""`meshlake.open()` and the answers to SQL: their forms, their time, what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from threading import Thread

import duckdb
import pytest

import meshlake
from meshlake.errors import UsageError


@pytest.mark.slow
def test_an_answer_can_be_taken_in_every_form_and_again(shop):
    answer = shop.sql("SELECT id, fee FROM shop.customers WHERE id < 3 ORDER BY id")
    assert answer.columns == ("id", "fee")
    assert answer.types == ("BIGINT", "DOUBLE")
    for _ in range(2):
        assert answer.fetchall() == [(1, 10.0), (2, 12.5)]
        assert answer.dicts() == [{"id": 1, "fee": 10.0}, {"id": 2, "fee": 12.5}]
        assert answer.df()["fee"].tolist() == [10.0, 12.5]
        assert answer.arrow().column("id").to_pylist() == [1, 2]
    assert list(answer) == answer.fetchall()
    assert len(answer) == 2
    assert 0 < answer.seconds < 5


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("sum(id)", 820),
        ("9007199254740993::BIGINT", 9007199254740993),
        ("NULL", None),
        ("DATE '2024-02-29'", datetime(2024, 2, 29).date()),  # noqa: DTZ001
        ("[1, NULL]", [1, None]),
        ("{'a': 1}", {"a": 1}),
        ("'Größe\n<b>'", "Größe\n<b>"),
    ],
)
def test_values_stay_what_they_are(shop, expression, value):
    assert shop.sql(
        f"SELECT any_value(x) FROM (SELECT {expression} AS x FROM shop.customers)"
    ).fetchall() == [(value,)] or shop.sql(f"SELECT {expression} FROM shop.customers").fetchall() == [
        (value,)
    ]


@pytest.mark.parametrize(
    ("zone", "day"), [(None, "2024-07-05"), ("America/New_York", "2024-07-04"), ("Asia/Tokyo", "2024-07-05")]
)
def test_a_moment_falls_on_its_day_in_utc_unless_another_zone_is_asked_for(shop, monkeypatch, zone, day):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    moment = "TIMESTAMPTZ '2024-07-05 02:00:00+00'"
    there = meshlake.open(shop.settings.products.parent, timezone=zone)
    table = there.sql(f"SELECT CAST(CAST({moment} AS DATE) AS VARCHAR) AS day, {moment} AS seen_at").arrow()
    assert table["day"].to_pylist() == [day]
    assert table.schema.field("seen_at").type.tz == (zone or "UTC")


def test_a_zone_that_is_none_is_refused(shop):
    there = meshlake.open(shop.settings.products.parent, timezone="Mars/Olympus")
    with pytest.raises(meshlake.UsageError, match="'Mars/Olympus' is no time zone"):
        there.sql("SELECT 1 FROM shop.customers")


def test_columns_of_one_name_are_told_apart(shop):
    assert shop.sql("SELECT 1 AS a, 2 AS a").columns == ("a", "a_1")


def test_the_order_of_rows_is_kept(shop):
    ids = [row[0] for row in shop.sql("SELECT id FROM shop.customers ORDER BY id DESC")]
    assert ids == list(range(40, 0, -1))


def test_an_answer_shows_its_rows_and_its_time(shop):
    shown = repr(shop.sql("SELECT id, plan FROM shop.customers WHERE id = 3"))
    assert "3 │ plus" in shown
    assert "1 row, 0." in shown


def test_an_answer_in_a_notebook_is_a_table_in_which_text_stays_text(shop):
    shown = shop.sql("SELECT id, '<b>' AS \"a<b\", NULL AS n FROM shop.customers")._repr_html_()
    assert shown.count("<tr>") == 21
    assert "<th>a&lt;b</th>" in shown
    assert "<td>&lt;b&gt;</td>" in shown
    assert "<b>" not in shown
    assert "40 rows, the first 20 shown" in shown


def test_a_plan_is_an_answer(shop):
    (row,) = shop.sql("EXPLAIN SELECT * FROM shop.customers").fetchall()
    assert "PARQUET" in row[1].upper()


def test_landed_datasets_and_tables_of_the_mesh(shop):
    assert shop.sql("SELECT count(*) FROM landing.shop.customers").fetchall() == [(40,)]
    products = shop.sql("SELECT product FROM mesh.products ORDER BY product").fetchall()
    assert products == [("shop.customers",), ("shop.plans",)]


def test_nothing_of_the_mesh_stays_open(shop, built_shop):
    answer = shop.sql("SELECT count(*) FROM shop.customers")
    # Any other client can open the file to write, which a reader's lock would forbid.
    code = f"import duckdb; duckdb.connect({str(shop.settings.mesh_file)!r}).close()"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert answer.fetchall() == [(40,)]


@pytest.mark.slow
def test_as_of_takes_a_moment_or_a_snapshot(shop):
    now = datetime.now(UTC)
    (snapshot,) = shop.sql("SELECT snapshot_id FROM mesh.snapshots WHERE product = 'shop.plans'").fetchall()[
        0
    ]
    for moment in (now, now.isoformat(), snapshot, str(snapshot)):
        assert len(shop.sql("SELECT * FROM shop.plans", as_of=moment)) == 2
    with pytest.raises(meshlake.UsageError, match="no snapshot as of"):
        shop.sql("SELECT * FROM shop.plans", as_of=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * FROM shop.custommers", "Did you mean shop.customers?"),
        ("DELETE FROM shop.customers", "only reads"),
        ("SELECT * FROM answers.main.answer", "is not a table of the mesh"),
        ("SELECT 1 / nothing", "nothing"),
    ],
)
def test_what_cannot_be_asked_is_refused(shop, query, told):
    with pytest.raises(meshlake.UsageError, match=told):
        shop.sql(query)


def test_other_threads_can_ask(shop):
    found = []
    threads = [
        Thread(target=lambda: found.append(shop.sql("SELECT count(*) FROM shop.customers").fetchall()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[(40,)]] * 4


def test_an_unknown_engine_is_refused(shop):
    with pytest.raises(meshlake.UsageError, match="'spark' is no engine"):
        shop.sql("SELECT 1", engine="spark")


@pytest.mark.parametrize("format_name", ["csv", "json", "jsonl", "parquet"])
def test_answers_are_written_to_files(shop, tmp_path, format_name):
    path = tmp_path / f"answer.{format_name}"
    written = shop.write("SELECT id FROM shop.customers", path, format_name)
    assert written.row_count == 40
    assert duckdb.sql(f"SELECT sum(id) FROM '{path}'").fetchone() == (820,)


def test_settings_are_found_in_the_order_that_is_told(built_shop, monkeypatch, tmp_path):
    monkeypatch.setenv("MESH_HOME", str(tmp_path / "by variable"))
    assert meshlake.open(built_shop.root).settings.home == tmp_path / "by variable"
    assert meshlake.open(built_shop.root, home="given").settings.home == built_shop.root / "given"
    assert meshlake.open(built_shop.root, home=None).settings.home == tmp_path / "by variable"
    monkeypatch.delenv("MESH_HOME")
    assert meshlake.open(built_shop.root).settings.home == built_shop.home
    monkeypatch.chdir(built_shop.root)
    assert meshlake.open().settings == meshlake.open(built_shop.root).settings


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(meshlake.UsageError, match="there is no folder"):
        meshlake.open(tmp_path / "nowhere")


@pytest.mark.slow
def test_nothing_heavy_is_loaded_to_ask(built_shop):
    code = (
        "import sys, json, meshlake; light = sorted(sys.modules)\n"
        "rows = meshlake.open(sys.argv[1]).sql('SELECT count(*) FROM shop.customers').fetchall()\n"
        "print(json.dumps([light, rows, sorted(sys.modules)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(built_shop.root)], capture_output=True, text=True, check=True
    )
    light, rows, after = json.loads(done.stdout)
    assert [name for name in light if name.startswith("meshlake")] == ["meshlake"]
    assert rows == [[40]]
    assert {"pandas", "pyarrow", "dagster", "pyiceberg", "typer"}.isdisjoint(after)


def test_polars_is_named_where_it_is_missing(shop):
    answer = shop.sql("SELECT 1 AS a")
    try:
        import polars
    except ModuleNotFoundError:
        with pytest.raises(meshlake.MissingPackageError, match=r"pip install 'meshlake\[polars\]'"):
            answer.pl()
    else:
        assert answer.pl().equals(polars.DataFrame({"a": [1]}, schema={"a": polars.Int32}))


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("SELECT * FROM customers", "Did you mean shop.customers or landing.shop.customers?"),
        ("SELECT * FROM custmers", "Did you mean shop.customers or landing.shop.customers?"),
        ("SELECT * FROM plans", "Did you mean shop.plans?"),
        ("SELECT * FROM products", "Did you mean mesh.products?"),
        ("SELECT * FROM unheard_of", "Tables are <domain>.<product>"),
    ],
)
def test_a_table_without_its_domain_is_told_with_it(shop, sql, hint):
    with pytest.raises(UsageError, match="is not a table of the mesh") as told:
        shop.sql(sql)
    assert told.value.hint.startswith(hint)


def test_show_tables_names_what_has_landed_too(shop):
    names = [row["name"] for row in shop.sql("SHOW TABLES").dicts()]
    assert names == sorted(names)
    assert {"shop.customers", "landing.shop.customers", "mesh.products"} <= set(names)


def test_text_that_is_summed_is_told_to_be_text(shop):
    with pytest.raises(UsageError, match="sum\\(VARCHAR\\)") as told:
        shop.sql("SELECT sum(plan) FROM landing.shop.customers")
    assert "CAST(x AS DOUBLE)" in told.value.hint


def test_where_there_is_no_mesh_it_is_said(tmp_path):
    with pytest.raises(UsageError, match=f"nothing is published yet: there is no mesh in {tmp_path}"):
        meshlake.open(tmp_path).sql("SELECT 1")
