"""The `mesh` command. Alone in printing; every command only calls the packages and shows what they gave.

Heavy imports stand inside the commands, so that `mesh sql` starts at once.
"""
