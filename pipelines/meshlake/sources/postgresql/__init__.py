"""Tables of a running PostgreSQL as landed datasets: `source` is the member, the rest is what it stands on."""
