"""The vendors' contracts and registers: where they are, how they are read, what users may override.

Server and kit both read ``openapi/`` through this package; it knows neither of them. In an installed
wheel the files lie beside it, as package data.
"""
