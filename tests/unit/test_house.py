"""The house rules that no linter holds: how long functions and files are, and that no two files import each other."""

from __future__ import annotations

import ast
import statistics
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

import meshlake

PACKAGE = Path(meshlake.__file__).parent
# The demo's products are linked into the package, and are no code of it.
FILES = sorted(
    {*PACKAGE.rglob("*.py"), *PACKAGE.glob("ml_assets/**/*.py")} - {*PACKAGE.glob("demo/mesh/**/*.py")}
)
MOST_LINES = 300


def _function_lines(file: Path) -> list[int]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]


def test_functions_are_short():
    lines = sorted(length for file in FILES for length in _function_lines(file))
    assert len(lines) > 1000
    assert statistics.median(lines) <= 10
    assert lines[int(0.9 * len(lines))] <= 30


def test_no_file_is_long():
    lines = {str(file.relative_to(PACKAGE)): file.read_text(encoding="utf-8").count("\n") for file in FILES}
    assert {file: count for file, count in lines.items() if count > MOST_LINES} == {}


@pytest.mark.parametrize("with_types", [False, True], ids=["imports", "imports for types too"])
def test_no_files_import_each_other(with_types):
    graph = grimp.build_graph("meshlake", exclude_type_checking_imports=not with_types, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    # It raises a CycleError that names the files of a circle.
    assert len(list(TopologicalSorter(imports).static_order())) == len(imports) > 200
