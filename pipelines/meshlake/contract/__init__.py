"""A product's contract: from ODCS YAML, with the line of every mistake, to the few words that all after it reads.

Which rules a contract states, the kinds of `meshlake.rules` say.
"""
