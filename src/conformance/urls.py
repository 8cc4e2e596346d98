"""URLs that a user gives: what they may be, and whether they lead to this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from conformance.errors import KitError


def on_this_machine(url: str) -> bool:
    """Whether the URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_url(option: str, url: str) -> None:
    """Raise :exc:`KitError` unless it is an absolute HTTP URL without credentials, query and fragment."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, valid = None, False
    if parts is not None and "@" in parts.netloc:
        raise KitError(f"{option} must not hold credentials; they belong into the target file")
    if not valid or parts is None or parts.query or parts.fragment:
        raise KitError(f"{option} {url} is no http(s) URL")
