"""Cases for Betstack's bet engine."""
