"""Cases for BETCORE's sessions API, called as a game provider calls it."""
