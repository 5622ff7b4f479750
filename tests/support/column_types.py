"""Types of columns for tests of properties: any that a contract can name, nested ones included."""

from __future__ import annotations

from hypothesis import strategies as st

from meshlake.types.iceberg import HELD
from meshlake.types.tree import Decimal, Field, ListOf, MapOf, Struct

DECIMALS = st.integers(1, 38).flatmap(lambda p: st.integers(0, p).map(lambda s: Decimal(p, s)))
LEAVES = st.sampled_from(HELD) | DECIMALS
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=6)


def _structs(inner: st.SearchStrategy) -> st.SearchStrategy:
    fields = st.lists(st.tuples(NAMES, inner), min_size=1, max_size=3, unique_by=lambda f: f[0].lower())
    return fields.map(lambda listed: Struct(tuple(Field(name, kind) for name, kind in listed)))


TYPES = st.recursive(
    LEAVES,
    lambda inner: inner.map(ListOf) | _structs(inner) | st.builds(MapOf, LEAVES, inner),
    max_leaves=5,
)
