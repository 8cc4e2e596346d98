"""What a case may expect of a refusal: the oracle's numbers, or what the vendor answered instead of them."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from bet_contracts.overrides import Answered


@dataclass(frozen=True, slots=True)
class Refusals:
    """The refusals of one operation under a user's overrides."""

    answered: Mapping[tuple[int, int], Answered] = field(default_factory=dict)
    """Status and code as the oracle has them, to the refusal that the vendor answered."""
    moved: Mapping[int, int] = field(default_factory=dict)
    """Status to the one that all of its refusals were moved to."""

    def status(self, status: int) -> int:
        """The status that an answer without a named code has to have."""
        return self.moved.get(status, status)

    def expected(self, status: int, code: int) -> tuple[int, int]:
        """The status and the code that stand for these."""
        answered = self.answered.get((status, code))
        return (answered.status, answered.code) if answered else (status, code)

    def message(self, status: int, code: int) -> str | None:
        """The template of the message that the vendor answered for this refusal, if it did."""
        answered = self.answered.get((status, code))
        return answered.message if answered else None

    def of_code(self, code: object) -> Answered | None:
        """What the vendor answered about the refusal that has this code now, if it did."""
        return next((one for one in self.answered.values() if one.code == code), None)


def says(template: str, message: object) -> bool:
    """Whether a message is what the template says, whatever its placeholders were filled with."""
    pattern = "".join(
        re.escape(text) + (".+" if name is not None else "")
        for text, name, _, _ in string.Formatter().parse(template)
    )
    return isinstance(message, str) and re.fullmatch(pattern, message, re.DOTALL) is not None
