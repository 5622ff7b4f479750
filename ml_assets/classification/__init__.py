"""Which of several classes a row will be of: candidates compared on the same folds, the winner tested later.

What an algorithm is belongs in `candidates`.
"""
