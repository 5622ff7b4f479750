"""Nothing is wrong in the folder of a product, every contract is valid ODCS, and questions can be asked of Trino."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import sqlglot

from meshlake.linting.lint import lint_products
from meshlake.settings import load_settings

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
FOLDERS = [REPOSITORY / "data_products", *sorted(REPOSITORY.glob("examples/*/data_products"))]
CONTRACTS = sorted(path for folder in FOLDERS for path in folder.glob("*/*/contract.odcs.yaml"))
QUESTIONS = sorted((REPOSITORY / "sql/questions").glob("*.sql"))
# `make install-dev` makes the first; datacontract-cli cannot live beside this duckdb.
LINTERS = [REPOSITORY / ".venv-datacontract", Path.home() / ".cache/meshlake/datacontract-venv"]

# One process lints all: the command line takes a second a contract to start.
LINT = """
import sys
from datacontract.data_contract import DataContract
failed = False
for path in sys.argv[1:]:
    run = DataContract(data_contract_file=path).lint()
    for check in run.checks:
        if check.result != "passed":
            failed = True
            print(f"{path}: {check.result.value}: {check.name}: {check.reason}")
    if not run.checks:
        failed = True
        print(f"{path}: nothing was checked")
sys.exit(failed)
"""


def datacontract_python() -> Path:
    found = next((python for venv in LINTERS if (python := venv / "bin/python").exists()), None)
    if found is None:
        pytest.fail("datacontract-cli is not installed: run `make install-dev`")
    return found


def lint(*contracts: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [datacontract_python(), "-c", LINT, *map(str, contracts)], capture_output=True, text=True, timeout=250
    )


def test_datacontract_accepts_every_contract():
    assert CONTRACTS
    linted = lint(*CONTRACTS)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_datacontract_would_refuse_a_wrong_contract(tmp_path: Path):
    wrong = tmp_path / "contract.odcs.yaml"
    wrong.write_text(CONTRACTS[0].read_text().replace("logicalType: string", "logicalType: strnig", 1))
    linted = lint(wrong)
    assert linted.returncode == 1
    assert "strnig" in linted.stdout


def written_for_trino(sql: str) -> str:
    raising = sqlglot.ErrorLevel.RAISE
    (text,) = sqlglot.transpile(sql, read="duckdb", write="trino", unsupported_level=raising)
    return text


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_question_can_be_written_for_trino(path: Path):
    sql = written_for_trino(path.read_text(encoding="utf-8"))
    assert sqlglot.parse_one(sql, read="trino")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_nothing_is_wrong_in_a_folder_nor_anything_that_trino_cannot_run(folder: Path):
    assert lint_products(load_settings({}, folder.parent), [], "trino") == []
