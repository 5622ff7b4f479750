"""Blocks of features that come together, of one table each: which of them make a model better, and which only seem to.

Tables in, figures out, as all of `ml_assets`: where blocks come from is the platform's to know.
"""
