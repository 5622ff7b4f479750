"""The data of the demo mesh: a simulated telco operator and a real retailer, landed as files.

Only what writes landing files belongs here; what the files mean is said by the contracts in `data_products/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from meshlake.demo.files import Progress


def land_demo(
    landing_root: Path,
    customers: int = 20_000,
    days: int = 180,
    usage_until: date | None = None,
    progress: Progress | None = None,
) -> None:
    """Land both demo operators under `landing_root`, replacing what an earlier call landed there.

    Files whose content would not change are left as they are, so landing twice makes nothing stale. Daily usage after
    `usage_until` is left for a later call.

    Raises:
        UsageError: `customers` or `days` is out of range.
        LandingError: the retailer's file is not installed, or the folder cannot be written.
    """
    from meshlake.demo.cdnow import write_cdnow
    from meshlake.demo.telco import write_telco

    write_cdnow(landing_root)
    write_telco(landing_root, customers, days, usage_until=usage_until, progress=progress)
