from __future__ import annotations

import pytest

from meshlake.contract.service_levels import check_cron
from meshlake.rules.facts import FactError


@pytest.mark.parametrize(
    "cron", ["0 3 * * *", "*/15 0-6 1,15 * mon-fri", "0 0 1 jan *", "5-59/10 * * * 7", "0  3 * * *"]
)
def test_schedules_of_five_fields(cron):
    assert check_cron(cron) == " ".join(cron.split())


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "0 3 * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "a * * * *",
    ],
)
def test_other_texts_are_no_schedule(cron):
    with pytest.raises(FactError):
        check_cron(cron)


@pytest.mark.parametrize(
    ("level", "seconds"),
    [
        ("value: 90, unit: d", 90 * 86_400),
        ("value: 2, unit: weeks", 14 * 86_400),
        ("value: 1, unit: y", 365 * 86_400),
    ],
)
def test_durations_in_seconds(read, level, seconds):
    assert (
        read("retention, value: 90, unit: d", f"retention, {level}").service_levels.retention_seconds
        == seconds
    )


def test_levels_the_platform_does_not_act_on_are_documentation(read):
    contract = read(
        "  - {property: retention, value: 90, unit: d}", '  - {property: endOfSupport, value: "2030-01-01"}'
    )
    assert contract.service_levels.retention_seconds is None
