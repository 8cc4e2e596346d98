"""Cases for a casino's wallet, called as BETCORE calls it."""
