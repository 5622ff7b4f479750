import pytest

from meshlake.errors import UsageError
from meshlake.plugins import Doorway

OURS = {"ours": "string:digits", "broken": "no_such_module:MEMBER", "nameless": "string:no_such_name"}


def test_a_member_is_found_by_its_name():
    doorway: Doorway[str] = Doorway("meshlake.tests_of_plugins", "digit", OURS)
    assert doorway.get("ours") == "0123456789"
    assert doorway.names == ("ours", "broken", "nameless")


def test_a_name_that_is_none_is_told_with_the_nearest():
    doorway: Doorway[str] = Doorway("meshlake.tests_of_plugins", "digit", OURS)
    with pytest.raises(UsageError, match="'our' is no digit") as told:
        doorway.get("our")
    assert told.value.hint == "Did you mean 'ours'?"


@pytest.mark.parametrize("name", ["broken", "nameless"])
def test_a_member_that_cannot_be_loaded_is_told(name):
    doorway: Doorway[str] = Doorway("meshlake.tests_of_plugins", "digit", OURS)
    with pytest.raises(UsageError, match=f"the digit '{name}' cannot be loaded from"):
        doorway.get(name)


def test_another_distribution_adds_a_member_by_an_entry_point(tmp_path, monkeypatch):
    facts = tmp_path / "others-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[meshlake.tests_of_plugins]\ntheirs = string:punctuation\n")
    monkeypatch.syspath_prepend(tmp_path)
    doorway: Doorway[str] = Doorway("meshlake.tests_of_plugins", "digit", {"ours": "string:digits"})
    assert doorway.get("theirs").startswith("!")
    assert list(doorway.all()) == ["ours", "theirs"]
