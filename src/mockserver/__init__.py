"""A mock server for the Betstack and BETCORE APIs, driven by their contracts."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("bet-sandbox")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0+checkout"
