"""Pure and vendor-neutral: no framework, clock, randomness or network."""
