"""The catalogue of faults, printed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from functools import cache

from mockserver.kernel.faults.catalogue import CATALOGUE, Fault
from mockserver.kernel.faults.magic import MAGIC, Magic
from mockserver.kernel.faults.spec import CONDITIONS
from mockserver.kernel.settings import Setting

NAMES: Sequence[str] = tuple(CATALOGUE)

_WIDTH = 100
_WORDS = (
    "What is received is a call to the sandbox; what is sent is one of the sandbox's own, to your side or "
    "to a built-in party. before_commit: nothing has happened yet. after_commit: everything has happened, "
    "and the answer is not on its way yet. mid_answer: the answer is on its way."
)


def table(name: str | None = None) -> str:
    """For a terminal: every fault in short, or all of one."""
    return "\n".join(_lines(name)) + "\n"


def markdown(name: str | None = None) -> str:
    """As a table of Markdown."""
    lines = [
        "| name | strikes what is | points, the default first | parameters | effect |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in _rows(name):
        parameters = ", ".join(f"`{one.name}`{_default(one)}" for one in row.parameters.values())
        points = ", ".join(f"`{one}`" for one in row.points)
        mark = " (legal)" if row.legal else ""
        lines.append(
            f"| `{row.name}`{mark} | {' or '.join(row.strikes)} | {points} | {parameters} | {row.effect} |"
        )
    return "\n".join(lines) + "\n"


def _rows(name: str | None) -> list[Fault]:
    return list(CATALOGUE.values()) if name is None else [CATALOGUE[name]]


def _lines(name: str | None) -> Iterator[str]:
    if name is None:
        yield from _wrapped(_WORDS, indent=0, hanging=0)
        yield ""
    for title, legal in (("Faults", False), ("Variations, which are legal", True)):
        rows = [row for row in _rows(name) if row.legal is legal]
        if rows:
            yield title
            yield ""
            for row in rows:
                yield from _fault(row)
                yield ""
    yield "When it strikes" if name else "When a fault strikes"
    yield ""
    for condition in CONDITIONS.values():
        yield from _wrapped(f"{condition.name}: {condition.help} Takes {condition.takes}.", indent=2)


def _fault(row: Fault) -> Iterator[str]:
    yield f"  {row.name}"
    yield from _wrapped(row.effect, hanging=0)
    if len(row.strikes) > 1:
        yield from _wrapped("direction: received or sent")
    else:
        yield from _wrapped(f"direction: {row.strikes[0]}")
    if row.points:
        first, *others = row.points
        yield from _wrapped(f"point: {first}" + (f" (the default), {', '.join(others)}" if others else ""))
    for one in row.parameters.values():
        yield from _wrapped(f"{one.name}{_default(one)}: {one.help} Takes {one.takes}.")


def _wrapped(text: str, indent: int = 6, hanging: int = 2) -> Iterator[str]:
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + hanging)
    )


def _default(parameter: Setting) -> str:
    if parameter.default is None:
        return ""
    shown = str(parameter.default)
    return f" = {shown.lower() if isinstance(parameter.default, bool) else shown}"


_SURFACES = {"betstack.bet_engine": "tickets", "betcore.casino": "casino", "betcore.sessions": "sessions"}
"""Whose tokens, players and sessions may be magic."""


def magic_table() -> str:
    """The magic values for a terminal."""
    rows = [(one.value, one.help, ", ".join(_where(one))) for one in MAGIC.values()]
    width = max(len(value) for value, _, _ in rows)
    return "".join(f"{value:<{width}}  {help} ({where})\n" for value, help, where in rows)


def magic_markdown() -> str:
    """The magic values as a table of Markdown."""
    lines = ["| value | where | what happens |", "| --- | --- | --- |"]
    for one in MAGIC.values():
        lines.append(f"| `{one.value}` | {', '.join(_where(one))} | {one.help} |")
    return "\n".join(lines) + "\n"


def _where(magic: Magic) -> list[str]:
    return [name for surface, name in _SURFACES.items() if magic.strike(_classes(surface))]


@cache
def _classes(surface: str) -> frozenset[str]:
    from mockserver.edge.contract import load  # noqa: PLC0415  the catalogue alone needs no contract

    return frozenset(name for operation in load(surface).operations.values() for name in operation.errors)


def with_tables(page: str) -> str:
    """A page of Markdown with the tables between their marks as they are now."""
    for mark, text in (("faults", markdown()), ("magic values", magic_markdown())):
        begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
        if begin in page:
            before, _, rest = page.partition(begin)
            page = before + begin + text + end + rest.partition(end)[2]
    return page


if __name__ == "__main__":
    import sys
    from pathlib import Path

    for name in sys.argv[1:]:
        file = Path(name)
        file.write_text(with_tables(file.read_text(encoding="utf-8")), encoding="utf-8")
