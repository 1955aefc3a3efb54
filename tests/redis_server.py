"""A Redis of a test's own, on a free port and with nothing in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.ports import free_port

_PACKAGE = "redis-server"
_INSTALL_SECONDS, _START_SECONDS, _STOP_SECONDS = 600, 20, 15


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run Debian's Redis, installed now where it is missing and that is possible; gives its URL.

    Args:
        folder: an empty folder for what belongs to it.
    """
    port = free_port()
    # Nothing is written to disk: what is in it need not outlive the test.
    options = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no")
    with (folder / "redis.log").open("ab") as log:
        process = subprocess.Popen(
            (_program(), *options, "--dir", str(folder)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"redis://127.0.0.1:{port}/0"
        _wait_for(url, process, folder / "redis.log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP_SECONDS)


def _program() -> str:
    found = shutil.which(_PACKAGE) or _installed()
    if not found:
        why = f"There is no {_PACKAGE} on the PATH, and installing it needs root on Debian."
        # A laptop may lack it; where it is lacking on CI, nothing was shown.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    return found


def _installed() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update",), ("install", "-y", "--no-install-recommends", _PACKAGE)):
        # Where it can be installed it must be: a failure here is one of the test.
        subprocess.run(
            ("apt-get", *command),
            env=quietly,
            check=True,
            capture_output=True,
            timeout=_INSTALL_SECONDS,
        )
    return shutil.which(_PACKAGE)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    client = redis.Redis.from_url(url)
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.05)
        else:
            client.close()
            return
    raise RuntimeError(f"Redis did not start:\n{log.read_text(errors='replace')}")
