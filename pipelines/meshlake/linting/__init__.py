"""All that is wrong in product folders, told at once and without a server: what `mesh lint` and editors show.

Folders are read as a build reads them; what is looked at here besides is what a build would find only while it runs:
whether SQL fits the contracts of what it reads, whether examples and models name columns that there are, and whether
every engine could run it.
"""
