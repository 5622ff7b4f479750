"""The Meshlake platform: the way of a datum from the landing zone to a published data product.

Read the subpackages in that order: `landing`, `discovery`, `drafting`, `contract`, `products`, `engines`, `lake`,
`audit`, `models`, `building`, `query`; `orchestration` alone knows Dagster, `cli` alone prints. Domain logic belongs in
`data_products/`, model code in `ml_assets/`.
"""
