"""What is in files and tables that nobody has described: profiles of them, keys, joins, personal data, drift.

Reading the files belongs to `landing`; what is made of all this to `meshlake.drafting`.
"""
