"""Redocly, Spectral and the AsyncAPI parser over every contract: ``python -m lint``."""
