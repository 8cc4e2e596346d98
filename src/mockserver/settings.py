"""Settings of the server. A flag wins over the environment, that over the file, that over the default.

What is set for tenants in the same places is the default of every tenant. The file may also hold
``[overrides]``, see :mod:`bet_contracts.overrides`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bet_contracts.errors import OverrideError
from bet_contracts.override_file import TABLE, read_toml, table_of
from mockserver.kernel.settings import Setting, SettingsError, port, read_setting, secret, switch, text, url
from mockserver.kernel.tenant_settings import TENANT_SETTINGS

__all__ = ["SERVER_SETTINGS", "SETTINGS", "Settings", "SettingsError", "resolve"]

ENVIRONMENT_PREFIX = "MOCKSERVER_"
_ENVIRONMENT = "environment"
_OF_COMMANDS = frozenset({"MOCKSERVER_ADMIN_URL"})
"""Variables that say to other commands where this server is."""

SERVER_SETTINGS = (
    Setting("host", text, "127.0.0.1", "Address that the vendors' APIs listen on."),
    Setting("port", port, 8080, "Port of the vendors' APIs; 0 takes any that is free."),
    Setting(
        "admin_host",
        text,
        "127.0.0.1",
        "Address that the control plane listens on; any but this machine's own needs admin_token.",
    ),
    Setting("admin_port", port, 8081, "Port of the control plane; 0 takes any that is free."),
    Setting(
        "admin_token",
        secret,
        None,
        "What the control plane wants to see as `Authorization: Bearer`. Default: nothing.",
        hidden=True,
    ),
    Setting(
        "betcore_url",
        url,
        None,
        "Another BETCORE (such as the kit) that may call the built-in casino and game provider: its JWKS, "
        "accepts and sessions are found there. What this server's own BETCORE begins stays here.",
    ),
    Setting(
        "catalogue",
        text,
        None,
        "YAML file with the events and cards on offer. Default: the built-in one (`mockserver catalogue`).",
    ),
    Setting(
        "hints",
        switch,
        True,
        "Say why a request is refused (X-Sandbox-Reason), and name its exchange (X-Sandbox-Exchange).",
    ),
    Setting(
        "seed",
        text,
        None,
        "Makes identifiers repeat: after each start and each reset the same ones come. Default: chance.",
    ),
)
SETTINGS = (*SERVER_SETTINGS, *TENANT_SETTINGS)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_BY_VARIABLE = {f"{ENVIRONMENT_PREFIX}{setting.name.upper()}": setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of the server with its value."""

    host: str
    port: int
    admin_host: str
    admin_port: int
    admin_token: str | None
    betcore_url: str | None
    catalogue: str | None
    hints: bool
    seed: str | None
    tenant_defaults: Mapping[str, Any]
    """Settings of tenants that were given, by name."""
    overrides: Mapping[str, Any]
    """By id of an assumption."""


def resolve(flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None) -> Settings:
    """Work out every setting.

    :param flags: values given on the command line, by name; ``None`` where not given
    :param environment: variables; those with the prefix ``MOCKSERVER_`` are settings
    :param file: a TOML file with settings as top-level keys
    :raises SettingsError: a setting is unknown or has a value that it can't have, or the file can't be read
    """
    try:
        of_file = dict(_of_file(file))
        overrides = table_of(of_file, str(file))
    except OverrideError as error:
        raise SettingsError(str(error)) from None
    of_file.pop(TABLE, None)
    given: dict[str, Any] = {}
    for source, values in (
        (str(file), of_file),
        (_ENVIRONMENT, _of_environment(environment)),
        ("command line", {name: value for name, value in flags.items() if value is not None}),
    ):
        for name, value in values.items():
            given[name] = _value(source, name, value)
    values = {setting.name: given.get(setting.name, setting.default) for setting in SERVER_SETTINGS}
    for_tenants = {setting.name: given[setting.name] for setting in TENANT_SETTINGS if setting.name in given}
    return Settings(**values, tenant_defaults=for_tenants, overrides=overrides)


def _of_file(file: Path | None) -> Mapping[str, Any]:
    return {} if file is None else read_toml(file)


def _of_environment(environment: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        variable.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for variable, value in environment.items()
        if variable.startswith(ENVIRONMENT_PREFIX) and variable not in _OF_COMMANDS
    }


def _value(source: str, name: str, value: Any) -> Any:
    if source == _ENVIRONMENT:
        return read_setting(_BY_VARIABLE, source, f"{ENVIRONMENT_PREFIX}{name.upper()}", value)
    return read_setting(_BY_NAME, source, name, value, others=[f"[{TABLE}]"])
