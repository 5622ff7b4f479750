"""How long until something happens: learned of rows of which many were only followed until it had not happened yet.

What an algorithm is belongs in `hazards`.
"""
