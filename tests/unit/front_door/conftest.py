from support.front_shop import built_shop, shop

__all__ = ["built_shop", "shop"]
