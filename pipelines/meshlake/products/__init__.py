"""Product folders: a contract, how the rows come about, checks and examples; and the graph between them.

Nothing here runs a product; `build` does.
"""
