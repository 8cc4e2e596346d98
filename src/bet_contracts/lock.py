"""The lock on requirement ids: none disappears, none comes to mean something else.

``python -m bet_contracts.lock`` adds new ids; ``--reworded ID`` accepts another wording of the same
meaning, ``--retired ID`` keeps the id of a sentence that is gone from being used again.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from bet_contracts.documents import contracts_directory
from bet_contracts.errors import ContractError
from bet_contracts.registers import Requirement, registers
from bet_contracts.surfaces import VENDORS

RETIRED: Final = "retired"

HEADER: Final = """\
# Every requirement id ever given, with its operation and a digest of its sentence.
# Kept by `python -m bet_contracts.lock`; ids are never used again.
"""


def lock_file() -> Path:
    """Where the lock is kept."""
    return contracts_directory() / "requirement-ids.txt"


def every_requirement() -> dict[str, Requirement]:
    """The requirements of both vendors by id. Raises :exc:`ContractError` for an id that both have."""
    found: dict[str, Requirement] = {}
    for vendor in VENDORS:
        for name, row in registers(vendor).requirements.items():
            if name in found:
                raise ContractError(f"{vendor}/requirements.yaml: {name} is an id of another vendor")
            found[name] = row
    return found


def fingerprint(requirement: Requirement) -> str:
    """What an id stands for: its operation, and twelve hex digits of its sentence's SHA-256."""
    digest = hashlib.sha256(requirement.text.encode()).hexdigest()[:12]
    return f"{requirement.operation} {digest}"


def read_lock(text: str) -> dict[str, str]:
    """Id to fingerprint, or to :data:`RETIRED`. Raises :exc:`ContractError` naming the line."""
    locked: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            name, _, meaning = line.partition(" ")
            if not meaning or name in locked:
                raise ContractError(f"{lock_file().name}:{number}: {name} has no meaning, or two")
            locked[name] = meaning
    return locked


def breaches(locked: Mapping[str, str], register: Mapping[str, Requirement]) -> Iterator[str]:
    """One line per id that the lock doesn't know, that is gone, or that means something else."""
    for name, meaning in locked.items():
        if meaning == RETIRED:
            if name in register:
                yield f"{name} is retired; give the sentence a new id"
        elif name not in register:
            yield f"{name} is gone; put it back, or retire it (--retired {name})"
        elif fingerprint(register[name]) != meaning:
            yield f"{name} says something else; give it a new id, or accept the wording (--reworded {name})"
    for name in register:
        if name not in locked:
            yield f"{name} is not locked yet"


def brought_up_to_date(
    locked: Mapping[str, str],
    register: Mapping[str, Requirement],
    reworded: Sequence[str] = (),
    retired: Sequence[str] = (),
) -> dict[str, str]:
    """The lock with new ids in it, and what was asked for. Raises :exc:`ContractError` for what can't be."""
    now = dict(locked)
    for name in reworded:
        if name not in register or now.get(name, RETIRED) == RETIRED:
            raise ContractError(f"{name} can't be reworded: it is no locked id of a register")
        now[name] = fingerprint(register[name])
    for name in retired:
        if name in register or name not in now:
            raise ContractError(f"{name} can't be retired: it is still in a register, or was never locked")
        now[name] = RETIRED
    return now | {name: fingerprint(row) for name, row in register.items() if name not in now}


@click.command()
@click.option("--reworded", multiple=True, metavar="ID", help="Accept another wording of the same meaning.")
@click.option(
    "--retired", multiple=True, metavar="ID", help="Keep the id of a sentence that is gone from use."
)
def main(reworded: tuple[str, ...], retired: tuple[str, ...]) -> None:
    """Lock new requirement ids, and show what breaks the lock."""
    file = lock_file()
    try:
        register = every_requirement()
        locked = read_lock(file.read_text("utf-8")) if file.exists() else {}
        locked = brought_up_to_date(locked, register, reworded, retired)
    except ContractError as error:
        raise click.ClickException(str(error)) from None
    lines = [f"{name} {meaning}" for name, meaning in sorted(locked.items())]
    file.write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    wrong = list(breaches(locked, register))
    for line in wrong:
        click.echo(line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(prog_name="python -m bet_contracts.lock")
