"""Every command on terminals of 80 and 40 columns, and piped: ids, counts, names and marks are all there, whole."""

from __future__ import annotations

import re

import pytest

from support.commands import COMMANDS
from support.screen import run_on_screen, unfolded

PEOPLE = "customer_relations.people_of_every_region"
AGES = "retention_and_marketing.ages_of_people_by_region"
INVOICES = "billing.invoices_that_were_never_paid"
ROWS = "1,234,567"
NUMBER = "identification_number_of_the_person"

# (arguments, exit status, what has to be readable). Stand-ins: {earlier} is a snapshot of AGES that is not current.
SHOWN = [
    ("list", 0, [PEOPLE, AGES, INVOICES, ROWS, "ana@example.com", "published", "lastbuildfailed"]),
    (f"history {AGES}", 0, ["{earlier}", "{current}", ROWS, "yes", "MB"]),
    (f"show {AGES}", 0, [AGES, PEOPLE, NUMBER, "age_in_years", "BIGINT", "ana@example.com", "primary_key"]),
    ("report", 0, [PEOPLE, AGES, ROWS, "ana@example.com"]),
    (f"check {PEOPLE} {AGES}", 0, [PEOPLE, AGES, "primary_key", "passed", f"{NUMBER}_required"]),
    ("build", 1, [PEOPLE, AGES, INVOICES, "unchanged", "no_invoice_of_less_than_nothing", "1failed"]),
    (f"build {AGES} --force", 0, [AGES, ROWS, "4/4checks", "2built,0unchanged"]),
    ("test", 0, [AGES, "whoeverwasbornin1984is40yearsoldin2024,whatevertheregion", "passed"]),
    ("questions", 0, ["how_many_people_there_are_of_each_age", "90", "30.000", "yes"]),
    ("discover", 0, [PEOPLE, INVOICES, NUMBER, ROWS, "year_of_birth", "7045384213609441282", "key"]),
    ("doctor", None, []),
    ("services status", 1, ["minio", "postgres", "trino", "127.0.0.1:19000"]),
    (f"lint {AGES}", 0, []),
    ("clean", 0, ["Removed"]),
    (f"sql SELECT*FROM(VALUES(7045384213609441282,'{'x' * 36}'))t(id,{NUMBER})", 0, [NUMBER, "7045384213609441282"]),
    ("land people.csv --domain customer_relations --dataset names_of_people_of_every_region", 0,
     ["customer_relations.names_of_people_of_every_region", "people.csv"]),
    ("adopt billing.invoices_that_were_never_paid --as billing.invoices_adopted_as_{columns}", 0,
     ["billing.invoices_adopted_as_{columns}", "contract.odcs.yaml"]),
    ("draft customer_relations", 0, [PEOPLE, "drafted,", "therealready,0failed"]),
    ("search identification", 0, [PEOPLE, NUMBER]),
    ("demo --customers 50 --days 90", 0, ["50customerslanded", "usagerows"]),
    ("init {folder}/a_mesh_in_a_folder_of_a_long_name", 0, ["a_mesh_in_a_folder_of_a_long_name/mesh.toml"]),
    (f"boost {PEOPLE} --label nowhere_to_be_found_in_the_contract", 2, ["nowhere_to_be_found_in_the_contract"]),
    (f"model churn {PEOPLE} --label nowhere_to_be_found_in_the_contract", 2, ["nowhere_to_be_found_in_the_contract"]),
    (f"model classification {PEOPLE} --label nowhere_to_be_found", 2, ["nowhere_to_be_found"]),
    (f"model multilabel {PEOPLE} --labels nowhere_to_be_found,nor_here", 2, ["nowhere_to_be_found"]),
    (f"model regression {PEOPLE} --label nowhere_to_be_found_in_the_contract", 2,
     ["nowhere_to_be_found_in_the_contract"]),
    (f"model segments {PEOPLE} --key nowhere_to_be_found_in_the_contract", 2, ["nowhere_to_be_found_in_the_contract"]),
    (f"model survival {PEOPLE} --label nowhere_to_be_found_in_the_contract", 2,
     ["nowhere_to_be_found_in_the_contract"]),
    (f"model uplift {PEOPLE} --treatment nowhere_to_be_found --label nowhere_to_be_found_in_the_contract", 2,
     ["nowhere_to_be_found_in_the_contract"]),
    (f"model list {PEOPLE}", 2, [PEOPLE, "isnomodel"]),
    (f"model show {PEOPLE} 20260701T040000-0123456789ab", 2, [PEOPLE, "isnomodel"]),
    (f"model compare {PEOPLE} 20260701T040000-0123456789ab", 2, [PEOPLE, "isnomodel"]),
    *((f"model {command}", 2, [PEOPLE, "isnomodel"])
      for command in (f"performance {PEOPLE}", f"report {PEOPLE}", f"pin {PEOPLE}", f"promote {PEOPLE} 1",
                      f"rollback {PEOPLE}", f"unpin {PEOPLE}")),
    (f"rollback {AGES} --to {{earlier}}", 0, [AGES, ROWS, "{earlier}"]),
    (f"release {AGES}", 0, [AGES, "nolongerheldatsnapshot", "{current}"]),
    (f"rollback {AGES} --to 7045384213609441282", 2, ["7045384213609441282"]),
    ("drop customer_relations.people_of_every_regoin", 2, ["customer_relations.people_of_every_regoin", PEOPLE]),
    ("schema model", 0, ['"title":"Model"']),
    ("show customer_relations.people_of_every_regoin", 2, ["customer_relations.people_of_every_regoin", PEOPLE]),
]  # fmt: skip
BEFORE = {f"release {AGES}": (f"build {AGES} --force", f"rollback {AGES}")}
NOT_RUN = {
    ("services", "up"): "starts servers; its lines are `+ name address`, printed as they are",
    ("services", "down"): "stops servers",
    ("services", "env"): "prints shell commands, and is for no screen",
    ("ui",): "serves until it is stopped",
}


def test_every_command_is_run_or_said_why_not():
    run = {tuple(arguments.split()[: len(name)]) for name in COMMANDS for arguments, _, _ in SHOWN}
    assert sorted(COMMANDS.keys() - run) == sorted(NOT_RUN)


@pytest.fixture(scope="module")
def services_known(mesh):
    """The servers of this mesh were started once, and run no more."""
    folder = mesh.home / "services"
    folder.mkdir()
    secrets = folder / "secrets.toml"
    secrets.write_text('s3_access_key = "a"\ns3_secret_key = "b"\npostgres_password = "c"\n')
    secrets.chmod(0o600)
    ports = {"minio": 19000, "minio_console": 19001, "postgres": 15432, "trino": 18080}
    (folder / "ports.toml").write_text("".join(f"{name} = {port}\n" for name, port in ports.items()))


@pytest.mark.parametrize("columns", [80, 40, None], ids=["80 columns", "40 columns", "piped"])
@pytest.mark.parametrize(("arguments", "status", "texts"), SHOWN, ids=[a[:40] for a, _, _ in SHOWN])
@pytest.mark.usefixtures("services_known")
def test_nothing_is_cut(mesh, tmp_path, arguments, status, texts, columns):
    for before in BEFORE.get(arguments, ()):
        mesh.run(*before.split()).ended()
    standins = {"{folder}": str(tmp_path), "{columns}": str(columns).lower()}
    if any(snapshot in f"{arguments}{texts}" for snapshot in ("{current}", "{earlier}")):
        history = mesh.run("history", AGES, "--json").ended().facts
        standins["{current}"] = next(f["snapshot_id"] for f in history if f["is_current"])
        standins["{earlier}"] = next(f["snapshot_id"] for f in history if not f["is_current"])
    words = [_filled(word, standins) for word in arguments.split()]
    ran = mesh.run(*words) if columns is None else run_on_screen(mesh, *words, columns=columns)
    ran.ended(ran.status if status is None else status)
    shown = unfolded(ran.out + ran.err)
    assert [text for text in texts if _filled(text, standins) not in shown] == [], ran.out + ran.err
    assert words[0] == "schema" or not re.search(r"\w(\.\.\.|…)", ran.out), ran.out


def _filled(text: str, standins: dict[str, str]) -> str:
    for name, value in standins.items():
        text = text.replace(name, value)
    return text
