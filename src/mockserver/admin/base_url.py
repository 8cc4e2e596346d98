"""Where the vendors' APIs are, for whoever reached the control plane."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def seen_from(host: str, base_url: str) -> str:
    """The URL of the APIs. Where they listen on every address of the machine, it has the name under which
    the caller reached the machine.

    :param host: the ``Host`` of the caller's request
    :param base_url: where the APIs listen, with an address and a port
    """
    listens = urlsplit(base_url)
    called = urlsplit(f"//{host}").hostname
    if not called or not ip_address(listens.hostname or "").is_unspecified:
        return base_url
    return f"http://[{called}]:{listens.port}" if ":" in called else f"http://{called}:{listens.port}"
