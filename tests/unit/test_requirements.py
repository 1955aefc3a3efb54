"""Test that every package is pinned for pip and uv, with a reason in the README."""

from __future__ import annotations

import re
import tomllib

import pytest

from enrollment_portal.settings import PROJECT_ROOT

PROJECT = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
RUN, TESTS = "requirements.txt", "tests/requirements.txt"
DIRECT = {
    RUN: PROJECT["project"]["dependencies"],
    TESTS: PROJECT["dependency-groups"]["dev"],
}
_PIN = re.compile(r"([\w.-]+)(?:\[\w+\])?==([\w.]+)(?: ; .+)?")


def pins(lines: list[str]) -> dict[str, str]:
    """Return package and version of each line; extras and markers aside."""
    found = [_PIN.fullmatch(line) for line in lines]
    assert all(found), lines
    return {match[1]: match[2] for match in found if match}


def pinned(name: str) -> list[str]:
    """Return the lines of a requirements file that name a package."""
    lines = (PROJECT_ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith(("#", "-r "))]


@pytest.mark.parametrize("name", [RUN, TESTS])
def test_direct_dependencies_are_pinned_where_they_are_needed(name: str) -> None:
    assert pins(DIRECT[name]).items() <= pins(pinned(name)).items()


def test_the_tests_pin_the_same_versions_as_the_portal() -> None:
    assert "\n-r ../requirements.txt\n" in (PROJECT_ROOT / TESTS).read_text(encoding="utf-8")
    run, tests = pins(pinned(RUN)), pins(pinned(TESTS))
    assert {
        name: tests[name] for name in run.keys() & tests.keys() if run[name] != tests[name]
    } == {}
    assert not pins(DIRECT[TESTS]).keys() & run.keys()


def test_uv_installs_the_same_versions_as_pip() -> None:
    constraints = PROJECT["tool"]["uv"]["constraint-dependencies"]
    assert set(constraints) == {*pinned(RUN), *pinned(TESTS)}


def test_the_readme_names_each_direct_dependency_with_its_version() -> None:
    table = re.findall(r"^\| `([\w.\[\]-]+)` \| ([\w.]+) \|", README, re.MULTILINE)
    assert [f"{name}=={version}" for name, version in table] == [*DIRECT[RUN], *DIRECT[TESTS]]
