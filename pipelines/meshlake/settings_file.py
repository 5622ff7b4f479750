"""`mesh.toml` as texts by name: all that is wrong in it is told at once, each with its line; and folders it names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshlake.errors import Fault, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def read_settings_file(
    path: Path, is_setting: Callable[[str], bool], hint: Callable[[str], str], *, is_lenient: bool = False
) -> dict[str, str]:
    """The settings of the file at `path`; none when it is not there.

    Args:
        path: the file.
        is_setting: whether a name is one of a setting.
        hint: what to do about a name that is none.
        is_lenient: leave out what is wrong.

    Raises:
        UsageError: it is no TOML, or holds an unknown name or a value that is no text.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content: dict[str, Any] = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        if is_lenient:
            return {}
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", "Give yourself the right to read it."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if is_lenient:
            return {}
        raise _no_toml(path, error) from error
    faults = [
        Fault(path, message, None if is_setting(name) else hint(name), _line_of(name, text))
        for name, value in content.items()
        if (message := _fault(name, value, is_setting))
    ]
    if faults and not is_lenient:
        unknown = next((name for name in content if not is_setting(name)), None)
        told = sorted(faults, key=lambda fault: (fault.line, fault.message))
        raise UsageError.of(*told, hint=None if unknown is None else hint(unknown))
    return {name: value for name, value in content.items() if not _fault(name, value, is_setting)}


def working_folder(given: Path | None) -> Path:
    """`given`, or where this process is, as a whole path.

    Raises:
        UsageError: somebody has deleted that.
    """
    try:
        return (given or Path.cwd()).absolute()
    except FileNotFoundError:
        message = "the folder that this command runs in is not there any more"
        raise UsageError(message, "Change into one that is: cd FOLDER") from None


def folder_at(value: str, base: Path) -> Path:
    """The folder that `value` names, which may begin with `~`, as a whole path.

    Raises:
        UsageError: nothing says where that home is.
    """
    try:
        return (base / Path(value).expanduser()).absolute()
    except RuntimeError:
        hint = "Write the whole path, or set HOME."
        raise UsageError(f"'{value}' cannot be found: nothing says where that home is", hint) from None


def home_at(value: str, base: Path) -> Path:
    """As `folder_at`; it may be missing, but is nothing else than a folder.

    Raises:
        UsageError: it is a file.
    """
    home = folder_at(value, base)
    if home.is_file():
        raise UsageError(
            f"{home} is a file, not the home of a mesh", "Set MESH_HOME to a folder, or rename the file."
        )
    return home


def _no_toml(path: Path, error: ValueError) -> UsageError:
    hint = "Correct it, or remove it to use the defaults."
    told = UsageError(f"{path} is not valid TOML: {error}", hint)
    # Before Python 3.14 it says where in its text alone.
    at = re.search(r"\(at line (\d+), column (\d+)\)$", str(error))
    line, column = (int(at[1]), int(at[2])) if at else (None, None)
    told.faults = (Fault(path, f"not valid TOML: {error}", hint, line, column),)
    return told


def _fault(name: str, value: object, is_setting: Callable[[str], bool]) -> str | None:
    """What is wrong with an entry, if anything."""
    if not isinstance(value, str):
        return f"{name} must be a text in quotes, not {value!r}"
    return None if is_setting(name) else f"'{name}' is not a setting"


def _line_of(name: str, text: str) -> int:
    """The line where `name` stands as a key or a table; 1 when it is written in some other way."""
    found = re.search(rf"""^[ \t]*\[?[ \t]*["']?{re.escape(name)}["']?[ \t]*[=.\]]""", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
