"""A client of the control plane, for tests in Python.

It needs a running sandbox, and httpx, which the extra ``server`` brings::

    from mockserver.testing import Sandbox

    with Sandbox("http://127.0.0.1:8081") as sandbox:
        operator = sandbox.create_operator(pam_url="http://127.0.0.1:9000/pam")
        operator.clock.freeze()
        operator.drive("discard", ticket="E36E20")
        operator.clock.advance(minutes=30)
        assert operator.journal(ticket="E36E20")
"""

from mockserver.testing.client import ControlPlaneError, Sandbox, SandboxUnreachable
from mockserver.testing.tenant import Tenant

__all__ = ["ControlPlaneError", "Sandbox", "SandboxUnreachable", "Tenant"]
