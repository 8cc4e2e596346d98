"""Where the control plane says that the vendors' APIs are."""

from __future__ import annotations

import pytest

from mockserver.admin.base_url import seen_from


@pytest.mark.parametrize(
    ("host", "listens", "told"),
    [
        ("127.0.0.1:8081", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("sandbox.test:8081", "http://10.0.0.7:8080", "http://10.0.0.7:8080"),
        ("sandbox.test:8081", "http://0.0.0.0:8080", "http://sandbox.test:8080"),
        ("[::1]:8081", "http://[::]:8080", "http://[::1]:8080"),
        ("", "http://0.0.0.0:8080", "http://0.0.0.0:8080"),
    ],
)
def test_apis_that_listen_everywhere_have_the_name_that_the_caller_used(
    host: str, listens: str, told: str
) -> None:
    assert seen_from(host, listens) == told
