"""A client of the control plane, and a sandbox in a thread, for tests in Python.

It needs httpx, which the extra ``server`` brings. With a sandbox that runs already::

    from mockserver.testing import Sandbox

    with Sandbox("http://127.0.0.1:8081") as sandbox:
        operator = sandbox.create_operator(pam_url="http://127.0.0.1:9000/pam")
        ticket = operator.create()
        operator.settle(ticket["id"], "won")
        operator.clock.advance(hours=24)
        operator.wait_for(operation="ticket_closed", ticket=ticket["id"])

:func:`serving` starts one; :mod:`mockserver.testing.fixtures` has all of it as fixtures of pytest.
"""

from mockserver.testing.client import CallRefused, ControlPlaneError, Sandbox, SandboxUnreachable
from mockserver.testing.game_provider import GameProvider
from mockserver.testing.operator import Operator
from mockserver.testing.partner_client import PartnerClient
from mockserver.testing.server import SandboxNotStarted, serving
from mockserver.testing.tenant import Tenant
from mockserver.testing.waiting import NotSeen
from mockserver.testing.wsgi import serving_wsgi

__all__ = [
    "CallRefused",
    "ControlPlaneError",
    "GameProvider",
    "NotSeen",
    "Operator",
    "PartnerClient",
    "Sandbox",
    "SandboxNotStarted",
    "SandboxUnreachable",
    "Tenant",
    "serving",
    "serving_wsgi",
]
