"""Cases for a game provider, called as BETCORE calls it."""
