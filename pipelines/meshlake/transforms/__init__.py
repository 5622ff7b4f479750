"""The kinds of transform, one class in one file each: how it is read, and how its rows are made.

Products find them by the file they stand in (`meshlake.products.transform.TRANSFORMS`); nothing imports them by name.
"""
