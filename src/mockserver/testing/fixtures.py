"""Fixtures of pytest. They are there once a ``conftest.py`` at the root, or a test module, says so::

    pytest_plugins = ["mockserver.testing.fixtures"]

The tests have one sandbox, in a thread of the test's process, or with ``--mockserver-url`` one that runs
already; and each test has tenants of its own in it. The report of a test that failed shows what its tenants
exchanged.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pytest

from mockserver.testing.client import ControlPlaneError, Sandbox, SandboxUnreachable
from mockserver.testing.exchanges import latest_exchanges
from mockserver.testing.game_provider import GameProvider
from mockserver.testing.operator import Operator
from mockserver.testing.partner_client import PartnerClient
from mockserver.testing.server import SandboxNotStarted, serving
from mockserver.testing.tenant import Tenant
from mockserver.testing.wsgi import serving_wsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

T = TypeVar("T", bound=Tenant)
T_co = TypeVar("T_co", bound=Tenant, covariant=True)

_TENANTS = pytest.StashKey[list[Tenant]]()
"""Of a test: the tenants that were made for it."""


class Make(Protocol[T_co]):
    """Makes a tenant that goes when the test ends."""

    def __call__(self, name: str | None = None, **fields: Any) -> T_co:
        """Take what ``Sandbox.create_operator`` and its siblings take: ``secret``, ``players``, settings."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that has a running sandbox used."""
    parser.getgroup("mockserver").addoption(
        "--mockserver-url",
        metavar="URL",
        help="Control plane of a running sandbox, in the place of one in a thread (or MOCKSERVER_ADMIN_URL; "
        "its token: MOCKSERVER_ADMIN_TOKEN).",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what the tenants of a failed test exchanged into its report."""
    report = yield
    asked = report.failed and report.when != "teardown"  # behind that the tenants are gone
    if asked and (told := "\n".join(_told(item.stash.get(_TENANTS, [])))):
        report.sections.append(("Exchanges with the sandbox", told))
    return report


@pytest.fixture(scope="session")
def sandbox_settings() -> Mapping[str, Any]:
    """Settings of the sandbox in a thread, as :func:`mockserver.testing.serving` takes them. To be
    overridden; a sandbox that runs already has its own."""
    return {}


@pytest.fixture(scope="session")
def sandbox(request: pytest.FixtureRequest, sandbox_settings: Mapping[str, Any]) -> Iterator[Sandbox]:
    """The sandbox; of each worker of pytest-xdist its own, unless one runs already."""
    # A plugin that only a test module names comes too late for options.
    url = request.config.getoption("mockserver_url", None) or os.environ.get("MOCKSERVER_ADMIN_URL")
    with ExitStack() as stack:
        try:
            if url:
                token = os.environ.get("MOCKSERVER_ADMIN_TOKEN")
                found = stack.enter_context(Sandbox(url.rstrip("/"), token=token))
                found.health()
            else:
                found = stack.enter_context(serving(**sandbox_settings))
        except (ControlPlaneError, SandboxNotStarted, SandboxUnreachable) as error:
            pytest.fail(f"no sandbox: {error}", pytrace=False)
        yield found


@pytest.fixture
def betstack_operator_settings() -> Mapping[str, Any]:
    """What every operator of a test is made with. To be overridden."""
    return {}


@pytest.fixture
def make_betstack_operator(
    request: pytest.FixtureRequest, sandbox: Sandbox, betstack_operator_settings: Mapping[str, Any]
) -> Iterator[Make[Operator]]:
    """Makes operators of Betstack's."""
    with _maker(request.node, sandbox.create_operator, betstack_operator_settings) as make:
        yield make


@pytest.fixture
def betstack_operator(make_betstack_operator: Make[Operator]) -> Operator:
    """A fresh operator of Betstack's."""
    return make_betstack_operator()


@pytest.fixture
def betcore_client_settings() -> Mapping[str, Any]:
    """What every partner client of a test is made with. To be overridden."""
    return {}


@pytest.fixture
def make_betcore_client(
    request: pytest.FixtureRequest, sandbox: Sandbox, betcore_client_settings: Mapping[str, Any]
) -> Iterator[Make[PartnerClient]]:
    """Makes partner clients of BETCORE's."""
    with _maker(request.node, sandbox.create_partner_client, betcore_client_settings) as make:
        yield make


@pytest.fixture
def betcore_client(make_betcore_client: Make[PartnerClient]) -> PartnerClient:
    """A fresh partner client of BETCORE's."""
    return make_betcore_client()


@pytest.fixture
def game_provider_settings() -> Mapping[str, Any]:
    """What every game provider of a test is made with. To be overridden."""
    return {}


@pytest.fixture
def make_game_provider(
    request: pytest.FixtureRequest, sandbox: Sandbox, game_provider_settings: Mapping[str, Any]
) -> Iterator[Make[GameProvider]]:
    """Makes game providers."""
    with _maker(request.node, sandbox.create_provider, game_provider_settings) as make:
        yield make


@pytest.fixture
def game_provider(make_game_provider: Make[GameProvider]) -> GameProvider:
    """A fresh game provider."""
    return make_game_provider()


@pytest.fixture
def serve_wsgi() -> Iterator[Callable[[WSGIApplication], str]]:
    """Serves a WSGI application on a free port until the test ends, and tells its URL."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving_wsgi(app))


@contextmanager
def _maker(node: pytest.Item, create: Callable[..., T], standard: Mapping[str, Any]) -> Iterator[Make[T]]:
    with ExitStack() as made:  # it drops the others too where one can't be dropped

        def make(name: str | None = None, **fields: Any) -> T:
            __tracebackhide__ = True
            tenant = create(name, **{**standard, **fields})
            made.callback(_drop, tenant)
            node.stash.setdefault(_TENANTS, []).append(tenant)
            return tenant

        yield make


def _drop(tenant: Tenant) -> None:
    try:
        tenant.drop()
    except ControlPlaneError as error:
        if error.problem != "not_found":  # the test may have dropped it
            raise


def _told(tenants: list[Tenant]) -> Iterator[str]:
    for tenant in tenants:
        try:
            if told := latest_exchanges(tenant):
                yield told
        except (ControlPlaneError, SandboxUnreachable) as error:
            yield f"{tenant.name}: its journal can't be read: {error}"
