"""Compiled dispatch: after Connexion's routing, one middleware holds every operation ready.

Stock Connexion builds validators, decorators and parameter maps anew on each request. Here all that
is made once, at the start, and the answers stay the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware

from mockserver.edge.operation import CompiledOperation
from mockserver.edge.surface import Surface

if TYPE_CHECKING:
    from connexion.operations import AbstractOperation


class CompiledApi(RoutedAPI[CompiledOperation]):
    """The compiled operations of one surface."""

    def __init__(self, *args: Any, surface: Surface, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._surface = surface
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> CompiledOperation:
        """Compile the operation that Connexion routes to."""
        return CompiledOperation(self._surface, self._surface.contract.operations[operation.operation_id])


class CompiledDispatch(RoutedMiddleware[CompiledApi]):
    """Answers every routed request; what has no operation goes on to the next application."""

    api_cls = CompiledApi
