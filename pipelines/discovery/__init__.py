"""What is in files that nobody has described: profiles of landed datasets, and products drafted from them.

Reading the files belongs to `landing`; what a product folder must hold to `products` and `contract`.
"""
