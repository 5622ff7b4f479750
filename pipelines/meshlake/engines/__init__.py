"""Engines: what runs SQL over the mesh. A session makes inputs readable under their SQL names, answers small questions,
streams Arrow batches, and stages the rows of a SELECT as Parquet files that a draft can publish.

Which SQL is run, and why, is decided elsewhere.
"""
