"""Comparisons with peers, in one run: ``python -m bench``. Never part of the tests."""
