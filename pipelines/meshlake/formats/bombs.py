"""What unpacks to far more than it is: a thousandfold, or to more than the disk holds."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from meshlake.errors import LandingError

if TYPE_CHECKING:
    from pathlib import Path

_MOST_TIMES = 1_000
_ALWAYS_BYTES = 1024**3  # whatever it was packed to


def refuse_bomb(name: str, packed_bytes: int, unpacked_bytes: int, folder: Path) -> None:
    """Refuse what unpacks to so much into `folder`.

    Raises:
        LandingError: it is too much.
    """
    refuse_times(name, packed_bytes, unpacked_bytes)
    if unpacked_bytes > shutil.disk_usage(folder).free:
        raise _too_much(name, "more than the disk has room for", unpacked_bytes)


def refuse_times(name: str, packed_bytes: int, unpacked_bytes: int) -> None:
    """Refuse what unpacks to so many times its size, wherever to.

    Raises:
        LandingError: it is too much.
    """
    if unpacked_bytes > _ALWAYS_BYTES and unpacked_bytes > _MOST_TIMES * packed_bytes:
        raise _too_much(name, f"over {_MOST_TIMES:,} times its size", unpacked_bytes)


def _too_much(name: str, why: str, unpacked_bytes: int) -> LandingError:
    return LandingError(
        f"{name}: it unpacks to {why}, {unpacked_bytes:,} bytes at least",
        "Unpack it yourself, if it is what it should be, and land what is in it.",
    )
