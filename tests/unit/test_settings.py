"""Flags win over the environment, that over the file, that over the default; mistakes are named."""

from pathlib import Path

import pytest

from mockserver.settings import SettingsError, resolve


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sandbox.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_bind_to_loopback() -> None:
    settings = resolve({}, {}, None)

    assert (settings.host, settings.port, settings.admin_port) == ("127.0.0.1", 8080, 8081)
    assert (settings.betcore_url, settings.hints) == (None, True)


def test_the_nearest_source_wins(tmp_path: Path) -> None:
    path = file(tmp_path, "port = 1\nadmin_port = 2\nhost = '::1'\n")
    environment = {"MOCKSERVER_PORT": "3", "MOCKSERVER_HINTS": "off", "HOME": "/"}

    settings = resolve({"port": "4", "host": None}, environment, path)

    assert (settings.port, settings.admin_port, settings.host, settings.hints) == (4, 2, "::1", False)


MISTAKES = [
    ("prot = 1", "unknown setting `prot`; did you mean `port`?"),
    ("zzz = 1", "unknown setting `zzz`; known are host, port"),
    ("port = 70000", "`port` is 70000; it has to be a port from 0 to 65535"),
    ("port = true", "`port` is True; it has to be a port"),
    ("port = 'x'", "`port` is 'x'; it has to be a port"),
    ("host = 7", "`host` is 7; it has to be a text"),
    ("betcore_url = 'localhost:8090'", "it has to be a URL such as http://127.0.0.1:8090"),
    ("betcore_url = 'http://[::1'", "it has to be a URL such as"),
    ("betcore_url = 'http://x:99999'", "it has to be a URL such as"),
    ("betcore_url = 'http://bob:hunter2@x'", "without credentials"),
    ("betcore_url = 'http://x/?a=b'", "query"),
    ("betcore_url = 'http://a b'", "it has to be a URL such as"),
    ("port = '" + "1" * 5000 + "'", "1..."),
    ("port = " + "[" * 5000, "nested too deep"),
    ("hints = 'maybe'", "it has to be true or false"),
    ("port = ", "sandbox.toml: "),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_mistake_in_the_file_is_named_with_what_is_right(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        resolve({}, {}, file(tmp_path, text))

    assert told in str(error.value)
    assert "sandbox.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_mistake_in_the_environment_is_named() -> None:
    with pytest.raises(SettingsError, match="environment: `MOCKSERVER_PORT` is 'x'"):
        resolve({}, {"MOCKSERVER_PORT": "x"}, None)


def test_where_the_fixtures_find_a_sandbox_is_no_setting_of_the_server() -> None:
    assert resolve({}, {"MOCKSERVER_ADMIN_URL": "http://127.0.0.1:8081"}, None) == resolve({}, {}, None)
    with pytest.raises(SettingsError, match="unknown setting `MOCKSERVER_ADMIN_URI`"):
        resolve({}, {"MOCKSERVER_ADMIN_URI": "http://127.0.0.1:8081"}, None)


def test_other_defaults_count_less_than_all_that_is_given(tmp_path: Path) -> None:
    of_file = file(tmp_path, "port = 1")

    settings = resolve({}, {}, of_file, defaults={"port": 0, "admin_port": 0})

    assert (settings.port, settings.admin_port, settings.host) == (1, 0, "127.0.0.1")
