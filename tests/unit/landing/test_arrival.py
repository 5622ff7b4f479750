"""Bringing files into the landing zone."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshlake.errors import LandingError, UsageError
from meshlake.landing.arrival import land
from meshlake.names import DatasetName


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "My Inbox"
    folder.mkdir()
    return folder


def landed_files(zone):
    return sorted(
        path.relative_to(zone.root).as_posix() for path in Path(zone.root).rglob("*") if path.is_file()
    )


def test_a_file_lands_under_its_own_name(zone, inbox):
    source = inbox / "Customer List (new).csv"
    source.write_text("id\n1\n")
    told = []

    files = land([source], zone, "crm", progress=told.append)

    assert landed_files(zone) == ["crm/customer_list_new/Customer List (new).csv"]
    assert files == told
    assert (files[0].dataset, files[0].size_bytes, files[0].is_new) == (
        DatasetName("crm", "customer_list_new"),
        5,
        True,
    )
    assert source.read_text() == "id\n1\n"


def test_a_folder_lands_one_dataset_for_each_subfolder_or_file(zone, inbox):
    for name in ["orders/2024/a.csv", "orders/b.csv", "customers.jsonl.gz", "_SUCCESS", ".hidden/x.csv"]:
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_text("id\n1\n")
    land([inbox], zone, "crm")
    assert landed_files(zone) == [
        "crm/customers/customers.jsonl.gz",
        "crm/orders/2024/a.csv",
        "crm/orders/b.csv",
    ]


def test_files_called_alike_but_for_a_period_are_one_dataset_and_so_is_what_lands_later(zone, inbox):
    for name in [
        "sales_2024-01.csv",
        "sales_2024-02.csv",
        "20240131 stock.csv",
        "20240201 stock.csv",
        "t_2024.csv",
    ]:
        (inbox / name).write_text("id\n1\n")
    land([inbox], zone, "shop")
    (inbox / "sales_2024-03.csv").write_text("id\n2\n")
    land([inbox / "sales_2024-03.csv"], zone, "shop")
    assert landed_files(zone) == [
        "shop/sales/sales_2024-01.csv",
        "shop/sales/sales_2024-02.csv",
        "shop/sales/sales_2024-03.csv",
        "shop/stock/20240131 stock.csv",
        "shop/stock/20240201 stock.csv",
        "shop/t/t_2024.csv",
    ]


def test_a_period_joins_no_files_to_others_that_are_called_without_one(zone, inbox):
    for name in ["rates.csv", "rates_2023.csv", "rates_2024.csv", "log_2023.csv", "log_2024.jsonl"]:
        (inbox / name).write_text("id\n1\n")
    land([inbox], zone, "fx")
    assert [each.dataset for each in zone.datasets()] == [
        *("log_2023", "log_2024", "rates", "rates_2023", "rates_2024"),
    ]


def test_a_folder_of_partitions_is_one_dataset(zone, inbox):
    (inbox / "dt=2024-01-05").mkdir()
    (inbox / "dt=2024-01-05" / "a.csv").write_text("id\n1\n")
    land([inbox], zone, "crm")
    assert landed_files(zone) == ["crm/my_inbox/dt=2024-01-05/a.csv"]


SPARK = "-3f1c0a2b-5d6e-4f70-8a9b-0c1d2e3f4a5b-c000.snappy"


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("sales", [f"part-00000{SPARK}.csv", f"part-00001{SPARK}.csv"]),
        ("sales.csv", [f"part-00000{SPARK}.csv", "_SUCCESS", "late.csv"]),
        ("sales", ["part-r-00000.csv", "part-r-00001.csv"]),
        ("sales", ["part.0.csv", "part.1.csv"]),
        ("sales", ["data_0.csv", "data_1.csv"]),
        ("sales", ["data_0_0_0.csv.gz", "data_0_1_0.csv.gz"]),
        ("sales", ["export-000000000000.csv", "export-000000000001.csv"]),
        ("sales", ["20240105_101500_00012_abcde_1.csv"]),
    ],
)
def test_a_folder_that_an_engine_wrote_is_one_dataset(zone, tmp_path, folder, names):
    for name in names:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text("" if name == "_SUCCESS" else "id\n1\n")
    visible = sorted(f"crm/sales/{name}" for name in names if name != "_SUCCESS")
    land([tmp_path / folder], zone, "crm")
    assert landed_files(zone) == visible
    below = sorted(path for path in Path(zone.root).rglob("*") if path.is_file())
    for path in below:
        path.unlink()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (tmp_path / folder).rename(inbox / folder)
    land([inbox], zone, "crm")
    assert landed_files(zone) == visible


def test_files_of_other_names_beside_a_part_are_datasets_of_their_own(zone, inbox):
    for name in ["part-00000.csv", "customers.csv", "data_2024.csv"]:
        (inbox / name).write_text("id\n1\n")
    assert sorted({str(file.dataset) for file in land([inbox], zone, "crm")}) == [
        *("landing.crm.customers", "landing.crm.data", "landing.crm.part_00000")
    ]


def test_everything_lands_in_the_dataset_that_is_named(zone, inbox):
    for name in ["a.csv", "b.csv"]:
        (inbox / name).write_text("id\n1\n")
    land([inbox], zone, "crm", "customers")
    assert landed_files(zone) == ["crm/customers/a.csv", "crm/customers/b.csv"]


def test_landing_the_same_file_again_changes_nothing(zone, inbox):
    (inbox / "a.csv").write_text("id\n1\n")
    land([inbox / "a.csv"], zone, "crm")
    before = zone.dataset(DatasetName("crm", "a"))
    assert [file.is_new for file in land([inbox / "a.csv"], zone, "crm")] == [False]
    assert zone.dataset(DatasetName("crm", "a")) == before
    assert landed_files(zone) == ["crm/a/a.csv"]


def test_other_content_under_the_same_name_is_refused(zone, inbox):
    (inbox / "a.csv").write_text("id\n1\n")
    land([inbox / "a.csv"], zone, "crm")
    (inbox / "a.csv").write_text("id\n2\n")
    with pytest.raises(LandingError, match=r"a\.csv: another file of this name has landed"):
        land([inbox / "a.csv"], zone, "crm")
    assert Path(zone.root, "crm/a/a.csv").read_text() == "id\n1\n"
    assert landed_files(zone) == ["crm/a/a.csv"]


def test_nothing_lands_when_one_file_cannot(zone, inbox):
    (inbox / "a.csv").write_text("id\n1\n")
    (inbox / "b.exe").write_text("")
    with pytest.raises(LandingError, match=r"b\.exe is of no format"):
        land([inbox], zone, "crm")
    assert not zone.datasets()


def test_all_files_of_a_folder_that_cannot_land_are_told_at_once(zone, inbox):
    (inbox / "c").mkdir()
    for file in ("a.csv", "b.exe", "c/d.unknown", "c/e.tar.gz", "f.csv", "f.json"):
        (inbox / file).write_text("id\n1\n")
    with pytest.raises(LandingError) as caught:
        land([inbox], zone, "crm")
    first, *lines = caught.value.message.split("\n")
    assert first == "4 files cannot land, so none has:"
    told = ("e.tar.gz: archives", "b.exe is of no", "d.unknown is of no", "f.json: landing.crm.f holds csv")
    assert [sum(name in line for line in lines) for name in told] == [1] * len(lines)
    assert not zone.datasets()


def test_another_format_than_the_dataset_has_is_refused(zone, inbox):
    (inbox / "a.csv").write_text("id\n1\n")
    (inbox / "b.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(LandingError, match=r"b\.jsonl: landing\.crm\.c holds csv files, this one is json"):
        land([inbox], zone, "crm", "c")
    land([inbox / "a.csv"], zone, "crm", "c")
    with pytest.raises(LandingError, match="holds csv files"):
        land([inbox / "b.jsonl"], zone, "crm", "c")


def test_two_files_of_one_name_are_refused(zone, inbox):
    for folder in ("x", "y"):
        (inbox / folder).mkdir()
        (inbox / folder / "a.csv").write_text(folder)
    with pytest.raises(LandingError, match=r"would both land as crm/a/a\.csv"):
        land([inbox / "x" / "a.csv", inbox / "y" / "a.csv"], zone, "crm")
    assert not zone.datasets()


@pytest.mark.parametrize(("name", "words"), [("nowhere.csv", "no such file"), ("empty", "holds no files")])
def test_paths_without_files(zone, inbox, name, words):
    (inbox / "empty").mkdir()
    with pytest.raises(LandingError, match=words):
        land([inbox / name], zone, "crm")


@pytest.mark.parametrize("domain", ["../crm", "CRM", "", "landing"])
def test_domains_are_names(zone, inbox, domain):
    (inbox / "a.csv").write_text("id\n1\n")
    with pytest.raises(UsageError):
        land([inbox / "a.csv"], zone, domain)
    assert not Path(zone.root).exists()


def test_a_dataset_name_cannot_lead_out_of_the_zone(zone, inbox):
    (inbox / "a.csv").write_text("id\n1\n")
    land([inbox / "a.csv"], zone, "crm", "../../etc")
    assert landed_files(zone) == ["crm/etc/a.csv"]


def test_a_zone_that_cannot_be_written_to(zone, inbox):
    (inbox / "a.csv").write_text("id\n1\n")
    Path(zone.root).write_text("a file where the folder should be")
    with pytest.raises(LandingError, match="cannot be copied"):
        land([inbox / "a.csv"], zone, "crm")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no /proc on this system")
def test_a_file_that_cannot_be_read_leaves_nothing_behind(zone, inbox):
    (inbox / "a.csv").symlink_to("/proc/self/mem")
    with pytest.raises(LandingError, match="cannot be copied"):
        land([inbox / "a.csv"], zone, "crm")
    assert landed_files(zone) == []
