"""What is called after an outcome is known only once that is; what was before it, or agreed on, is not."""

from __future__ import annotations

import pytest

from meshlake.outcome_names import is_named_like


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("is_churned", "churn_reason"),
        ("is_churned", "Churn Score"),
        ("Churn", "cancelled_on"),
        ("has_left", "TerminationDate"),
        ("Exited", "exit_interview"),
        ("gekündigt", "Kündigungs-Grund"),
        ("is_fraud", "fraud_score"),
        ("survived", "survival_status"),
        ("is_cancelled", "policy_cancelled_at"),
    ],
)
def test_what_is_known_once_it_ended(label, name):
    assert is_named_like(label, name)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("is_churned", "contract"),
        ("is_churned", "previous_churns"),
        ("is_churned", "cancellations_last_365_days"),
        ("is_churned", "cancelled_orders"),
        ("is_churned", "last_cancellation_date"),
        ("is_cancelled", "cancellation_policy"),
        ("is_cancelled", "is_cancellable"),
        ("is_cancelled", "departure_date"),
        ("has_left", "days_left"),
        ("is_lost", "lost_calls"),
        ("target", "target_group_code"),
        ("is_fraud", "previous_fraud_score"),
        ("is_fraud", "country_code"),
        ("is_churned", "status"),
    ],
)
def test_what_may_be_known_before(label, name):
    assert not is_named_like(label, name)
