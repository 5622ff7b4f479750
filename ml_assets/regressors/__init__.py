"""Algorithms that a model of amounts can be chosen from; see `regressor`."""
