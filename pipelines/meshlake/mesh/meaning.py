"""How near texts are in meaning: by the static word vectors in the wheel of `wordllama`, where that is installed.

A text is the mean of its words' vectors (https://github.com/dleemiller/WordLlama); nothing is fetched.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def nearness(question: str, texts: Sequence[str]) -> list[float] | None:
    """The cosine of each of `texts` to `question`, 1 at most; None where the extra `meaning` is not installed."""
    model = _model()
    if model is None:
        return None
    first, *others = model.embed([question, *texts], norm=True)
    return [float(first @ other) for other in others]


@cache
def _model() -> Any:
    try:
        import wordllama
    except ImportError:
        return None
    # It looks for its own tokenizer in a folder that its wheel does not have, unless told where it is.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
