"""Routing: Connexion's, without the redirect that its router sends for a path with a slash too many."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from connexion.middleware.routing import RoutingMiddleware
from connexion.middleware.swagger_ui import SwaggerUIMiddleware
from starlette.routing import Mount, Router


class StrictRouting(RoutingMiddleware):
    """A path is an operation's or it is unknown; no vendor documents a redirect."""

    def add_api(self, *args: Any, **kwargs: Any) -> None:
        """Register the surface's paths."""
        super().add_api(*args, **kwargs)
        _chain_mounts(self.router)
        self.router.redirect_slashes = False
        for route in self.router.routes:
            if isinstance(route, Mount) and isinstance(route.app, Router):
                route.app.redirect_slashes = False
                # An identifier may hold a line break, which the mount's pattern would not match.
                route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)


class ContractPages(SwaggerUIMiddleware):
    """The pages that show the contracts; Connexion's own has only those of the first surface where several
    have no base path."""

    def add_api(self, *args: Any, **kwargs: Any) -> None:
        """Register the surface's pages."""
        super().add_api(*args, **kwargs)
        _chain_mounts(self.router)


def _chain_mounts(router: Router) -> None:
    """Let a request that one mount has no route for go on to the next one at the same path: a router
    asks the first mount alone, and Connexion chains no more than two."""
    by_path: dict[str, list[Router]] = {}
    for route in router.routes:
        if isinstance(route, Mount) and isinstance(route.app, Router):
            by_path.setdefault(route.path, []).append(route.app)
    for routers in by_path.values():
        for one, following in pairwise(routers):
            one.default = following
