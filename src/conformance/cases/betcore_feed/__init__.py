"""Cases for BETCORE's feed: its REST methods and the live hub."""
