from support.small_models import (
    churn_spec,
    customers,
    make_customers,
    segment_spec,
    segmentation,
    shoppers,
    training,
)

__all__ = [
    "churn_spec",
    "customers",
    "make_customers",
    "segment_spec",
    "segmentation",
    "shoppers",
    "training",
]
