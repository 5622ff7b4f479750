"""Every command: its help, its JSON, its exit status, its errors."""

from __future__ import annotations

import pytest

BEFORE_ANYTHING = {
    ("list", "--json"): list,
    ("build", "--json"): dict,
    ("discover", "--json"): (list, dict),
    ("show", "crm.people", "--json"): dict,
}


AFTER_BUILD = {
    ("list", "--json"): list,
    ("show", "crm.people", "--json"): dict,
    ("history", "crm.people", "--json"): list,
    ("check", "--json"): list,
    ("test", "--json"): list,
    ("clean", "--json"): dict,
    ("report", "--json"): dict,
    ("sql", "SELECT * FROM crm.people", "--json"): list,
    ("build", "--json"): dict,
}


@pytest.mark.parametrize("arguments", BEFORE_ANYTHING, ids=" ".join)
def test_json_is_json_before_anything_was_built(crm, arguments):
    told = crm.run(*arguments)
    assert told.status == 0, told.err
    assert isinstance(told.facts, BEFORE_ANYTHING[arguments])


def test_json_is_json_of_what_was_built(built_crm):
    for arguments, kind in AFTER_BUILD.items():
        told = built_crm.run(*arguments)
        assert told.status == 0, told.err
        assert isinstance(told.facts, kind), arguments
