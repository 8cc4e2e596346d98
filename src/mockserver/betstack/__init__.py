"""Betstack: bet cards, bet engine, and the operator that it calls."""
