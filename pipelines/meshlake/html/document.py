"""A page as a whole, and as a file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from meshlake.errors import UsageError
from meshlake.html.text import text
from meshlake.stores.disk import write_whole

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def document(title: str, body: str, style: str = "", script: str = "") -> str:
    """The page of a `body`, HTML already, on a screen of any width, light or dark, and in print."""
    base = (files(__package__) / "base.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{text(title)}</title><style>{base}{style}</style></head><body>"
        f"{body}{f'<script>{script}</script>' if script else ''}</body></html>\n"
    )


def write_page(file: str | Path, page: str) -> Path:
    """Write `page` to `file`: whoever has it open sees the one before, or this one whole.

    Raises:
        UsageError: it cannot be written there.
    """
    target = Path(file)
    try:
        write_whole(target, page.encode())
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written: {error.strerror}", "Name a file in a folder that is there."
        ) from error
    return target
