"""The catalogue of faults, printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.kernel.faults.catalogue import CATALOGUE, Fault
from mockserver.kernel.faults.spec import CONDITIONS
from mockserver.kernel.settings import Setting

NAMES: Sequence[str] = tuple(CATALOGUE)


def table(name: str | None = None) -> str:
    """For a terminal: every fault in short, or all of one."""
    return "\n".join(_lines(name)) + "\n"


def markdown(name: str | None = None) -> str:
    """As a table of Markdown."""
    lines = [
        "| name | strikes | points | parameters | effect |",
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
    for title, legal in (("Faults", False), ("Variations, which are legal", True)):
        rows = [row for row in _rows(name) if row.legal is legal]
        if rows:
            yield title
            for row in rows:
                yield from _fault(row)
            yield ""
    yield "When a fault strikes"
    for condition in CONDITIONS.values():
        yield f"  {condition.name:<12} {condition.help} Takes {condition.takes}."


def _fault(row: Fault) -> Iterator[str]:
    points = f", {' or '.join(row.points)}" if row.points else ""
    yield f"  {row.name:<16} {row.effect}"
    yield f"  {'':<16} Strikes what is {' or '.join(row.strikes)}{points}."
    for one in row.parameters.values():
        yield f"  {'':<16} {one.name}{_default(one)}: {one.help} Takes {one.takes}."


def _default(parameter: Setting) -> str:
    if parameter.default is None:
        return ""
    shown = str(parameter.default)
    return f" = {shown.lower() if isinstance(parameter.default, bool) else shown}"
