"""Machine learning in plain scikit-learn: features in, fitted models, reports and scores out.

Nothing here reads or writes a file, knows SQL, Dagster or the platform around it. What a model is asked
to do is in `spec`; `churn` and `segments` train; `scoring`, `reasons` and `segments` apply a fitted model to
batches and never refit; `persistence` turns a fitted model into bytes; `report` turns a training into facts
and pictures.
"""
