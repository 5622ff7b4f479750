from support.front_shop import built_shop, new_shop, rebuilt_shop, shop, shop_built_once

__all__ = ["built_shop", "new_shop", "rebuilt_shop", "shop", "shop_built_once"]
