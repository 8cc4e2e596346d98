"""BETCORE: the aggregator, and the casino and the game provider that it calls."""
