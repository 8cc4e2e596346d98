"""The lock on requirement ids: none disappears, none comes to mean something else.

``python -m bet_contracts.lock`` adds new ids; ``--reworded ID`` accepts another wording of the same
meaning, ``--retired ID`` keeps the id of a sentence that is gone from being used again.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bet_contracts.documents import contracts_directory
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
    """The requirements of both vendors by id."""
    return {name: row for vendor in VENDORS for name, row in registers(vendor).requirements.items()}


def fingerprint(requirement: Requirement) -> str:
    """What an id stands for: its operation, and twelve hex digits of its sentence's SHA-256."""
    digest = hashlib.sha256(requirement.text.encode()).hexdigest()[:12]
    return f"{requirement.operation} {digest}"


def read_lock(text: str) -> dict[str, str]:
    """Id to fingerprint, or to :data:`RETIRED`."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split(maxsplit=1) for line in lines)


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


def main(arguments: list[str]) -> int:
    """Bring the lock up to date as far as that is allowed; print what is not."""
    file = lock_file()
    register = every_requirement()
    locked = read_lock(file.read_text("utf-8")) if file.exists() else {}
    for flag, name in zip(arguments[::2], arguments[1::2], strict=True):
        if flag == "--reworded" and name in register and name in locked:
            locked[name] = fingerprint(register[name])
        elif flag == "--retired" and name in locked and name not in register:
            locked[name] = RETIRED
        else:
            print(f"{flag} {name}: no such thing to do", file=sys.stderr)
            return 2
    locked |= {name: fingerprint(row) for name, row in register.items() if name not in locked}
    wrong = list(breaches(locked, register))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    lines = [f"{name} {meaning}" for name, meaning in sorted(locked.items())]
    file.write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
