"""Read classes and functions of the product's source, for tests of its structure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

PACKAGE = "enrollment_portal"


@lru_cache(maxsize=1)
def modules(root: Path) -> dict[str, ast.Module]:
    """Return the product's modules by name; callers must not change them."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for path in (root / PACKAGE).rglob("*.py")
    }


def imported_names(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of each module, and of each name in one, that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def class_lines(found: dict[str, ast.Module]) -> dict[str, int]:
    """Return the lines of each class by its full name, with those of the bases it takes on.

    A base from outside the product counts for nothing.
    """
    classes = {
        f"{module}.{node.name}": (module, node)
        for module, tree in found.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    imported = {module: _imports(tree) for module, tree in found.items()}

    def bases(name: str) -> set[str]:
        module, node = classes[name]
        names = {base.id for base in node.bases if isinstance(base, ast.Name)}
        near = {imported[module].get(base, f"{module}.{base}") for base in names} & classes.keys()
        return near.union(*(bases(base) for base in near))

    def lines(name: str) -> int:
        node = classes[name][1]
        return (node.end_lineno or 0) - node.lineno + 1

    return {name: sum(lines(one) for one in {name, *bases(name)}) for name in classes}


def parameter_counts(found: dict[str, ast.Module]) -> Iterator[tuple[str, int]]:
    """Yield each function's full name, and how many parameters it has besides `self`."""
    for module, tree in found.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                takes = node.args
                named = [one.arg for one in (*takes.posonlyargs, *takes.args, *takes.kwonlyargs)]
                rest = [one for one in (takes.vararg, takes.kwarg) if one]
                yield f"{module}.{node.name}", len({*named} - {"self", "cls"}) + len(rest)


def state_mixins(found: dict[str, ast.Module]) -> dict[str, ast.ClassDef]:
    """Return the classes that states take on and that are no states themselves, by full name."""
    return {
        f"{module}.{node.name}": node
        for module, tree in found.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(one.arg == "mixin" for one in node.keywords)
    }


def members_used(node: ast.ClassDef) -> set[str]:
    """Return the names that a class's methods read, set or call on `self`."""
    return {
        one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id == "self"
    }


def members_declared(node: ast.ClassDef, mixins: Iterable[ast.ClassDef] = ()) -> set[str]:
    """Return the names of a class's methods and annotated attributes, also of type checking's.

    Those of the mixins that it builds on are its own, too.
    """
    names = {base.id for base in node.bases if isinstance(base, ast.Name)}
    inherited = [members_declared(one, mixins) for one in mixins if one.name in names]
    methods = {
        one.name
        for one in ast.walk(node)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    annotated = (one.target for one in ast.walk(node) if isinstance(one, ast.AnnAssign))
    own = methods | {target.id for target in annotated if isinstance(target, ast.Name)}
    return own.union(*inherited)


def _imports(tree: ast.Module) -> dict[str, str]:
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
