"""Settings: one row each. A flag wins over the environment, that over the file, that over the default.

The file may also hold ``[overrides]``, see :mod:`bet_contracts.overrides`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bet_contracts.errors import OverrideError
from bet_contracts.override_file import TABLE, read_toml, table_of

ENVIRONMENT_PREFIX = "MOCKSERVER_"
_ENVIRONMENT = "environment"
_HIGHEST_PORT = 65535
_LONGEST_SHOWN = 60


class SettingsError(Exception):
    """A setting is unknown or wrong. The text is one line and says where and what is right."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting. ``read`` takes a flag's or the environment's text, or the file's value."""

    name: str
    read: Callable[[Any], Any]
    default: Any
    help: str


def _port(value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not text.isdecimal() or len(text) > 5 or int(text) > _HIGHEST_PORT:
        raise ValueError(f"a port from 0 to {_HIGHEST_PORT}, 0 for any that is free")
    return int(text)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text that is not empty")
    return value


def _url(value: Any) -> str:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    # Credentials would be printed, and a path is put behind it.
    if not sound or any(char in value for char in "@?#") or not value.isprintable() or " " in value:
        raise ValueError("a URL such as http://127.0.0.1:8090, without credentials, query and fragment")
    return str(value).rstrip("/")


_SWITCH_WORDS = {
    **dict.fromkeys(("true", "1", "on", "yes"), True),
    **dict.fromkeys(("false", "0", "off", "no"), False),
}


def _switch(value: Any) -> bool:
    try:
        return _SWITCH_WORDS[str(value).lower()]
    except KeyError:
        raise ValueError("true or false") from None


SETTINGS = (
    Setting("host", _text, "127.0.0.1", "Address that the vendors' APIs listen on."),
    Setting("port", _port, 8080, "Port of the vendors' APIs; 0 takes any that is free."),
    Setting("admin_port", _port, 8081, "Port of the control plane, on 127.0.0.1; 0 takes any that is free."),
    Setting(
        "betcore_url",
        _url,
        None,
        "Where the built-in casino finds BETCORE (its JWKS). Default: this server itself.",
    ),
    Setting("hints", _switch, True, "Say why a request is refused, in X-Sandbox-Reason."),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its value."""

    host: str
    port: int
    admin_port: int
    betcore_url: str | None
    hints: bool
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
    values = {setting.name: given.get(setting.name, setting.default) for setting in SETTINGS}
    return Settings(**values, overrides=overrides)


def _of_file(file: Path | None) -> Mapping[str, Any]:
    return {} if file is None else read_toml(file)


def _of_environment(environment: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        variable.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for variable, value in environment.items()
        if variable.startswith(ENVIRONMENT_PREFIX)
    }


def _value(source: str, name: str, value: Any) -> Any:
    setting = _BY_NAME.get(name)
    if setting is None:
        nearest = difflib.get_close_matches(name, _BY_NAME, n=1)
        hint = f"did you mean `{nearest[0]}`?" if nearest else f"known are {', '.join(_BY_NAME)}, [{TABLE}]"
        raise SettingsError(f"{source}: unknown setting `{name}`; {hint}")
    try:
        return setting.read(value)
    except ValueError as error:
        shown = repr(value)
        shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."
        spelt = f"{ENVIRONMENT_PREFIX}{name.upper()}" if source == _ENVIRONMENT else name
        raise SettingsError(f"{source}: `{spelt}` is {shown}; it has to be {error}") from None
