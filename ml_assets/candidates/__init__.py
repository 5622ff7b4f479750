"""The algorithms a churn model is chosen from, one class in one file each; `candidate` says what such a class is.

How candidates are compared does not belong here.
"""
