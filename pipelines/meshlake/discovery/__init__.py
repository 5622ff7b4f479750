"""What is in files and tables that nobody has described: profiles of them, and products drafted from them.

Reading the files belongs to `landing`; what a product folder must hold to `products` and `contract`.
"""
