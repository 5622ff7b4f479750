"""Whether the servers that the settings name can be used: object stores, PostgreSQL, Trino, this machine's or not.

Starting servers on this machine is the work of `meshlake.services`.
"""

from meshlake.health.doctor import Finding, diagnose, require_landing, require_servers
from meshlake.health.failure import naming_servers, server_failure

__all__ = ["Finding", "diagnose", "naming_servers", "require_landing", "require_servers", "server_failure"]
