from support.people_and_ages import crm

__all__ = ["crm"]
