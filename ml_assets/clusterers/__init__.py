"""The algorithms that segments may come of, one class in one file each; `clusterer` says what such a class is.

How they are compared does not belong here.
"""
