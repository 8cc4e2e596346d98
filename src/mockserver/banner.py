"""What ``mockserver serve`` prints once it is ready."""

from __future__ import annotations

from collections import Counter

from mockserver import __version__
from mockserver.bootstrap import Sandbox
from mockserver.edge.surface import Surface
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import PARTNER_URLS
from mockserver.settings import Settings


def banner(sandbox: Sandbox, settings: Settings, *, jwks_path: str, base: str, admin: str) -> str:
    """The URLs of everything, and the credentials of the sandbox.

    :param jwks_path: where BETCORE publishes its keys, below its host
    :param base: URL of the vendors' APIs
    :param admin: URL of the control plane
    """
    lines = [
        f"Betstack and BETCORE sandbox {__version__} (not affiliated with either vendor)",
        "",
        f"{'API':<20} {'URL':<42} page with the contract",
    ]
    taken = Counter(surface.contract.base_path for surface in sandbox.surfaces)
    for surface in sandbox.surfaces:
        url = f"{base}{surface.contract.base_path}"
        entry = _entry(url, surface, shared=taken[surface.contract.base_path] > 1)
        lines.append(f"{surface.contract.surface:<20} {entry:<42} {url}{surface.docs_path}")
    hub = sandbox.hub.contract
    live = base.replace("http", "ws", 1) + hub.paths[0]
    lines.append(f"{hub.surface:<20} {live:<42} (SignalR; also at {hub.paths[1]})")
    lines += [f"{'control plane':<20} {admin:<42} {admin}/docs", ""]
    lines.append("Credentials of the sandbox:")
    for tenant in sandbox.tenants:
        lines.append(_credentials(tenant))
    keys = [f"{url}{jwks_path}" for url in (base, settings.betcore_url) if url]
    lines.append(f"  BETCORE's keys are read from {' and '.join(keys)}")
    urls = {
        name: settings.tenant_defaults[name] for name in PARTNER_URLS if settings.tenant_defaults.get(name)
    }
    for name, url in sorted(urls.items()):
        lines.append(f"  {name.removesuffix('_url').upper()} is yours, at {url}")
    lines += _armed(sandbox)
    if settings.overrides:
        lines.append(f"  Answers of the vendors in force: {', '.join(settings.overrides)}")
    lines += ["", "Ready. Stop with Ctrl-C."]
    return "\n".join(lines)


def _entry(url: str, surface: Surface, *, shared: bool) -> str:
    """Where an API is called; one that has no prefix and a single path, at that path.

    :param shared: whether another API has the same prefix, or none either
    """
    paths = {operation.path for operation in surface.contract.operations.values()}
    if not surface.contract.base_path:
        return url + min(paths) if len(paths) == 1 else url
    segments = surface.contract.first_segments
    return url + segments[0] if shared and len(segments) == 1 else url


def _armed(sandbox: Sandbox) -> list[str]:
    """The faults that are armed from the start, each once."""
    tenants = sandbox.tenants
    everyone = (tenants.nobodys_faults, *(tenant.faults for tenant in tenants))
    specs = {repr(one.spec): one.spec for faults in everyone for one in faults.armed}
    armed = ", ".join(
        spec.fault + (f" on {spec.operation}" if spec.operation else "") for spec in specs.values()
    )
    return [f"  Armed faults: {armed}"] if armed else []


def _credentials(tenant: Tenant) -> str:
    off = ", ".join(tenant.settings.get("features_off", ()))
    players = "; ".join(
        f"player {player.id} ({player.currency})"
        + (f", token{'s' * (len(player.tokens) > 1)} {', '.join(player.tokens)}" if player.tokens else "")
        for player in tenant.players
    )
    return f"  {tenant.kind.replace('_', ' ')} {tenant.name}: secret {tenant.secret.current}; {players}" + (
        f"; without {off}" if off else ""
    )
