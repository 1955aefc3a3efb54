"""Imports point downwards, and the README names what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from enrollment_portal.settings import PROJECT_ROOT

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")


def test_imports_point_downwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(linter), "--no-cache"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_readme_gives_a_reason_for_every_pinned_package() -> None:
    required = (PROJECT_ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    assert all(re.fullmatch(r"[\w.\[\]-]+==[\w.]+", line) for line in required)
    named = set(re.findall(r"^\| `([\w.\[\]-]+)` \| [\w.]+ \|", README, re.MULTILINE))
    assert named == {line.split("==")[0] for line in required}


def test_the_readme_names_every_environment_variable() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [
            PROJECT_ROOT / "rxconfig.py",
            *(PROJECT_ROOT / "enrollment_portal").rglob("*.py"),
        ]
    )
    read = set(re.findall(r'"((?:PORTAL|DATABASE|REFLEX)_[A-Z_]+)"', code))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert read <= told
