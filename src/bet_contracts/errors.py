"""What can be wrong with a contract, a register or an override."""

from __future__ import annotations


class ContractError(Exception):
    """A contract or register can't be found or read, or lacks what a reader needs. The text is one line."""


class OverrideError(ContractError):
    """An override names what isn't there, or has a value that can't be. The text is one line."""
