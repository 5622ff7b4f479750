"""Why a row was scored as it was, what would change what is decided of it, and which features matter over all rows."""
