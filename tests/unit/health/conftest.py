from support.fixed_endpoints import endpoints

__all__ = ["endpoints"]
