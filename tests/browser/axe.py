"""Check a page with axe."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe().axe_script
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING: dict[str, object] = {"type": "tag", "values": _RULES}


def violations(page: Page, where: str, run_only: dict[str, object] = EVERYTHING) -> list[str]:
    """Return axe's violations in a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    options = {"resultTypes": ["violations"], "runOnly": run_only}
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
    return [
        f"{where}: {violation['id']}: {violation['help']}: {node['target']} {node['html'][:200]}"
        f" {node.get('failureSummary', '')}"
        for violation in found
        for node in violation["nodes"]
    ]
