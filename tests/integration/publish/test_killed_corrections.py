"""`mesh land --replace` killed at any step, and at work while others read: everybody sees all old files or all new."""

from __future__ import annotations

from support.corrections import STEPS, hold_kills_and_replacements


def test_a_correction_killed_at_any_step_is_whole_or_has_not_been(mesh):
    hold_kills_and_replacements(mesh, range(STEPS), times=10)
