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


def test_two_builds_of_one_product_both_end_with_a_correct_product(mesh_folder):
    make_orders(mesh_folder)
    land_version(mesh_folder, 1)
    assert at_once((build, mesh_folder), (build, mesh_folder)) == [0, 0]
    with reading(mesh_folder) as seen:
        for version in range(2, 7):
            land_version(mesh_folder, version)
            assert at_once((build, mesh_folder, True), (build, mesh_folder, True)) == [0, 0]
            assert published_version(mesh_folder) == version
        assert seen
        assert set(seen) <= set(range(1, 7))


def build_named(folder, *names: str) -> None:
    try:
        folder.build(*names, is_forced=True)
    except MeshError as error:
        raise SystemExit(1) from error


def test_many_products_built_at_once_record_all_their_results(mesh_folder):
    names = [f"shop.p{number}" for number in range(4)]
    for name in names:
        mesh_folder.land(f"shop/{name.partition('.')[2]}/a.csv", "id\n1\n2\n")
        mesh_folder.product(name, {"id": {"logicalType": "integer", "primaryKey": True, "required": True}})
    assert at_once(*((build_named, mesh_folder, *[name] * 3) for name in names)) == [0] * len(names)
    assert [mesh_folder.rows(name) for name in names] == [[{"id": 1}, {"id": 2}]] * len(names)
    results = mesh_folder.open().lake.table(("mesh", "quality_results")).scan().to_arrow()
    runs = {(row["product"], row["run"]) for row in results.to_pylist()}
    assert sorted(product for product, _ in runs) == sorted(names * 3)
