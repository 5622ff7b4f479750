"""Algorithms that say what a treatment changes, made of scikit-learn's that say what comes."""
