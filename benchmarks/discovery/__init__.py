"""`make bench-discovery`: what discovery tells of tables whose truth is written next to how they are made."""
