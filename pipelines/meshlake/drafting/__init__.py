"""Products drafted from what discovery found: contracts, models and folders, never written over one that is there.

What is in files and tables is found out by `meshlake.discovery`.
"""
