from support.small_crm import built_crm, crm, crm_built_once

__all__ = ["built_crm", "crm", "crm_built_once"]
