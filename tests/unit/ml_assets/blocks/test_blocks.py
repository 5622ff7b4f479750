"""Which blocks are kept, what a shuffled key tells, and what guards leave out: on rows made so that each is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.blocks.block import Block
from meshlake.ml_assets.blocks.encoded import Encoded
from meshlake.ml_assets.blocks.figures import selection_figures
from meshlake.ml_assets.blocks.guards import drifting, suspects, vanishing
from meshlake.ml_assets.blocks.held_out import Fold, Gain, HeldOut, gain_of
from meshlake.ml_assets.blocks.quick import Kind
from meshlake.ml_assets.blocks.screening import apparent_roc_aucs, strengths
from meshlake.ml_assets.blocks.selection import (
    ADDS_NOTHING,
    KEPT,
    NOT_REACHED,
    SAYS_WHO,
    Selection,
    select_blocks,
)
from meshlake.ml_assets.blocks.target import YesNo
from meshlake.ml_assets.leaks.one_feature import single_roc_aucs
from meshlake.ml_assets.metrics import log_losses

WHO, PERIODS = 700, 4


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """`helps` says when somebody leaves, `trait` who leaves at all periods; `same` is a number that each keeps."""
    random = np.random.default_rng(3)
    who = np.tile(np.arange(WHO), PERIODS)
    period = np.repeat(np.arange(PERIODS), WHO)
    helps, trait = random.normal(size=len(who)), random.choice([-1.2, 1.2], WHO)
    is_so = random.random(len(who)) < 1 / (1 + np.exp(-1.5 * helps - trait[who]))
    found = {"who": who, "period": period, "is_so": is_so, "helps": helps}
    found |= {f"noise_{n}": random.normal(size=len(who)) for n in range(4)}
    found["same"] = random.permutation(WHO).astype(float)[who]
    found["looked_up"] = (
        np.where(is_so, random.random(len(who)) < 0.2 * (period + 1), random.random(len(who)) < 0.1) * 1.0
    )
    found["fresh"] = random.normal(size=len(who))
    return pd.DataFrame(found)


@pytest.fixture(scope="module")
def held(rows: pd.DataFrame) -> HeldOut:
    names = [name for name in rows.columns if name not in {"who", "period", "is_so"}]
    who, period = rows["who"].to_numpy(), rows["period"].to_numpy()
    return HeldOut(Encoded.of(rows, names), YesNo(rows["is_so"].to_numpy()), who, period)


def test_a_glance_ranks_what_says_something_first_and_flatters_it(rows: pd.DataFrame, held: HeldOut) -> None:
    is_so, places = held.target.values, np.arange(len(rows))
    told = strengths(held.encoded, held.target.codes)
    assert {*sorted(told, key=lambda name: -told[name])[:2]} == {"helps", "looked_up"}
    assert max(told[f"noise_{n}"] for n in range(4)) < 4 < told["helps"]
    seen = apparent_roc_aucs(held.encoded, is_so, held.encoded.names, places)
    alone = single_roc_aucs(rows, held.encoded.names, is_so)
    assert all(seen[name] >= alone[name] for name in held.encoded.names)
    texts = Encoded.of(pd.DataFrame({"plan": ["a", "b", None] * 40}), ["plan"])
    is_a = np.array([True, False, False] * 40)
    assert apparent_roc_aucs(texts, is_a, ["plan"], np.arange(120)) == {"plan": 1.0}
    assert strengths(texts, np.ones(120, dtype=np.int64)) == {"plan": 0.0}


def test_each_period_is_predicted_by_those_before_and_the_last_chooses_nothing(held: HeldOut) -> None:
    assert [(set(held.periods[learned]), set(held.periods[tested])) for learned, tested in held.splits] == [
        ({0}, {1}),
        ({0, 1}, {2}),
    ]
    assert set(held.periods[held.is_kept]) == {3}
    without = HeldOut(held.encoded, held.target, held.groups)
    for learned, tested in without.splits:
        assert not (learned & tested).any()
        assert not set(held.groups[learned]) & set(held.groups[tested])
        assert not (without.is_kept & (learned | tested)).any()


def test_a_block_that_helps_is_kept_and_noise_is_not(held: HeldOut) -> None:
    blocks = [
        Block("good", ("helps", "noise_0"), held.groups),
        Block("noise", ("noise_1", "noise_2", "noise_3"), held.groups),
    ]
    found = select_blocks(held, [], blocks)
    assert {each.name: each.verdict for each in found.judged} == {"good": KEPT, "noise": ADDS_NOTHING}
    assert (found.kept, "helps" in found.columns) == (("good",), True)
    assert found.final is not None
    assert found.final.gains["roc_auc"].is_better


def test_a_weak_column_that_noise_drowns_is_kept_by_plain_models_without_the_noise(
    rows: pd.DataFrame,
) -> None:
    random = np.random.default_rng(8)
    noise = {f"{table}_{n}": random.normal(size=len(rows)) for table in "ab" for n in range(15)}
    weak = 0.7 * rows["helps"] + random.normal(size=len(rows))
    given = pd.DataFrame({"weak": weak, **noise})
    held = HeldOut(
        Encoded.of(given, given.columns),
        YesNo(rows["is_so"].to_numpy()),
        rows["who"].to_numpy(),
        rows["period"].to_numpy(),
    )
    drowned, other = ("weak", *list(noise)[:15]), tuple(noise)[15:]
    found = select_blocks(held, [], [Block("a", drowned, held.groups), Block("b", other, held.groups)])
    told = {each.name: (each.verdict, each.is_plain) for each in found.judged}
    assert told["a"] == (KEPT, True)
    assert told["b"][0] == ADDS_NOTHING
    assert found.columns == ("weak",)
    assert held.brief.gain(held.brief.losses(drowned), held.brief.losses(())).t < found.threshold


def test_what_only_plain_models_tell_alone_others_tell_beside_what_they_know_better() -> None:
    """Plain models learn too little of the many columns of the first block: beside it they are none to measure by."""
    random = np.random.default_rng(2)
    who, period = np.tile(np.arange(WHO), PERIODS), np.repeat(np.arange(PERIODS), WHO)
    many = {f"many_{n}": random.normal(size=len(who)) for n in range(6)}
    noise = {f"noise_{n}": random.normal(size=len(who)) for n in range(20)}
    given = pd.DataFrame({"weak": random.normal(size=len(who)), **many, **noise})
    said = (0.6 * given["weak"] + 0.9 * given[list(many)].sum(axis=1)).to_numpy()
    is_so = random.random(len(who)) < 1 / (1 + np.exp(-said))
    held = HeldOut(Encoded.of(given, given.columns), YesNo(is_so), who, period)
    blocks = [Block("many", tuple(many), held.groups), Block("weak", ("weak", *noise), held.groups)]
    found = select_blocks(held, [], blocks)
    told = {each.name: (each.verdict, each.is_plain) for each in found.judged}
    assert told == {"many": (KEPT, False), "weak": (KEPT, False)}
    assert "weak" in found.columns


@pytest.fixture
def asked_briefly(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether brief models were asked, each time that a block was held against its placebo."""
    asked: list[bool] = []
    losses = HeldOut.losses_at_level

    def noted(one: HeldOut, *given: Any) -> Any:
        asked.append(one.kind is Kind.BRIEF)
        return losses(one, *given)

    monkeypatch.setattr(HeldOut, "losses_at_level", noted)
    return asked


@pytest.mark.parametrize("is_opening", [False, True])
def test_what_gains_by_being_somebody_s_alone_says_who(is_opening: bool, asked_briefly: list[bool]) -> None:
    """Of few shops that are seen often, any number that tells them apart lets a model remember which do badly; though
    most open one after the other."""
    random = np.random.default_rng(5)
    shop, period = np.tile(np.repeat(np.arange(30), 30), PERIODS), np.repeat(np.arange(PERIODS), 900)
    seen = period >= (np.maximum(shop % 6 - 2, 0) if is_opening else 0)
    shop, period = shop[seen], period[seen]
    is_so = random.random(len(shop)) < 1 / (1 + np.exp(-random.choice([-2.0, 2.0], 30)[shop]))
    rows = pd.DataFrame(
        {"height": random.permutation(30).astype(float)[shop], "rain": random.normal(size=len(shop))}
    )
    held = HeldOut(Encoded.of(rows, rows.columns), YesNo(is_so), shop, period)
    (judged,) = select_blocks(held, ["rain"], [Block("shops", ("height",), shop)]).judged
    assert (judged.verdict, judged.gain.t > 4) == (SAYS_WHO, True)
    assert judged.placebo is not None
    assert judged.placebo.t > 2
    assert asked_briefly[-1] is False  # brief models hardly tell it from its placebo, so full ones are asked


def test_what_brief_models_surely_tell_from_its_placebo_is_asked_of_no_others(
    held: HeldOut, asked_briefly: list[bool]
) -> None:
    (judged,) = select_blocks(held, [], [Block("good", ("helps",), held.groups)]).judged
    assert judged.verdict == KEPT
    assert all(asked_briefly)


def test_what_there_is_no_time_for_is_told(held: HeldOut) -> None:
    found = select_blocks(held, [], [Block("good", ("helps",), held.groups)], has_time=lambda: False)
    assert [(each.name, each.verdict) for each in found.judged] == [("good", NOT_REACHED)]


def test_a_column_that_was_looked_up_later_knows_more_of_later_periods(
    held: HeldOut, rows: pd.DataFrame
) -> None:
    found, _ = suspects(
        held, rows, ["looked_up", "helps", "same"], dict.fromkeys(["looked_up", "same"], held.groups)
    )
    assert found.keys() == {"looked_up"}
    assert "knows more of each later cut-off" in found["looked_up"]
    assert suspects(held, rows, ["looked_up"], {}) == ({}, {})


def test_what_became_of_each_is_suspect_though_most_became_it_and_each_period_knows_as_much(
    held: HeldOut, rows: pd.DataFrame
) -> None:
    """Who leaves for a time, and comes back, was away once at least: nearly all were."""
    random = np.random.default_rng(4)
    trait = rows.groupby("who")["helps"].mean().to_numpy()
    times = rows.groupby("who")["is_so"].sum().to_numpy()
    wrong = random.random(WHO) < 0.03
    made = {
        "state": np.where((times > 0) ^ wrong, "shut", "open"),
        "stays": (times == PERIODS) ^ wrong,
        "kind": trait,
    }
    given = pd.DataFrame({name: values[rows["who"]] for name, values in made.items()})
    of_each = replace(held, encoded=Encoded.of(given, given.columns))
    found, _ = suspects(of_each, given, list(made), dict.fromkeys(made, held.groups))
    assert {name: why.partition(" with")[0] for name, why in found.items()} == {
        "state": "tells who was never so from who was once",
        "stays": "tells who was always so from who was not once",
    }


def test_a_value_that_nearly_all_have_who_leave_is_told_where_it_is_not_sure(
    held: HeldOut, rows: pd.DataFrame
) -> None:
    """Of few rows that are all so nothing is sure, and a date would say whether they were known."""
    random = np.random.default_rng(6)
    so = rows["is_so"].to_numpy()
    given = pd.DataFrame({"flag": np.where(so & (random.random(len(so)) < 0.04), "closed", "open")})
    of_flag = replace(held, encoded=Encoded.of(given, given.columns))
    found, doubts = suspects(of_flag, given, ["flag"], {"flag": held.groups})
    assert (found, doubts.keys()) == ({}, {"flag"})
    assert "rows with one of its values are so" in doubts["flag"]
    assert suspects(of_flag, given, ["flag"], {}) == ({}, {})


def test_an_undated_column_that_is_not_yet_there_where_the_outcome_is_to_come_is_left_out(
    held: HeldOut, rows: pd.DataFrame
) -> None:
    random = np.random.default_rng(6)
    hint = np.where(rows["is_so"] & (random.random(len(rows)) < 0.6), "no answer", "open")
    columns = ["hint", "helps", "looked_up"]
    to_score = rows[rows["period"] == 0].assign(hint="open")
    assert vanishing(held, rows.assign(hint=hint), columns, to_score).keys() == {"hint"}
    assert vanishing(held, rows.assign(hint=hint), columns, rows.assign(hint=hint)) == {}


def test_an_undated_column_that_alone_says_more_than_all_else_is_asked_of(rows: pd.DataFrame) -> None:
    random = np.random.default_rng(6)
    left = np.where(rows["is_so"], random.normal(-1.6, 1, len(rows)), random.normal(0, 1, len(rows)))
    given = rows[["helps", "noise_0"]].assign(
        left=left, half=0.3 * rows["helps"] + random.normal(size=len(rows))
    )
    held = HeldOut(
        Encoded.of(given, given.columns),
        YesNo(rows["is_so"].to_numpy()),
        rows["who"].to_numpy(),
        rows["period"].to_numpy(),
    )
    loans = Block("loans", ("left", "noise_0"), held.groups, is_doubtful=True)
    found = select_blocks(held, ["half"], [loans])
    assert found.kept == ("loans",)
    assert found.doubts.keys() == {"left"}
    assert found.doubts["left"].startswith("alone it says more than the product's own columns")
    for other in (replace(loans, is_doubtful=False), replace(loans, columns=("helps",))):
        assert select_blocks(held, ["left"], [other]).doubts == {}


def test_two_undated_tables_with_the_same_leak_do_not_speak_for_each_other(rows: pd.DataFrame) -> None:
    random = np.random.default_rng(16)
    is_so = rows["is_so"].to_numpy()

    is_shut = is_so ^ (random.random(len(rows)) < 0.15)
    given = rows[["helps", "noise_0"]].assign(
        shut=is_shut * 1.0,
        ended=is_shut + 0.1 * random.normal(size=len(rows)),
        half=0.8 * rows["helps"] + random.normal(size=len(rows)),
    )
    encoded = Encoded.of(given, given.columns)
    held = HeldOut(encoded, YesNo(is_so), rows["who"].to_numpy(), rows["period"].to_numpy())
    accounts = Block("accounts", ("shut",), held.groups, is_doubtful=True)
    contracts = Block("contracts", ("ended",), held.groups, is_doubtful=True)
    found = select_blocks(held, ["half"], [accounts, contracts])
    assert {*found.doubts} == {name for name in ("shut", "ended") if name in found.columns} != set()
    # What a date vouches for speaks against both, and so does of another such table what says something else.
    dated = Block("contracts", ("ended", "helps"), held.groups)
    assert "shut" not in select_blocks(held, ["half"], [accounts, dated]).doubts
    weak = Block("weak", ("half",), held.groups, is_doubtful=True)
    other = Block("other", ("helps",), held.groups, is_doubtful=True)
    assert "half" not in select_blocks(held, [], [weak, other]).doubts


def test_a_column_that_is_otherwise_in_rows_to_be_scored_is_left_out(
    held: HeldOut, rows: pd.DataFrame
) -> None:
    to_score = rows.assign(fresh=rows["fresh"] + 4)
    assert drifting(held, rows, ["fresh", "helps"], to_score).keys() == {"fresh"}
    assert drifting(held, rows, ["fresh"], rows.iloc[:0]) == {}
    # What changes over the periods, and may go on as it did in the last.
    changing = rows.assign(fresh=rows["fresh"] + 2 * (rows["period"] >= PERIODS - 2))
    assert drifting(held, changing, ["fresh"], changing[rows["period"] == PERIODS - 1]) == {}
    assert drifting(held, changing, ["fresh"], rows.assign(fresh=rows["fresh"] + 7)).keys() == {"fresh"}


def test_the_error_of_a_gain_is_that_of_whole_groups() -> None:
    differences = np.array([1.0, 1.0, -1.0, -1.0])
    assert gain_of(differences, np.array([0, 0, 1, 1])).error > gain_of(differences, np.arange(4)).error
    assert gain_of(np.array([np.nan]), np.array([0])).t == 0.0


def test_text_dates_and_what_is_missing_become_numbers() -> None:
    rows = pd.DataFrame(
        {
            "plan": ["a", None, "b"],
            "since": pd.to_datetime(["2024-01-01", "2024-01-03", None]),
            "asked": pd.to_datetime(["2024-01-11"] * 3),
            "fee": [1.5, float("inf"), None],
            "is_new": [True, None, False],
        }
    )
    found = Encoded.of(rows, ["plan", "since", "fee", "is_new"], "asked")
    assert (found.categories, found.values.shape) == ({"plan"}, (3, 4))
    np.testing.assert_array_equal(found.values[:, 1], [10, 8, np.nan])
    np.testing.assert_array_equal(found.values[:, 2], [1.5, np.nan, np.nan])
    np.testing.assert_array_equal(found.values[:, 3], [1, np.nan, 0])


class _Reversed(np.random.Generator):
    def permutation(self, x):  # type: ignore[no-untyped-def]
        return x[::-1]


def test_of_more_kinds_the_rarest_are_one_where_models_choose() -> None:
    plans = [f"plan {n}" for n in range(150) for _ in range(200 - n)]
    rows = pd.DataFrame({"plan": [*plans, None], "fee": np.arange(len(plans) + 1.0)})
    encoded = Encoded.of(rows, rows.columns)
    held = HeldOut(encoded, YesNo(np.arange(len(rows)) % 2 > 0), np.arange(len(rows)))
    codes, few = encoded.values[:, 0], held.brief.encoded.values[:, 0]
    assert (np.nanmax(codes), np.nanmax(few)) == (149, 127)
    assert (codes[codes < 127] == few[codes < 127]).all()
    assert np.isnan(few[-1])
    assert (held.brief.encoded.values[:, 1] == encoded.values[:, 1]).all()
    held.brief.model(("plan", "fee"), ~held.is_kept)  # no more kinds than bins


def test_a_shuffled_column_costs_what_its_model_says_worse_of_the_rows(held: HeldOut) -> None:
    learned, tested = held.brief.splits[-1]
    columns = ("helps", "noise_0", "same")
    model, values = held.brief.model(columns, learned), held.encoded.values[tested]
    is_so = held.target.values[tested]
    costs = model.costs(values.copy(), tested, _Reversed(np.random.PCG64(0)))
    before = log_losses(is_so, model.said(values)).mean()
    for place in held.encoded.places(columns).tolist():
        shuffled = values.copy()
        shuffled[:, place] = values[::-1, place]
        assert costs[place] == pytest.approx(log_losses(is_so, model.said(shuffled)).mean() - before)


def test_what_chooses_learns_of_fewer_rows_in_half_the_rounds(held: HeldOut) -> None:
    fitted = [each.model(("helps",), ~held.is_kept).fitted for each in (held, held.brief)]
    assert [each.n_iter_ for each in fitted if each is not None] == [120, 60]


def test_of_a_wide_block_models_learn_what_says_most_of_the_rows_they_learn_from(rows: pd.DataFrame) -> None:
    random = np.random.default_rng(11)
    noise = {f"wide_{n}": random.normal(size=len(rows)) for n in range(29)}
    wide = pd.DataFrame({"helps": rows["helps"], **noise})
    target, who = YesNo(rows["is_so"].to_numpy()), rows["who"].to_numpy()
    held = HeldOut(Encoded.of(wide, wide.columns), target, who, rows["period"].to_numpy()).plain
    (learned, _), *_ = held.splits
    told = strengths(held.encoded.only(wide.columns, np.flatnonzero(learned)), target.codes[learned])
    most = {*sorted(wide.columns, key=lambda name: -told[name])[:20]}
    first = [name for name in wide.columns if name in most]
    few = held.of_few([tuple(wide.columns)])
    np.testing.assert_array_equal(few.losses(tuple(wide.columns), [0]), held.losses(first, [0]))
    assert not np.array_equal(held.losses(first, [0]), held.losses(tuple(wide.columns), [0]), equal_nan=True)
    assert few.losses(first[:5], [0]) == pytest.approx(held.losses(first[:5], [0]), nan_ok=True)


def test_what_loses_on_half_of_the_folds_is_not_tried_on_the_others(
    rows: pd.DataFrame, held: HeldOut
) -> None:
    random = np.random.default_rng(1)
    random_who = random.normal(size=len(rows)).astype(np.float32)
    encoded = replace(held.encoded, values=held.encoded.values.copy())
    encoded.values[:, encoded.places(["fresh"])[0]] = random_who
    tried = held.having(encoded)
    blocks = [Block("helps", ("helps",), held.groups), Block("noise", ("fresh", "noise_0"), held.groups)]
    told: list[str] = []
    found = select_blocks(tried, [], blocks, told.append)
    by_name = {each.name: each for each in found.judged}
    assert (by_name["helps"].verdict, by_name["noise"].verdict) == (KEPT, ADDS_NOTHING)
    half = tried.brief
    on_half = half.gain(half.losses(("fresh", "noise_0"), half.half), half.losses((), half.half))
    assert on_half.t < 0
    assert by_name["noise"].gain == on_half


def test_drawings_are_xml_and_hold_their_intervals() -> None:
    selection = Selection((), ("a",), 2.0, 2.5, folds=(Fold(1, 9, {}, {}, Gain(0.1, 0.01)),))
    tables = {"orders & <lines>": Gain(0.1, 0.01), "none": Gain(0.0, 0.0), "worse": Gain(-0.02, 0.004)}
    drawn = selection_figures(selection, ["2024-01-01"], "the last", tables, YesNo)
    assert [*drawn] == ["by fold", "by table"]
    root = ElementTree.fromstring(drawn["by table"])  # noqa: S314
    words = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"orders & <lines>", "none", "worse", "0.00", "0.10"} <= {*words}
    dots = [float(each.attrib["cx"]) for each in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert dots == sorted(dots, reverse=True)
