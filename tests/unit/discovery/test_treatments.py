"""Treatments: told where the groups look drawn at random, whatever came of them; chosen groups are not."""

from __future__ import annotations

from random import Random

SIZE = 1_500


def _csv(treated) -> dict[str, str | bytes]:
    chance = Random(8)  # noqa: S311 - a table, no secret
    rows = []
    for n in range(SIZE):
        age, spent = chance.randrange(18, 80), round(chance.expovariate(1 / 50), 2)
        plan, day = (
            chance.choice(("basic", "plus", "")),
            f"2025-0{chance.randrange(1, 9)}-{chance.randrange(10, 29)}",
        )
        group = "mail" if treated(chance, age) else "none"
        has_left = chance.random() < (0.1 if group == "mail" else 0.4)
        rows.append(
            f"{n},{age},{spent},{plan},{day},{group},{'a' if chance.random() < 0.5 else 'b'},{int(has_left)}"
        )
    return {"a.csv": "\n".join(["id,age,spent,plan,joined_on,mail_group,shelf,has_left", *rows]) + "\n"}


def _told(made) -> list[str]:
    return [column.name for column in made.columns if column.randomised]


def test_groups_drawn_at_random_are_told_though_they_left_less(profile) -> None:
    made = profile(_csv(lambda chance, _: chance.random() < 0.5))
    assert _told(made) == ["mail_group"]
    assert "are alike in all 5 other columns that can be compared (p " in made.columns[5].randomised


def test_groups_that_were_chosen_are_not(profile) -> None:
    assert not _told(profile(_csv(lambda chance, age: chance.random() < age / 100)))
