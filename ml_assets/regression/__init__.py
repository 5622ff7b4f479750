"""Amounts of a later period: candidates compared on the same folds, the winner tested later, with intervals.

What an algorithm is belongs in `regressors`.
"""
