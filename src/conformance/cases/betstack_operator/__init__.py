"""Cases for an operator that Betstack calls: its platform and its SMS receiver."""
