"""The built-in operator's platform (PAM): what Betstack calls where an operator has none of its own."""
