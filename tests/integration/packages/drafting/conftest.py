from support.adopted import adopted

__all__ = ["adopted"]
