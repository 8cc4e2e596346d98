"""Faults and legal variations: what there is, what is armed for a tenant, and when it strikes."""
