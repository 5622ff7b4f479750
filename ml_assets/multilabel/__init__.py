"""Several yes/no labels at once: what their joint outcomes are, how they are learned, and how the wanted one is told.

An outcome is a class of `classification`, whose folds, figures and promotion these are.
"""
