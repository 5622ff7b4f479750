"""The audit: a product's rules measured on its rows, together in one query of the engine, and what each found."""
