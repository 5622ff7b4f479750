"""Selectors, held against a plain graph: what each selects, whatever the products are and read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.products.test_selection import products

from meshlake.products.selection import select

NAMES = [f"d{n % 3}.p{n}" for n in range(8)]


# Each reads some of those before it, so that there is no cycle.
GRAPHS = st.fixed_dictionaries({n: st.sets(st.sampled_from(NAMES[:i] or [n])) for i, n in enumerate(NAMES)})


def closure(edges, start):
    """All that is reached from `start`: by steps until nothing is added."""
    found = set(start)
    while True:
        more = found | {b for a, b in edges if a in found}
        if more == found:
            return found
        found = more


@given(
    GRAPHS,
    st.sets(st.sampled_from(NAMES)),
    st.lists(
        st.tuples(*[st.booleans()] * 2, st.sampled_from([*NAMES, "d0", "d1", "state:modified", "d*"])),
        min_size=1,
        max_size=3,
    ),
)
def test_any_graph_and_any_selectors(graph, changed, asked):
    graph = {name: reads - {name} for name, reads in graph.items()}
    there = products(**{n.replace(".", "__"): " ".join(sorted(reads)) for n, reads in graph.items()})
    needs = [(name, read) for name, reads in graph.items() for read in reads]
    plain = {name: {name} for name in NAMES} | {
        "d0": {n for n in NAMES if n.startswith("d0.")},
        "d1": {n for n in NAMES if n.startswith("d1.")},
        "state:modified": changed,
        "d*": set(NAMES),
    }
    expected = [
        plain[word]
        | (closure(needs, plain[word]) if up else set())
        | (closure([(b, a) for a, b in needs], plain[word]) if down else set())
        for up, down, word in asked
    ]
    words = ["+" * up + word + "+" * down for up, down, word in asked]
    is_changed = lambda name: str(name) in changed  # noqa: E731
    assert {str(n) for n in select(words, there, is_changed)} == set().union(*expected)
    both = set.intersection(*expected)
    if both:
        assert {str(n) for n in select([",".join(words)], there, is_changed)} == both
