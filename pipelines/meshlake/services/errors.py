"""What is shown to users when a server cannot be installed, started or stopped."""

from meshlake.errors import MeshError


class ServiceError(MeshError):
    """A server could not be installed, started, reached or stopped."""
