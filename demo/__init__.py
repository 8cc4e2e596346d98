"""A walk through both lifecycles, then the conformance kit: ``python -m demo``."""
