from support.landed import profile, put, settings, zone

__all__ = ["profile", "put", "settings", "zone"]
