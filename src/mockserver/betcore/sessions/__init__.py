"""Game providers at BETCORE: the sessions that it launches with them, and the wallet that it keeps for these."""
