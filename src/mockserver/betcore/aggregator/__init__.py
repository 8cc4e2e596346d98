"""BETCORE towards a casino: keys, access tokens, what it asks for and how that is accepted."""
