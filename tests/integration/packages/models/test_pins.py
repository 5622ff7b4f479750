"""Which version scores, chosen by hand: pinned, promoted, the champion before, and let go again."""

from __future__ import annotations

import pytest

from meshlake.errors import BuildError, UsageError
from support.churn_mesh import FILE, MODEL, csv


@pytest.fixture
def folder(challenged, tmp_path):
    return challenged.copied_to(tmp_path / "mesh")


@pytest.fixture
def versions(folder):
    """The names of the two: the champion's, the challenger's."""
    challenger, champion = folder.open().model_versions("crm.predictions")
    return champion.version, challenger.version


def scoring(folder) -> set[str]:
    return {row["model_version"] for row in folder.predictions().values()}


def test_a_pinned_version_scores_whatever_challengers_measure(folder, versions):
    champion, challenger = versions
    said = folder.run("model", "pin", "crm.predictions", challenger, "--why", "the board asked").out
    assert "mesh build crm.predictions" in said
    assert scoring(folder) == {champion}
    folder.build_model()
    assert scoring(folder) == {challenger}
    folder.land(FILE, csv())
    facts = folder.build_model(is_forced=True).facts["model"]
    assert scoring(folder) == {challenger}
    assert facts["pinned"].endswith(": the board asked")
    assert not facts["challenger"]["is_promoted"]
    assert facts["challenger"]["reason"].startswith(f"version {challenger} was pinned on ")
    assert "without that it would" in facts["challenger"]["reason"]
    told = folder.ask("SELECT version FROM mesh.model_versions WHERE pinned <> ''")
    assert told == [{"version": challenger}]
    assert "the board asked" in folder.run("model", "list").out


def test_one_that_is_held_is_scored_so_after_its_release(folder, versions):
    champion, challenger = versions
    folder.open().promote_model("crm.predictions", challenger)
    folder.build_model()
    folder.open().rollback("crm.predictions")
    folder.open().pin_model("crm.predictions", challenger)
    folder.build_model()
    assert scoring(folder) == {champion}
    folder.open().release("crm.predictions")
    folder.build_model()
    assert scoring(folder) == {challenger}


def test_unpinned_the_better_wins_again(folder, versions):
    challenger = versions[1]
    mesh = folder.open()
    mesh.pin_model("crm.predictions", challenger)
    folder.build_model()
    assert mesh.unpin_model("crm.predictions").version == challenger
    folder.land(FILE, csv())
    folder.build_model(is_forced=True)
    assert scoring(folder).isdisjoint(versions)
    with pytest.raises(UsageError, match="is pinned"):
        folder.open().unpin_model("crm.predictions")


def test_a_promotion_is_for_one_build(folder, versions):
    champion, challenger = versions
    with pytest.raises(UsageError, match="is the champion already"):
        folder.open().promote_model("crm.predictions", champion)
    folder.open().promote_model("crm.predictions", challenger)
    folder.build_model()
    assert scoring(folder) == {challenger}
    (now,) = [each for each in folder.open().model_versions() if each.state == "champion"]
    assert (now.version, now.pinned) == (challenger, "")


def test_the_champion_before_scores_again_and_stays(folder, versions):
    champion, challenger = versions
    with pytest.raises(UsageError, match=f"no champion before {champion} is known"):
        folder.open().rollback_model("crm.predictions")
    folder.open().promote_model("crm.predictions", challenger)
    folder.build_model()
    assert folder.open().rollback_model("crm.predictions").version == champion
    folder.build_model()
    assert scoring(folder) == {champion}


def test_what_cannot_be_is_told(folder, versions):
    champion, challenger = versions
    mesh = folder.open()
    with pytest.raises(UsageError, match="has no version nothing"):
        mesh.pin_model("crm.predictions", "nothing")
    folder.describe(policy=MODEL["policy"] | {"seed": 8})
    with pytest.raises(UsageError, match="asked for by another"):
        folder.open().promote_model("crm.predictions", challenger)
    folder.open().pin_model("crm.predictions", champion)
    folder.build_model()
    assert scoring(folder) == {champion}
    features = dict.fromkeys(("customer_id", "usage", "plan"), "string")
    folder.product("crm.features", features | {"is_churned": "boolean"})
    with pytest.raises(BuildError, match=f"version {champion}, pinned on .*, cannot score: usage"):
        folder.build_model()
    assert scoring(folder) == {champion}


def test_versions_past_what_is_kept_go_but_not_those_that_score_or_are_pinned(folder, versions):
    champion, challenger = versions
    folder.build_model(is_forced=True)
    folder.describe(policy=MODEL["policy"] | {"keep_versions": 1})
    third = folder.open().model_versions("crm.predictions")[0].version
    folder.open().pin_model("crm.predictions", challenger)
    assert folder.open().clean().model_versions == 0
    folder.open().unpin_model("crm.predictions")
    assert folder.open().clean().model_versions == 1
    assert {each.version for each in folder.open().model_versions()} == {champion, third}
    assert folder.build_product("crm.predictions").snapshot.properties["model_version"] == champion
