from support.profiled import profile

__all__ = ["profile"]
