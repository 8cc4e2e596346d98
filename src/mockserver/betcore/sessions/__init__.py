"""Game providers at BETCORE: the sessions that it launches with them, and the wallet of these sessions."""
