"""Words of column names, and what they give away: personal data, labels, identifiers."""

from __future__ import annotations

import pytest

from meshlake.discovery.labels import is_likely_label, positive_value
from meshlake.discovery.names import is_identifier
from meshlake.discovery.personal_words import clear_kind
from meshlake.names import name_words
from meshlake.outcome_names import is_about_leaving


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CustomerID", ("customer", "id")),
        ("E-mail", ("e", "mail")),
        ("zip code", ("zip", "code")),
        ("?", ("",)),
    ],
)
def test_words_of_a_name(name: str, words: tuple[str, ...]) -> None:
    assert name_words(name) == words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("E-mail", "email"),
        ("EmailAddress", "email"),
        ("Phone Number", "phone"),
        ("mobile", "phone"),
        ("First Name", "name"),
        ("customer_name", "name"),
        ("Surname", "name"),
        ("street", "address"),
        ("Date of Birth", "date of birth"),
        ("birth_year", "date of birth"),
        ("SSN", "national id"),
        ("IBAN", "bank account"),
        ("ip_address", "network address"),
        ("PhoneService", None),
        ("product_name", None),
        ("plan", None),
        ("tenure", None),
    ],
)
def test_personal_data_by_name(name: str, kind: str | None) -> None:
    assert clear_kind(name) == kind


@pytest.mark.parametrize(
    "name", ["Churn", "churn_label", "Exited", "is_cancelled", "Canceled", "has_left", "Attrition_Flag"]
)
def test_names_of_labels(name: str) -> None:
    assert is_about_leaving(name)


@pytest.mark.parametrize(
    ("name", "values", "is_label"),
    [
        ("has_left", ["a", "b"], True),
        ("is_fraud", ["0", "1"], True),
        ("defaulted", ["Y", "N"], True),
        ("Passed", ["1", "0"], True),
        ("readmitted", ["true", "false"], True),
        ("dropped_out", ["yes", "no"], True),
        ("Gekündigt", ["ja", "nein"], True),
        ("wiederaufgenommen", ["nein", "ja"], True),
        ("résilié", ["oui", "non"], True),
        ("retraso", ["sí", "no"], True),
        ("decision", ["passage", "redoublement"], True),
        ("default_currency", ["EUR", "USD"], False),
        ("resultado", ["A", "B"], False),
        ("is_default", ["0", "1"], False),
        ("target", ["EUR", "USD"], False),
        ("newsletter", ["yes", "no"], False),
        ("renewal", ["auto", "manual"], False),
    ],
)
def test_two_values_are_a_label_if_they_say_how_something_ended(name, values, is_label) -> None:
    assert is_likely_label(name, values) is is_label


@pytest.mark.parametrize("name", ["Gender", "leftover_credit_share", "PhoneService", "exchange", "tenure"])
def test_names_of_other_columns(name: str) -> None:
    assert not is_about_leaving(name)


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["Yes", "No"], "Yes"),
        (["0", "1"], "1"),
        (["true", "false"], "true"),
        (["True.", "False."], "True."),
        (["Existing Customer", "Attrited Customer"], "Attrited Customer"),
        (["Stayed", "Churned"], "Churned"),
        (["nein", "ja"], "ja"),
        (["a", "b"], None),
        (["yes", "no", "maybe"], None),
        (["yes"], None),
        (["yes", "true"], None),
    ],
)
def test_the_value_that_means_so(values: list[str], positive: str | None) -> None:
    assert positive_value(values) == positive


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("customerID", True),
        ("Zip Code", True),
        ("userid", True),
        ("number", True),
        ("customer_number", True),
        ("number_customer_id", True),
        ("Kundennummer", True),
        ("numero_cliente", True),
        ("numero_de_hijos", False),
        ("has_paid", False),
        ("amount", False),
        ("number_of_customers", False),
        ("numberVmailMessages", False),
        ("num_items", False),
    ],
)
def test_names_of_identifiers(name: str, expected: bool) -> None:
    assert is_identifier(name) is expected
