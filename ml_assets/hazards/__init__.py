"""Algorithms of time to an event: each learns the hazard of a period, the chance that it happens then if not before."""
