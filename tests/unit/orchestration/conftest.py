from support.orchestrated_shop import shop

__all__ = ["shop"]
