"""`mesh.toml` as texts by name: all that is wrong in it is told at once, each with its line."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from meshlake.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read_settings_file(
    path: Path, is_setting: Callable[[str], bool], hint: Callable[[str], str]
) -> dict[str, str]:
    """The settings of the file at `path`; none when it is not there.

    Args:
        path: the file.
        is_setting: whether a name is one of a setting.
        hint: what to do about a name that is none.

    Raises:
        UsageError: it is no TOML, or holds an unknown name or a value that is no text.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content: dict[str, Any] = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is not valid TOML: {error}", "Correct it, or remove it to use the defaults."
        ) from error
    faults = [
        (_line_of(name, text), fault)
        for name, value in content.items()
        if (fault := _fault(name, value, is_setting))
    ]
    if faults:
        told = "\n".join(f"{path}:{line}: {fault}" for line, fault in sorted(faults))
        unknown = next((name for name in content if not is_setting(name)), None)
        raise UsageError(told, None if unknown is None else hint(unknown))
    return content


def _fault(name: str, value: object, is_setting: Callable[[str], bool]) -> str | None:
    """What is wrong with an entry, if anything."""
    if not isinstance(value, str):
        return f"{name} must be a text in quotes, not {value!r}"
    return None if is_setting(name) else f"'{name}' is not a setting"


def _line_of(name: str, text: str) -> int:
    """The line where `name` stands as a key or a table; 1 when it is written in some other way."""
    found = re.search(rf"""^[ \t]*\[?[ \t]*["']?{re.escape(name)}["']?[ \t]*[=.\]]""", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
