"""Find a Chromium for the tests, or install one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright
from playwright.sync_api import Error as PlaywrightError

# The headless shell is Chromium without its windows, as Playwright's own is: it paints the same and
# uses a quarter less of the processor.
_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_PACKAGES = ("chromium-headless-shell", "chromium")
_FONTS = ("fonts-noto-core", "fonts-noto-cjk")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_INSTALL_SECONDS = 600


def launch(playwright: Playwright) -> Browser:
    """Return a running Chromium: Playwright's own, else one on PATH, else one installed now.

    Where nothing works the test run fails, and says everything that was tried.
    """
    tried: list[str] = []
    ways: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("what this machine has", lambda: True),
        *(
            (f"apt-get install {package}", partial(_install_with_apt, package))
            for package in _PACKAGES
        ),
        ("playwright install chromium", _install_with_playwright),
    )
    for way, make_ready in ways:
        try:
            if not make_ready():
                tried.append(f"{way}: not possible here (needs root on Debian)")
                continue
        except (OSError, subprocess.SubprocessError) as error:
            tried.append(f"{way}: {error}")
            continue
        browser = _launch_any(playwright, way, tried)
        if browser:
            return browser
    pytest.fail("No browser to test with. Tried, in this order:\n- " + "\n- ".join(tried))


def _launch_any(playwright: Playwright, way: str, tried: list[str]) -> Browser | None:
    for name in (None, *_NAMES):
        path = shutil.which(name) if name else None
        if name and not path:
            tried.append(f"{way}: no {name} on PATH")
            continue
        try:
            return playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        except PlaywrightError as error:
            first_line = next((line for line in error.message.splitlines() if line.strip()), "")
            tried.append(f"{way}: {path or 'Playwright’s own Chromium'}: {first_line}")
    return None


def _install_with_apt(package: str) -> bool:
    is_possible = os.geteuid() == 0 and Path("/etc/debian_version").exists()
    if not is_possible or not shutil.which("apt-get"):
        return False
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update",), ("install", "-y", "--no-install-recommends", package, *_FONTS)):
        subprocess.run(
            ("apt-get", *command),
            env=quietly,
            check=True,
            capture_output=True,
            timeout=_INSTALL_SECONDS,
        )
    return True


def _install_with_playwright() -> bool:
    subprocess.run(
        (sys.executable, "-m", "playwright", "install", "chromium"),
        check=True,
        capture_output=True,
        timeout=_INSTALL_SECONDS,
    )
    return True
