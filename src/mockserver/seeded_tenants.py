"""The tenants that a sandbox begins with, as the commands need them: the first of each kind, and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mockserver.betcore import seeds as betcore_seeds
from mockserver.betcore.sessions import seeds as session_seeds
from mockserver.betstack import seeds as betstack_seeds
from mockserver.kernel.tenant_settings import OPERATOR, PROVIDER

_SEEDED = (*betstack_seeds.operators(), *betcore_seeds.clients(), *session_seeds.providers())

DEFAULT_TENANTS: Mapping[str, str] = MappingProxyType({one.kind: one.name or "" for one in reversed(_SEEDED)})
"""The first tenant of each kind."""

VARIABLES: Mapping[str, str] = MappingProxyType({OPERATOR: "BETSTACK_SECRET", PROVIDER: "BETCORE_SECRET"})
"""Environment variables with a secret, by kind of tenant."""


def secret_of(kind: str, name: str, given: str | None, environment: Mapping[str, str]) -> str | None:
    """What a command signs with: the secret that is given, that of the environment, that of the seeds.

    :returns: ``None`` where nobody says it
    """
    seeded = {(one.kind, one.name): one.secret for one in _SEEDED}
    return given or environment.get(VARIABLES.get(kind, "")) or seeded.get((kind, name))
