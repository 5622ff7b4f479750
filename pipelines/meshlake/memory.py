"""How much memory a mesh may take: what a setting says, else half of the machine's."""

from __future__ import annotations

import os
import re
from pathlib import Path

from meshlake.errors import UsageError

_UNITS = {"kb": 1000, "mb": 1000**2, "gb": 1000**3, "tb": 1000**4}
_UNITS |= {"kib": 1024, "mib": 1024**2, "gib": 1024**3, "tib": 1024**4}
_LEAST_BYTES = 128 * 1000**2
_limits: list[int] = []
# Where Linux tells a container's share of the machine; `max` where it has no limit of its own.
_CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_bytes(text: str | None) -> int:
    """The bytes that a setting says, such as `4GB`; half of the machine's, or of its container's, where it says none.

    >>> memory_bytes("1.5GB"), memory_bytes("512 MiB")
    (1500000000, 536870912)

    Raises:
        UsageError: it is no size, or too small to work with.
    """
    if text is None:
        return machine_bytes() // 2
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]i?b)\s*", text.lower())
    size = int(float(match[1]) * _UNITS[match[2]]) if match else 0
    if size < _LEAST_BYTES:
        problem = "is no size" if match is None else "is too little to work with"
        raise UsageError(
            f"memory_limit '{text}' {problem}", "Write it as MESH_MEMORY_LIMIT=4GB; at least 128MB."
        )
    return size


def limit_process(text: str | None) -> int:
    """As `memory_bytes`; from now on it is what readers in this process keep to that are told of no settings."""
    _limits[:] = [memory_bytes(text)]
    return _limits[0]


def limit_bytes() -> int:
    """What the settings that were loaded last in this process say; half of the machine's if none were."""
    return _limits[0] if _limits else memory_bytes(None)


def machine_bytes() -> int:
    """The memory of this machine, or of the container if it has less."""
    told = [file.read_text(encoding="ascii").strip() for file in _CONTAINER_LIMITS if file.exists()]
    limits = [int(text) for text in told if text.isdecimal()]
    return min([os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *limits])
