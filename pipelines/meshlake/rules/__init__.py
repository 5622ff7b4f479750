"""Rules: what a contract promises of a product's rows, and how it is found out.

A kind of rule is one class in one file, found by name through `kinds.KINDS`. The class holds all that there is to its
kind: how a contract states it, what SQL measures it, which rows fail it, and how the answer is told. It runs nothing;
that is the work of `meshlake.audit`.
"""
