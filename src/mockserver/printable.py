"""Text of others as a terminal can show it."""

from __future__ import annotations


def printable(text: str) -> str:
    """Without what a terminal would take for a command, line ends included: a partner decides what stands in
    an answer."""
    return "".join(one if one.isprintable() or one == "\t" else ascii(one)[1:-1] for one in text)


def printable_lines(text: str) -> str:
    """The same, with the line ends left in."""
    return "\n".join(printable(line) for line in text.splitlines())
