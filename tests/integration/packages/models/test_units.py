"""The units that contracts name, of what models are made of; and the whole way of one into what is published."""

from __future__ import annotations

import re

from support.churn_mesh import FEATURES


def test_reasons_say_the_unit_of_the_contract_of_the_features(churn):
    usage = {"logicalType": "number", "customProperties": [{"property": "unit", "value": "min"}]}
    churn.product("crm.features", {**FEATURES, "usage": usage})
    churn.build_model()
    told = [row["reason_1"] for row in churn.predictions().values() if row["is_predicted_churn"]]
    usages = [reason for reason in told if reason.startswith("usage = ")]
    assert usages
    assert all(re.fullmatch(r"usage = \d+ minutes? \(usually \d+ minutes\)", reason) for reason in usages)
