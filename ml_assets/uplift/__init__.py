"""What a randomised treatment brings to whom: learned, tested by what it brought, and who is to be treated.

What an algorithm is belongs in `uplifters`.
"""
