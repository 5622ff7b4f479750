"""Looking for features in the whole mesh: from one product with a label outwards, over discovered joins.

In the order of a datum: `labelled` opens the product that is to be predicted, `tables` (and `published`) what it may be
joined with, `paths` how, `known_at` what of that was known at a cut-off; `aggregates` says what is counted of it,
`features_sql` writes it, `boost` tries what helps, `considered` is what it found, with `evidence` for a reviewer,
`told` in words and on a `page`, and `draft` writes it down.
"""
