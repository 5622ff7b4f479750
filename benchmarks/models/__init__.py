"""Churn models held against LightGBM, CatBoost, FLAML and AutoGluon on rows hidden from all; `__main__` runs it."""
