"""Each example in the help of each command is run, as it is written there, in a mesh that holds what it names."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.commands import COMMANDS
from support.ran import run_apart
from support.small_mesh import SmallMesh

# Two models are trained before the first example of the demo's runs.
pytestmark = pytest.mark.timeout(900)

EXAMPLES = [(name, example) for name, command in COMMANDS.items() for example in command.examples]
# What cannot run here, and where it does run.
NOT_RUN = {
    "mesh ui": "serves until it is stopped: tests/ui",
    "mesh ui --port 3001": "serves until it is stopped: tests/ui",
    "mesh services up": "installs and starts three servers: tests/integration/services",
    "mesh services up postgres": "installs and starts a server: tests/integration/services",
    "mesh services env": "needs servers that run: tests/integration/services",
    'eval "$(mesh services env)"': "needs servers that run: tests/integration/services",
    "mesh demo --into postgresql": "needs a PostgreSQL: tests/engines/test_operational.py",
    "mesh discover operational        # only the tables; `landing` only the files": "needs a PostgreSQL: tests/engines",
    "mesh adopt public.orders --as shop.orders   # a table": "needs a PostgreSQL: tests/engines",
    "mesh boost retention.richer_features --accept": "needs a draft that waits: tests/unit/boosting",
    'mesh model promote retention.churn_predictions 20260701T040000-0123456789ab --why "it knows the new plans"': (
        "needs a version that was not promoted: tests/integration/packages/models/test_pins.py"
    ),
    'mesh model rollback retention.churn_predictions --why "it flags nobody of the north"': (
        "needs a champion before: tests/integration/packages/models/test_pins.py"
    ),
}
# What differs from mesh to mesh, or is only larger; {...} are filled in from the mesh.
STAND_INS = {
    "2026-11-24T12:00": "{now}",
    "150409553571058610": "{snapshot}",
    "20260701T040000-0123456789ab": "{version}",
    "--customers 1000000": "--customers 1000",
}
# What an example takes for granted.
BEFORE = {
    "mesh draft billing --update checks --update columns   # of products that are there, what the data says anew": (
        "draft billing",
    ),
    "mesh release crm.customers": ("build crm.customers --force", "rollback crm.customers"),
    "mesh model unpin retention.churn_predictions": ("model pin retention.churn_predictions",),
    "mesh drop retail.customer_rfm --undo": (
        "build retail.customer_rfm --only",
        "drop retail.customer_rfm --breaking --yes",
    ),
}
# These have to find no product of that name yet, or no mesh at all; and little to look through.
IN_A_NEW_MESH = {"init", "land", "adopt", "demo", "discover", "draft", "doctor", "schema", "services"}
# These have to find products to learn from, and none of their own yet.
DRAFT_MODELS = {
    ("model", task)
    for task in ("churn", "classification", "multilabel", "regression", "segments", "survival", "uplift")
}
# What finds fault with the machine that the tests run on, such as packages other than meshlake asks for.
MAY_END_WITH_1 = {"mesh doctor"}
CUSTOMERS = (
    "customer_id,plan,monthly_fee,last_fee,called,churned,status,has_support,tenure,joined_on,last_seen_on\n"
) + "".join(
    f"{n},{'basic' if n % 3 else 'family'},{10 + n % 40}.50,{10 + n * 7 % 40}.50,{'yes' if n % 7 < 3 else 'no'},"
    f"{'yes' if n % 4 == 0 else 'no'},{'Left' if n % 4 == 0 else 'Active'},"
    f"{'no' if n % 5 else 'yes'},{n * 11 % 60},2024-01-{1 + n % 28:02},2025-{1 + n % 12:02}-01\n"
    for n in range(1, 201)
)
# Somebody else's contract.
ORDERS = """\
apiVersion: v3.0.2
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
name: Orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: integer, physicalType: "NUMBER(38,0)", primaryKey: true}
      - {name: total, logicalType: number}
"""


def test_every_command_has_examples_and_those_not_run_are_there():
    assert [name for name, command in COMMANDS.items() if not command.examples] == []
    assert NOT_RUN.keys() - {example for _, example in EXAMPLES} == set()


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> SmallMesh:
    """The demo's mesh, smaller and without all but one of its models: they are what takes minutes to build."""
    mesh = SmallMesh(tmp_path_factory.mktemp("demo"))
    mesh.run("demo", "--customers", "400", "--days", "90").ended()
    left_out = ("churn_features", "churn_predictions", "customer_segments", "customer_anomalies")
    for folder in (*(f"retail/{name}" for name in left_out), "retention/customer_segments"):
        shutil.rmtree(mesh.products / folder)
    for question in (mesh.root / "sql" / "questions").glob("0[46]*.sql"):  # of segments and lapsed spenders
        question.unlink()
    mesh.run("build").ended()
    mesh.run("build", "crm.customers", "--force").ended()
    mesh.run("build", "retention.churn_predictions", "--force").ended()
    return mesh


@pytest.fixture(scope="module")
def modelled(tmp_path_factory) -> SmallMesh:
    """Two products to learn from."""
    mesh = SmallMesh(tmp_path_factory.mktemp("modelled"))
    for product in ("crm.customers", "retail.customer_rfm"):
        mesh.land(f"{product.replace('.', '/')}/a.csv", CUSTOMERS)
        mesh.run("adopt", product, "--owner", "ana@example.com").ended()
    mesh.run("build").ended()
    return mesh


@pytest.fixture
def new(tmp_path) -> SmallMesh:
    """Files to land, somebody's contract, and three datasets that have landed."""
    mesh = SmallMesh(tmp_path / "mesh")
    (mesh.root / "orders.odcs.yaml").write_text(ORDERS, encoding="utf-8")
    (mesh.root / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    folder = mesh.root / "exports" / "2026"
    folder.mkdir(parents=True)
    (folder / "january.csv").write_text("invoice,cents\n1,995\n", encoding="utf-8")
    mesh.land("crm/customers/a.csv", CUSTOMERS)
    mesh.land("exports/cust_2026/a.csv", CUSTOMERS)
    mesh.land("billing/invoices/a.csv", "invoice_id,cents\n1,995\n2,1200\n")
    return mesh


@pytest.mark.parametrize(
    ("name", "example"),
    [pair for pair in EXAMPLES if pair[1] not in NOT_RUN],
    ids=[e for _, e in EXAMPLES if e not in NOT_RUN],
)
def test_the_example_runs(request, name, example):
    mesh = request.getfixturevalue(
        "new" if name[0] in IN_A_NEW_MESH else "modelled" if name in DRAFT_MODELS else "demo"
    )
    line = example
    for written, standin in STAND_INS.items():
        line = line.replace(written, standin)
    if "{" in line:
        snapshots = mesh.run("history", "crm.customers", "--json").ended().facts
        versions = mesh.run("model", "list", "--json").ended().facts
        line = line.format(
            now=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
            snapshot=snapshots[-1]["snapshot_id"],
            version=versions[-1]["version"],
        )
    if set(line.partition("#")[0]) & set("|$"):
        _run_in_shell(mesh, line)
    else:
        program, *arguments = shlex.split(line, comments=True)
        assert program == "mesh"
        assert tuple(arguments[: len(name)]) == name
        for before in BEFORE.get(example, ()):
            mesh.run(*before.split()).ended()
        ran = mesh.run(*arguments)
        ran.ended(1 if ran.status == 1 and example in MAY_END_WITH_1 else 0)


def _run_in_shell(mesh: SmallMesh, line: str) -> None:
    folder = mesh.root / "bin"
    folder.mkdir(exist_ok=True)
    script = folder / "mesh"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(mesh.command())} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    path = f"{folder}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run_apart(["bash", "-o", "pipefail", "-ec", line], mesh.environment | {"PATH": path}, mesh.root).ended()
