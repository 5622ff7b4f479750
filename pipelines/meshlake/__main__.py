"""`python -m meshlake`: the command `mesh`, for where its script is not on the path."""

from meshlake.cli.main import main

main()
