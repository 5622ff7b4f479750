"""Builds at the same moment: each ends with a correct product, and readers see whole versions only."""

from __future__ import annotations

from meshlake.errors import MeshError
from support.moments import (
    build,
)
from support.versions import (
    at_once,
    land_version,
    make_orders,
    published_version,
    reading,
)


def test_two_builds_of_one_product_both_end_with_a_correct_product(mesh):
    make_orders(mesh)
    land_version(mesh, 1)
    assert at_once((build, mesh), (build, mesh)) == [0, 0]
    with reading(mesh) as seen:
        for version in range(2, 7):
            land_version(mesh, version)
            assert at_once((build, mesh, True), (build, mesh, True)) == [0, 0]
            assert published_version(mesh) == version
        assert seen
        assert set(seen) <= set(range(1, 7))


def build_named(folder, *names: str) -> None:
    try:
        folder.build_product(*names, is_forced=True)
    except MeshError as error:
        raise SystemExit(1) from error


def test_many_products_built_at_once_record_all_their_results(mesh):
    names = [f"shop.p{number}" for number in range(4)]
    for name in names:
        mesh.land(f"shop/{name.partition('.')[2]}/a.csv", "id\n1\n2\n")
        mesh.product(name, {"id": {"logicalType": "integer", "primaryKey": True, "required": True}})
    assert at_once(*((build_named, mesh, *[name] * 3) for name in names)) == [0] * len(names)
    assert [mesh.rows(name) for name in names] == [[{"id": 1}, {"id": 2}]] * len(names)
    results = mesh.workspace.lake.table(("mesh", "quality_results")).scan().to_arrow()
    runs = {(row["product"], row["run"]) for row in results.to_pylist()}
    assert sorted(product for product, _ in runs) == sorted(names * 3)
