"""Cases for BETCORE, called as a casino calls it, and calling the casino that the kit plays."""
