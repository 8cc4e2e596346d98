"""The applications in process, with a clock that stands and ids that count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from mockserver.edge.stock import stock_app

from .casino_site import CasinoSite, open_casino_site
from .feed_reader import FeedReader
from .in_process import Service, served
from .operator_site import Site, open_site
from .provider_side import GameHouse, open_house


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def service(private_key: rsa.RSAPrivateKey) -> Iterator[Service]:
    yield from served(private_key)


@pytest.fixture
def stock(private_key: rsa.RSAPrivateKey) -> Iterator[Service]:
    """The same, on Connexion's own stack."""
    yield from served(private_key, stock_app)


@pytest.fixture
def silent_service(private_key: rsa.RSAPrivateKey) -> Iterator[Service]:
    """The same, without hints."""
    yield from served(private_key, hints=False)


@pytest.fixture(scope="module")
def opened(private_key: rsa.RSAPrivateKey) -> Iterator[Site]:
    """One operator's site, for a whole module."""
    with open_site(private_key) as made:
        yield made


@pytest.fixture
def site(opened: Site) -> Site:
    """The site at its beginning."""
    opened.begin_anew()
    return opened


@pytest.fixture(scope="module")
def opened_casino_site(private_key: rsa.RSAPrivateKey) -> Iterator[CasinoSite]:
    """One partner client's site, for a whole module."""
    with open_casino_site(private_key) as made:
        yield made


@pytest.fixture
def casino_site(opened_casino_site: CasinoSite) -> CasinoSite:
    """The site at its beginning."""
    opened_casino_site.begin_anew()
    return opened_casino_site


@pytest.fixture(scope="module")
def opened_house(private_key: rsa.RSAPrivateKey) -> Iterator[GameHouse]:
    """One game provider, for a whole module."""
    with open_house(private_key) as made:
        yield made


@pytest.fixture
def house(opened_house: GameHouse) -> GameHouse:
    """The game provider at its beginning."""
    opened_house.begin_anew()
    return opened_house


@pytest.fixture(scope="module")
def served_feed(private_key: rsa.RSAPrivateKey) -> Iterator[Service]:
    """The applications, for a whole module."""
    yield from served(private_key)


@pytest.fixture
def feed(served_feed: Service) -> FeedReader:
    """A consumer of the feed at its beginning."""
    served_feed.sandbox.tenants.reset_all()
    return FeedReader(served_feed)
