"""Which features may say what was not yet known: found before a model learns, kept from it unless an owner vouches."""
