"""Lets `Example:` of our docstrings be what mkdocstrings calls `Examples:`, so that it is shown as code."""

from __future__ import annotations

import re
from typing import Any

import griffe


class Examples(griffe.Extension):
    """Renames the section before any docstring is parsed."""

    def on_object(self, *, obj: griffe.Object, **_kwargs: Any) -> None:
        """Rename it in the docstring of `obj`."""
        if obj.docstring is not None:
            obj.docstring.value = re.sub(
                r"^( *)Example:$", r"\1Examples:", obj.docstring.value, flags=re.MULTILINE
            )
