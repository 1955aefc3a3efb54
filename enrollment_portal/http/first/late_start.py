"""Starts the app of a page once the page has been painted: until then, it would hold that up."""

from __future__ import annotations

import re

_IMPORTS = re.compile(r'import (?:\* as (\w+) from )?"([^"]+)";')
# A tab in the background is not painted.
_PAINTED = (
    "await new Promise((done) => document.hidden ? done() : "
    "requestAnimationFrame(() => setTimeout(done)));\n"
)


def starts_app(script: str) -> bool:
    """Tell whether an inline script of a built page starts its app."""
    return "__reactRouterRouteModules" in script and _IMPORTS.search(script) is not None


def starting_late(script: str) -> str:
    """Return a script that does the same once the page has been painted."""

    def load(found: re.Match[str]) -> str:
        name, module = found.groups()
        return (f"const {name} = " if name else "") + f'await import("{module}");'

    return _PAINTED + _IMPORTS.sub(load, script)
