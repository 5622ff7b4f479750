"""A newcomer without a checkout: the wheel installed, and run from an empty folder whose name has a space."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path
from urllib.error import URLError

import pytest

from support.signals import hear_signals

from .conftest import REPOSITORY, run

pytestmark = pytest.mark.timeout(900)  # the whole demo, as a newcomer has it, on a machine that may be busy


def customers() -> str:
    numbers = random.Random(7)  # noqa: S311 - the same rows each time
    rows = ["id,plan,calls,churned"]
    for n in range(300):
        calls = numbers.randint(0, 9)
        left = "yes" if numbers.random() < 0.1 + 0.08 * calls else "no"
        rows.append(f"{n},{numbers.choice(['basic', 'plus'])},{calls},{left}")
    return "\n".join(rows) + "\n"


class Terminal:
    """Runs `mesh` of the environment in one folder."""

    def __init__(self, environment, folder: Path) -> None:
        self.environment, self.folder = environment, folder

    def mesh(self, *arguments: str, statuses: tuple[int, ...] = (0,)) -> str:
        return run([self.environment.mesh, *arguments], self.folder, statuses).stdout

    def python(self, code: str) -> str:
        return run([self.environment.python, "-c", code], self.folder).stdout


@pytest.fixture
def terminal(environment, tmp_path) -> Terminal:
    folder = tmp_path / "a new mesh"
    folder.mkdir()
    return Terminal(environment, folder)


def test_only_the_package_is_at_the_top_and_links_are_files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(n for n in names if n.endswith("/METADATA"))).decode()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"meshlake"}
    for file in (
        "meshlake/py.typed",
        "meshlake/ml_assets/churn.py",
        "meshlake/orchestration/dagster.yaml",
        "meshlake/orchestration/workspace.yaml",
        "meshlake/demo/mesh/data_products/crm/customers/contract.odcs.yaml",
        "meshlake/demo/mesh/sql/questions/01_revenue_at_risk_by_region.sql",
    ):
        assert file in names
    for told in ("License-Expression: Apache-2.0", "Provides-Extra: trino", "Classifier: Typing :: Typed"):
        assert told in metadata
    assert "# Meshlake" in metadata


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    committed = run(["git", "ls-files", "pipelines/meshlake", "ml_assets"], REPOSITORY).stdout.splitlines()
    links = ("ml_assets", "data_products", "sql")
    wanted = {
        path.removeprefix("pipelines/") if path.startswith("pipelines/") else f"meshlake/{path}"
        for path in committed
        if not path.startswith("pipelines/") or Path(path).name not in links
    }
    assert wanted - inside == set()


def test_the_ten_minutes_of_the_readme(terminal):
    (terminal.folder / "customers.csv").write_text(customers(), encoding="utf-8")
    assert terminal.mesh("--version").startswith("meshlake 0.")
    terminal.mesh("land", "customers.csv", "--domain", "shop")
    assert "likely label" in terminal.mesh("discover", "shop.customers")
    terminal.mesh("adopt", "shop.customers")
    terminal.mesh("build", "shop.customers")
    terminal.mesh("model", "churn", "shop.customers", "--label", "churned")
    built = json.loads(terminal.mesh("build", "--json"))["built"]
    assert [(each["product"], each["rows"]) for each in built] == [
        ("shop.customers", 300),
        ("shop.customers_churn", 300),
    ]
    asked = "SELECT count(*) AS n FROM shop.customers_churn WHERE churn_probability > 0"
    assert json.loads(terminal.mesh("sql", asked, "--json")) == [{"n": 300}]
    frame = (
        "import meshlake; "
        "print(len(meshlake.open().sql('SELECT * FROM shop.customers_churn').df()), meshlake.__version__)"
    )
    assert terminal.python(frame).startswith("300 0.")


def test_the_demo_its_report_its_questions_and_its_pages(terminal):
    told = terminal.mesh("demo", "--customers", "2000", "--days", "90")
    assert "Wrote the demo's data products into data_products/" in told
    assert json.loads(terminal.mesh("build", "--json"))["failed"] == []
    assert "Most at risk: retention.churn_predictions" in terminal.mesh("report")
    # It ends with 1 where an answer took longer than promised, as it may on a machine that is busy.
    assert len(json.loads(terminal.mesh("questions", "--runs", "1", "--json", statuses=(0, 1)))) == 8
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MESH_", "DAGSTER_", "PYTHON"))}
    ui = subprocess.Popen(
        [str(terminal.environment.mesh), "ui", "--port", str(port)],
        cwd=terminal.folder,
        env=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=hear_signals,
    )
    try:
        assert "retention" in _asset_keys(port, ui)
    finally:
        os.killpg(ui.pid, signal.SIGINT)
        ui.wait(timeout=60)


def test_an_error_names_the_extra_that_is_missing(bare_environment, tmp_path):
    def told(*arguments: str, **variables: str) -> str:
        done = subprocess.run(
            [str(bare_environment.mesh), *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **variables},
            capture_output=True,
            text=True,
        )
        assert done.returncode in {1, 2}, done.stderr
        return done.stdout + done.stderr

    (tmp_path / "data_products").mkdir()
    assert "pip install 'meshlake[demo]'" in told("demo")
    in_postgresql = {"MESH_CATALOG": "postgresql://a:b@127.0.0.1:9/c"}
    on_s3 = {"MESH_LANDING": "s3://landing", "MESH_WAREHOUSE": "s3://warehouse"}
    on_trino = {"MESH_ENGINE": "trino", "MESH_TRINO": "http://127.0.0.1:9"}
    assert "pip install 'meshlake[services]'" in told("list", **in_postgresql)
    assert "pip install 'meshlake[services]'" in told("sql", "SELECT * FROM crm.customers", **in_postgresql)
    assert "pip install 'meshlake[services]'" in told("discover", **on_s3)
    assert "pip install 'meshlake[trino]'" in told("doctor", **on_s3, **in_postgresql, **on_trino)


def _asset_keys(port: int, ui: subprocess.Popen[bytes]) -> str:
    """What /graphql says of the mesh's assets, as soon as the pages are there."""
    query = {"query": "{ assetNodes { assetKey { path } } }"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps(query).encode(),
        {"Content-Type": "application/json"},
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert ui.poll() is None, "the pages ended by themselves"
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                text = answer.read().decode()
        except (URLError, ConnectionError, TimeoutError):
            text = ""
        if "crm" in text:
            return text
        time.sleep(1)
    raise AssertionError("no assets after two minutes")
