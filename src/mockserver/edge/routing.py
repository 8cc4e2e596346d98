"""Routing: Connexion's, without the redirect that its router sends for a path with a slash too many."""

from __future__ import annotations

import re
from typing import Any

from connexion.middleware.routing import RoutingMiddleware
from starlette.routing import Mount, Router


class StrictRouting(RoutingMiddleware):
    """A path is an operation's or it is unknown; no vendor documents a redirect."""

    def add_api(self, *args: Any, **kwargs: Any) -> None:
        """Register the surface's paths."""
        super().add_api(*args, **kwargs)
        self.router.redirect_slashes = False
        for route in self.router.routes:
            if isinstance(route, Mount) and isinstance(route.app, Router):
                route.app.redirect_slashes = False
                # An identifier may hold a line break, which the mount's pattern would not match.
                route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
