"""The tasks of models that a search is for, as `model.yaml` calls them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from meshlake.errors import UsageError


class Task(StrEnum):
    """Whether a label is yes or no, an amount, or one of some classes."""

    CHURN = "churn"
    REGRESSION = "regression"
    CLASSIFICATION = "classification"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The task of that name.

        Raises:
            UsageError: a search is for no such task.
        """
        if text not in {*cls}:
            raise UsageError(f"a search is for no task '{text}'", f"It is for {cls.listed()}.")
        return cls(text)

    @classmethod
    def listed(cls) -> str:
        """All of them, in words."""
        *others, last = cls
        return f"{', '.join(others)} or {last}"
