"""A client of the control plane, for tests in Python.

It needs a running sandbox, and httpx, which the extra ``server`` brings::

    from mockserver.testing import Sandbox

    with Sandbox("http://127.0.0.1:8081") as sandbox:
        operator = sandbox.create_operator(pam_url="http://127.0.0.1:9000/pam")
        operator.clock.freeze()
        operator.drive("discard", ticket="E36E20")
        operator.clock.advance(minutes=30)
        assert operator.wait_for(operation="ticket_discard", ticket="E36E20", at_least=2)
"""

from mockserver.testing.client import ControlPlaneError, Sandbox, SandboxUnreachable
from mockserver.testing.tenant import Tenant
from mockserver.testing.waiting import NotSeen

__all__ = ["ControlPlaneError", "NotSeen", "Sandbox", "SandboxUnreachable", "Tenant"]
