"""Test that the portal listens on this machine only, unless configured otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from enrollment_portal.settings import PROJECT_ROOT, is_loopback

_SAY = (
    "import rxconfig; from reflex_base.constants import PackageJson;"
    "print(rxconfig.config.backend_host, PackageJson.Commands.DEV, sep='\\n')"
)


@pytest.mark.parametrize(("configured", "host"), [(None, "127.0.0.1"), ("0.0.0.0", "0.0.0.0")])
def test_both_servers_listen_on_loopback_unless_the_portal_is_configured_otherwise(
    configured: str | None, host: str
) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "REFLEX_BACKEND_HOST"}
    if configured:
        environment["REFLEX_BACKEND_HOST"] = configured
    said = subprocess.run(
        (sys.executable, "-c", _SAY),
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == [host, "react-router dev --host 127.0.0.1"]


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("portal.localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("portal.example", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback_addresses_are_recognized(host: str, is_local: bool) -> None:
    assert is_loopback(host) is is_local
