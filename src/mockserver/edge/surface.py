"""One API as the edge serves it: a contract, and what the vendor brings to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.edge.contract import Contract, ContractError, ErrorRow
from mockserver.edge.cross_origin import cross_origin_headers
from mockserver.edge.recording import Recorder
from mockserver.edge.refusals import RefusalTable
from mockserver.kernel.exchange import Gate, Handler, RefusalRenderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A contract bound to its gate, its handlers and its error body.

    :raises ContractError: an operation has no handler, or a handler no operation
    """

    contract: Contract
    gate: Gate
    handlers: Mapping[str, Handler]
    render_refusal: RefusalRenderer
    recorder: Recorder
    docs_path: str
    """Where the page that shows the contract is served, below the contract's base path."""
    hints: bool = True
    """Whether answers carry the sandbox's own headers."""
    gates: Mapping[str, Gate] = field(default_factory=dict)
    """By operationId, for operations that identify their caller in another way, or not at all."""
    any_origin: bool = False
    """Whether a web page of any origin may read the answers."""

    def __post_init__(self) -> None:
        unbound = self.contract.operations.keys() ^ self.handlers.keys()
        if unbound:
            raise ContractError(
                f"{self.contract.surface}: operations and handlers differ in {', '.join(sorted(unbound))}"
            )

    def gate_of(self, operation_id: str) -> Gate:
        """What identifies the callers of an operation."""
        return self.gates.get(operation_id, self.gate)

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """What every answer carries, whatever it is."""
        return cross_origin_headers(self.hints) if self.any_origin else ()

    @property
    def territory(self) -> tuple[str, ...]:
        """Path prefixes whose unknown paths this surface answers."""
        base, segments = self.contract.base_path, self.contract.first_segments
        # Two surfaces may share a base path, and are told apart by what comes behind it.
        return (base, *(base + segment for segment in segments)) if base else segments

    @property
    def served(self) -> set[str]:
        """Path prefixes below which an operation is served."""
        if self.contract.base_path:
            return {self.contract.base_path}
        return {f"/{operation.path.split('/')[1]}" for operation in self.contract.operations.values()}

    def refusals(self, rows: Mapping[str, ErrorRow] | None = None) -> RefusalTable:
        """The table for an operation's rows, or for what belongs to no operation."""
        return RefusalTable(
            {**self.contract.errors, **(rows or {})}, self.render_refusal, self.hints, self.headers
        )
