"""Mistakes in files that people write are told by key, in plain words, all at once."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, RootModel

from meshlake.validation import Document, Mistake, mistakes, one_of, read_as, told


class Leg(Document):
    length_cm: Annotated[int, Field(strict=True, ge=1), told("a whole number of at least 1")]
    kind: Annotated[str, *one_of(lambda: ["front", "hind"])] = "front"


class Pet(Document):
    name: str
    legs: list[Leg] = Field(default_factory=list)
    words: dict[str, str] = Field(default_factory=dict)


class Pets(RootModel[list[Pet]]):
    """Several."""


@pytest.mark.parametrize(
    ("content", "location", "message"),
    [
        ({}, ("name",), "'name' is missing"),
        ({"name": 7}, ("name",), "'name' is 7; it must be a text"),
        (
            {"name": "Rex", "leg": []},
            ("leg",),
            "'leg' is not known. Did you mean 'legs'? Allowed: name, legs, words",
        ),
        ({"name": "Rex", "xyz": 1}, ("xyz",), "'xyz' is not known. Allowed: name, legs, words"),
        ({"name": "Rex", "legs": 4}, ("legs",), "'legs' is 4; it must be a list"),
        (
            {"name": "Rex", "legs": [{"length_cm": 9}, {"length_cm": True}]},
            ("legs", 1, "length_cm"),
            "'legs.length_cm' is True; it must be a whole number of at least 1",
        ),
        (
            {"name": "Rex", "legs": [{"length_cm": 9, "lenght": 1}]},
            ("legs", 0, "lenght"),
            "'legs.lenght' is not known. Did you mean 'length_cm'? Allowed: length_cm, kind",
        ),
        (
            {"name": "Rex", "legs": [{"length_cm": 9, "kind": "hint"}]},
            ("legs", 0, "kind"),
            "'legs.kind' is 'hint'. Did you mean 'hind'? Allowed: front, hind",
        ),
        ({"name": "Rex", "words": []}, ("words",), "'words' is []; it must be a mapping of names to values"),
        ("Rex", (), "the whole is 'Rex'; it must be a mapping of names to values"),
    ],
)
def test_a_mistake_names_key_and_value(content, location, message):
    assert mistakes(Pet, content) == [Mistake(location, message)]


def test_of_a_list_keys_are_known_too():
    (mistake,) = mistakes(Pets, [{"name": "Rex"}, {"nam": "Rex", "name": "Rex"}])
    assert mistake.location == (1, "nam")
    assert mistake.message.startswith("'nam' is not known. Did you mean 'name'?")


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ValueError, match=r"'name' is missing; 'legs' is 4; it must be a list"):
        read_as(Pet, {"legs": 4})


def test_what_is_allowed_is_told_once():
    first, *others = [found.message for found in mistakes(Pet, {"name": "Rex", "xyz": 1, "leg": 2, "abc": 3})]
    assert first == "'xyz' is not known. Allowed: name, legs, words"
    assert others == ["'leg' is not known. Did you mean 'legs'?", "'abc' is not known."]


def test_what_is_right_is_read():
    assert read_as(Pet, {"name": "Rex", "legs": [{"length_cm": 9}]}) == Pet(
        name="Rex", legs=[Leg(length_cm=9)]
    )
