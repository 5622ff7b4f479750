"""JSON that is not lines: arrays, objects over several lines, keys in different cases, and pages told as such."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.landing.relation import relation_sql

VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.text(st.characters(codec="utf-8"), max_size=8)
)


OBJECTS = st.dictionaries(st.sampled_from(["a", "B b", "c'\"/~", "d"]), VALUES, min_size=1)


@settings(max_examples=25, deadline=None)
@given(objects=st.lists(OBJECTS, min_size=1, max_size=6), indent=st.none() | st.integers(0, 2))
def test_any_objects_come_back_from_an_array(any_objects, objects, indent):
    found = any_objects("a.json", json.dumps(objects, indent=indent))
    as_text = [{key: _text(value) for key, value in each.items() if value is not None} for each in objects]
    assert Counter(map(frozenset, map(dict.items, found))) == Counter(
        map(frozenset, map(dict.items, as_text))
    )


def _text(value):
    return value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="module")
def any_objects(tmp_path_factory):
    import duckdb

    from meshlake.landing.zone import LandingZone
    from meshlake.names import DatasetName

    root, number = tmp_path_factory.mktemp("any"), iter(range(10_000))

    def read(name, content):
        folder = root / "d" / f"n{next(number)}"
        folder.mkdir(parents=True)
        (folder / name).write_text(content, encoding="utf-8")
        dataset = LandingZone(str(root)).dataset(DatasetName("d", folder.name))
        with duckdb.connect() as connection:
            result = connection.execute(f"SELECT * FROM {relation_sql(dataset)}")
            names = [column[0] for column in result.description]
            return [
                {k: v for k, v in zip(names, row, strict=True) if v is not None} for row in result.fetchall()
            ]

    return read
