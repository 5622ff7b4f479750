from support.orchestrated_shop import built_shop, shop, shop_built_once

__all__ = ["built_shop", "shop", "shop_built_once"]
