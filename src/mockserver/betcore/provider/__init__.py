"""The built-in game provider: what BETCORE calls where a provider has no API of its own, and who plays."""
