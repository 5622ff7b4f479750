"""Every expectation of Great Expectations' own that a contract may name runs on each engine, both ways."""

from __future__ import annotations

from meshlake.rules.expectation import SUPPORTED, Expectation

ROWS = """
    SELECT *, 2 - id AS rest FROM (VALUES
        (1, 2.5, 'ab'), (2, 3.5, 'cd'), (3, NULL, 'ef'), (3, 10, 'ef')
    ) AS t (id, v, s)
"""
COLUMNS = {"id": "INTEGER", "v": "DECIMAL(3,1)", "s": "VARCHAR", "rest": "INTEGER"}
# type: arguments that hold for ROWS, arguments that do not
ARGUMENTS = {
    "expect_column_distinct_values_to_be_in_set": (
        {"column": "s", "value_set": ["ab", "cd", "ef"]},
        {"column": "s", "value_set": ["ab"]},
    ),
    "expect_column_distinct_values_to_contain_set": (
        {"column": "s", "value_set": ["ab"]},
        {"column": "s", "value_set": ["zz"]},
    ),
    "expect_column_distinct_values_to_equal_set": (
        {"column": "s", "value_set": ["ab", "cd", "ef"]},
        {"column": "s", "value_set": ["ab"]},
    ),
    "expect_column_kl_divergence_to_be_less_than": (
        {
            "column": "s",
            "partition_object": {"values": ["ab", "cd", "ef"], "weights": [0.25, 0.25, 0.5]},
            "threshold": 0.1,
        },
        {
            "column": "s",
            "partition_object": {"values": ["ab", "cd", "ef"], "weights": [0.8, 0.1, 0.1]},
            "threshold": 0.1,
        },
    ),
    "expect_column_max_to_be_between": ({"column": "v", "max_value": 10}, {"column": "v", "max_value": 9}),
    "expect_column_mean_to_be_between": ({"column": "v", "max_value": 10}, {"column": "v", "max_value": 3}),
    "expect_column_median_to_be_between": (
        {"column": "v", "min_value": 3.5, "max_value": 3.5},
        {"column": "v", "max_value": 3},
    ),
    "expect_column_min_to_be_between": ({"column": "v", "min_value": 2}, {"column": "v", "min_value": 3}),
    "expect_column_most_common_value_to_be_in_set": (
        {"column": "s", "value_set": ["ef"]},
        {"column": "s", "value_set": ["ab"]},
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        {"column_A": "v", "column_B": "id", "ignore_row_if": "either_value_is_missing"},
        {"column_A": "id", "column_B": "v", "ignore_row_if": "either_value_is_missing"},
    ),
    "expect_column_pair_values_to_be_equal": (
        {"column_A": "id", "column_B": "id"},
        {"column_A": "id", "column_B": "v"},
    ),
    "expect_column_pair_values_to_be_in_set": (
        {"column_A": "id", "column_B": "s", "value_pairs_set": [[1, "ab"], [2, "cd"], [3, "ef"]]},
        {"column_A": "id", "column_B": "s", "value_pairs_set": [[1, "ab"]]},
    ),
    "expect_column_proportion_of_non_null_values_to_be_between": (
        {"column": "v", "min_value": 0.75},
        {"column": "v", "min_value": 0.8},
    ),
    "expect_column_proportion_of_unique_values_to_be_between": (
        {"column": "id", "min_value": 0.75},
        {"column": "id", "min_value": 0.8},
    ),
    "expect_column_quantile_values_to_be_between": (
        {"column": "id", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[2, 3]]}},
        {"column": "id", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[5, 6]]}},
    ),
    "expect_column_stdev_to_be_between": ({"column": "v", "max_value": 10}, {"column": "v", "max_value": 1}),
    "expect_column_sum_to_be_between": (
        {"column": "v", "min_value": 16, "max_value": 16},
        {"column": "v", "max_value": 1},
    ),
    "expect_column_to_exist": ({"column": "v"}, {"column": "nope"}),
    "expect_column_unique_value_count_to_be_between": (
        {"column": "s", "min_value": 3, "max_value": 3},
        {"column": "s", "max_value": 1},
    ),
    "expect_column_value_lengths_to_be_between": (
        {"column": "s", "min_value": 2, "max_value": 2},
        {"column": "s", "max_value": 1},
    ),
    "expect_column_value_lengths_to_equal": ({"column": "s", "value": 2}, {"column": "s", "value": 1}),
    "expect_column_value_z_scores_to_be_less_than": (
        {"column": "v", "threshold": 3, "double_sided": True},
        {"column": "v", "threshold": 0.1, "double_sided": True},
    ),
    "expect_column_values_to_be_between": ({"column": "v", "min_value": 2}, {"column": "v", "min_value": 3}),
    "expect_column_values_to_be_in_set": (
        {"column": "s", "value_set": ["ab", "cd", "ef"]},
        {"column": "s", "value_set": ["ab"]},
    ),
    "expect_column_values_to_be_null": ({"column": "v", "mostly": 0.2}, {"column": "v"}),
    "expect_column_values_to_be_unique": ({"column": "v"}, {"column": "id"}),
    "expect_column_values_to_not_be_in_set": (
        {"column": "s", "value_set": ["zz"]},
        {"column": "s", "value_set": ["ab"]},
    ),
    "expect_column_values_to_not_be_null": ({"column": "s"}, {"column": "v"}),
    "expect_compound_columns_to_be_unique": ({"column_list": ["id", "v"]}, {"column_list": ["id", "s"]}),
    "expect_multicolumn_sum_to_equal": (
        {"column_list": ["id", "rest"], "sum_total": 2},
        {"column_list": ["id", "rest"], "sum_total": 3},
    ),
    "expect_select_column_values_to_be_unique_within_record": (
        {"column_list": ["id", "v"]},
        {"column_list": ["id", "rest"]},
    ),
    "expect_table_column_count_to_be_between": ({"min_value": 4, "max_value": 4}, {"min_value": 6}),
    "expect_table_column_count_to_equal": ({"value": 4}, {"value": 6}),
    "expect_table_columns_to_match_ordered_list": (
        {"column_list": ["id", "v", "s", "rest"]},
        {"column_list": ["id"]},
    ),
    "expect_table_columns_to_match_set": ({"column_set": ["id", "v", "s", "rest"]}, {"column_set": ["id"]}),
    "expect_table_row_count_to_be_between": ({"min_value": 4}, {"min_value": 5}),
    "expect_table_row_count_to_equal": ({"value": 4}, {"value": 5}),
    "unexpected_rows_expectation": (
        {"unexpected_rows_query": "select * from {batch} where id>5"},
        {"unexpected_rows_query": "select * from {batch} where id>2"},
    ),
}


# What is said of the arguments that do not hold. Trino's quantiles are approximate, so none is told here.
FOUND = {
    "expect_column_distinct_values_to_be_in_set": "2 failing rows",
    "expect_column_distinct_values_to_contain_set": "not as expected",
    "expect_column_distinct_values_to_equal_set": "2 failing rows",
    "expect_column_kl_divergence_to_be_less_than": "0.7430039367341688",
    "expect_column_max_to_be_between": "10.0",
    "expect_column_mean_to_be_between": "5.333333333333333",
    "expect_column_median_to_be_between": "3.5",
    "expect_column_min_to_be_between": "2.5",
    "expect_column_most_common_value_to_be_in_set": '["ef"]',
    "expect_column_pair_values_a_to_be_greater_than_b": "3 failing rows",
    "expect_column_pair_values_to_be_equal": "4 failing rows",
    "expect_column_pair_values_to_be_in_set": "3 failing rows",
    "expect_column_proportion_of_non_null_values_to_be_between": "0.75",
    "expect_column_proportion_of_unique_values_to_be_between": "0.75",
    "expect_column_stdev_to_be_between": "4.0722639076235385",
    "expect_column_sum_to_be_between": "16.0",
    "expect_column_to_exist": "not as expected",
    "expect_column_unique_value_count_to_be_between": "3",
    "expect_column_value_lengths_to_be_between": "4 failing rows",
    "expect_column_value_lengths_to_equal": "4 failing rows",
    "expect_column_value_z_scores_to_be_less_than": "3 failing rows",
    "expect_column_values_to_be_between": "1 failing row",
    "expect_column_values_to_be_in_set": "3 failing rows",
    "expect_column_values_to_be_null": "3 failing rows",
    "expect_column_values_to_be_unique": "2 failing rows",
    "expect_column_values_to_not_be_in_set": "1 failing row",
    "expect_column_values_to_not_be_null": "1 failing row",
    "expect_compound_columns_to_be_unique": "2 failing rows",
    "expect_multicolumn_sum_to_equal": "4 failing rows",
    "expect_select_column_values_to_be_unique_within_record": "1 failing row",
    "expect_table_column_count_to_be_between": "4",
    "expect_table_column_count_to_equal": "4",
    "expect_table_columns_to_match_ordered_list": '["id", "v", "s", "rest"]',
    "expect_table_columns_to_match_set": '["id", "rest", "s", "v"]',
    "expect_table_row_count_to_be_between": "4",
    "expect_table_row_count_to_equal": "4",
    "unexpected_rows_expectation": "2",
}


def test_every_supported_expectation_is_tried():
    assert set(ARGUMENTS) == SUPPORTED


def test_each_runs_in_the_engine(auditing):
    rules = [
        Expectation(f"{kind} {outcome}", None, {"type": kind, "kwargs": kwargs})
        for kind, both in ARGUMENTS.items()
        for outcome, kwargs in zip(("holds", "fails"), both, strict=True)
    ]
    results = auditing.check(ROWS, COLUMNS, *rules)
    for kind in ARGUMENTS:
        assert results[f"{kind} holds"].is_passed, results[f"{kind} holds"].message
        assert not results[f"{kind} fails"].is_passed, kind
    assert {kind: results[f"{kind} fails"].message for kind in FOUND} == FOUND


def test_failing_values_are_sampled_under_their_columns(auditing):
    pair, compound, single = (
        Expectation(kind, None, {"type": kind, "kwargs": kwargs})
        for kind, kwargs in {
            "expect_column_pair_values_to_be_equal": {"column_A": "id", "column_B": "rest"},
            "expect_compound_columns_to_be_unique": {"column_list": ["id", "s"]},
            "expect_column_values_to_be_between": {"column": "v", "min_value": 3},
        }.items()
    )
    results = auditing.check(ROWS, COLUMNS, pair, compound, single)
    assert results[pair.name].samples[0] == {"id": 2, "rest": 0}
    assert results[compound.name].samples == ({"id": 3, "s": "ef"}, {"id": 3, "s": "ef"})
    assert results[single.name].samples == ({"v": "2.5"},)
    assert results[single.name].failing_rows == 1
