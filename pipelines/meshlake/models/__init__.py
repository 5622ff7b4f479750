"""The seam between data products and `ml_assets`: which rows a model learns from, where its versions are kept, how
its scores stream back into a product.

What a model is, how it is chosen and measured belongs to `ml_assets`.
"""
