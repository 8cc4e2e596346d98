"""The secret that a command signs with: what is given, what the environment has, or that of the seeds."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betcore import seeds as betcore_seeds
from mockserver.betcore.sessions import seeds as session_seeds
from mockserver.betstack import seeds as betstack_seeds
from mockserver.kernel.tenant_settings import OPERATOR, PROVIDER

VARIABLES: Mapping[str, str] = {OPERATOR: "BETSTACK_SECRET", PROVIDER: "BETCORE_SECRET"}
"""Environment variables by kind of tenant."""


def secret_of(kind: str, name: str, given: str | None, environment: Mapping[str, str]) -> str | None:
    """The secret of a tenant; ``None`` where nobody says it."""
    seeded = {
        (one.kind, one.name): one.secret
        for one in (*betstack_seeds.operators(), *betcore_seeds.clients(), *session_seeds.providers())
    }
    return given or environment.get(VARIABLES.get(kind, "")) or seeded.get((kind, name))
