"""Conformance kit for the Betstack and BETCORE betting APIs: a verdict per documented rule."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("bet-sandbox")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0+checkout"

__all__ = ["__version__"]
