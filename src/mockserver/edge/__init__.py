"""Everything that knows HTTP, ASGI or Connexion."""
