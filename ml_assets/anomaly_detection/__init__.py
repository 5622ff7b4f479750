"""Customers unlike all others, by density and by robust covariance."""
