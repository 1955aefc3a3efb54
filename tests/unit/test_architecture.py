"""Test import layers, sizes of classes and functions, and the README's map."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import reflex as rx

from enrollment_portal.settings import PROJECT_ROOT
from enrollment_portal.state.shared.listing import Listing
from tests.unit.source_classes import (
    class_lines,
    imported_names,
    members_declared,
    members_used,
    modules,
    parameter_counts,
    state_mixins,
)

MOST_CLASS_LINES, MOST_PARAMETERS, MOST_MODULES = 300, 8, 12
MIGRATIONS = PROJECT_ROOT / "enrollment_portal" / "storage" / "migrations" / "versions"
BENCHMARKS = PROJECT_ROOT / "tests" / "benchmarks"
README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")


def test_imports_point_downwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(linter), "--no-cache"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_folder_holds_many_modules() -> None:
    """A feature that grows past a dozen modules is two features, or one with parts."""
    folders = Counter(
        path.parent
        for top in ("enrollment_portal", "tests")
        for path in (PROJECT_ROOT / top).rglob("*.py")
        if path.name != "__init__.py" and path.parent != MIGRATIONS
    )
    assert len(folders) > 1
    many = {
        str(folder.relative_to(PROJECT_ROOT)): n
        for folder, n in folders.items()
        if n > MOST_MODULES
    }
    assert many == {}


def test_no_test_module_is_imported() -> None:
    """What tests share is in a module whose name says what it holds."""
    imported = {
        f"{path.relative_to(PROJECT_ROOT)}: {name}"
        for path in (PROJECT_ROOT / "tests").rglob("*.py")
        for name in imported_names(ast.parse(path.read_text(encoding="utf-8")))
        if re.search(r"(^|\.)test_\w+\.", f"{name}.")
    }
    assert imported == set()


def test_no_class_is_long() -> None:
    lines = class_lines(modules(PROJECT_ROOT))
    assert {name: n for name, n in lines.items() if n > MOST_CLASS_LINES} == {}


def test_a_class_is_counted_with_its_base_classes() -> None:
    lines = class_lines(modules(PROJECT_ROOT))
    assert (
        lines["enrollment_portal.state.people.users.Users"]
        > lines["enrollment_portal.state.shared.listing.Listing"]
    )


def test_no_function_has_many_parameters() -> None:
    counts = dict(parameter_counts(modules(PROJECT_ROOT)))
    assert {name: n for name, n in counts.items() if n > MOST_PARAMETERS} == {}


def test_the_page_of_one_enrollment_is_composed() -> None:
    """None of its states builds on another."""
    found = modules(PROJECT_ROOT)
    parts = {n: t for n, t in found.items() if n.startswith("enrollment_portal.state.enrollment.")}
    bases = {
        ast.unparse(base)
        for tree in parts.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    assert bases == {"rx.State"}


def test_a_shared_part_of_states_uses_only_what_it_declares() -> None:
    """What a state must add to a mixin is declared there, so that pyright checks both sides."""
    mixins = state_mixins(modules(PROJECT_ROOT))
    assert mixins
    undeclared = {
        f"{name}: {member}"
        for name, node in mixins.items()
        for member in members_used(node)
        - members_declared(node, mixins.values())
        - set(dir(rx.State))
    }
    assert undeclared == set()


def test_a_list_page_without_a_read_method_cannot_be_created() -> None:
    class Half(Listing, mixin=True):
        def _views(self, rows: Sequence[Any]) -> list[Any]:
            return list(rows)

    state: Any = Half
    assert state.__abstractmethods__ == {"_read"}
    with pytest.raises(TypeError, match="_read"):
        state(_reflex_internal_init=True)


def test_the_readme_names_every_environment_variable() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [
            PROJECT_ROOT / "rxconfig.py",
            *(PROJECT_ROOT / "enrollment_portal").rglob("*.py"),
        ]
    )
    read = set(re.findall(r'"((?:PORTAL|DATABASE|REFLEX)_[A-Z_]+)"', code))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert read <= documented


def test_no_statement_is_written_above_storage() -> None:
    statements = re.compile(r"^\s*from (?:sqlmodel|sqlalchemy)\S* import .*", re.MULTILINE)
    allowed = re.compile(r"import (?:Session|IntegrityError|OperationalError|SQLAlchemyError)$")
    written = [
        f"{path.relative_to(PROJECT_ROOT)}: {line.strip()}"
        for layer in ("services", "live", "http", "state", "components", "pages")
        for path in (PROJECT_ROOT / "enrollment_portal" / layer).rglob("*.py")
        for line in statements.findall(path.read_text(encoding="utf-8"))
        if not allowed.search(line)
    ]
    assert not written


def test_rights_are_decided_in_permissions_only() -> None:
    """Other modules call these functions; they do not compare the role or its label."""
    deciding = re.compile(
        r"(?:actor|acting\(\))\.role (?:is|in|==|!=)|Shell\.role *(?:[=!]=|,$)"
        r"|isinstance\([^)]*\b(?:Everything|Taught|Led)\b",
        re.MULTILINE,
    )
    package = PROJECT_ROOT / "enrollment_portal"
    permissions = package / "domain" / "access" / "permissions.py"
    assert deciding.search(permissions.read_text(encoding="utf-8"))
    found = [
        f"{path.relative_to(package)}: {match.group()}"
        for path in package.rglob("*.py")
        if path != permissions
        for match in deciding.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_text_statements_name_the_benchmark_that_shows_their_gain() -> None:
    storage = PROJECT_ROOT / "enrollment_portal" / "storage"
    unnamed = []
    for path in storage.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "migrations" in path.parts or not re.search(
            r"^from sqlalchemy import .*\btext\b", source, re.M
        ):
            continue
        named = re.findall(r"tests/benchmarks/(\w+)\.py|tests\.benchmarks (\w+)", source)
        names = ["".join(one) for one in named]
        if not names or not all((BENCHMARKS / f"{name}.py").exists() for name in names):
            unnamed.append(str(path.relative_to(PROJECT_ROOT)))
    assert not unnamed
