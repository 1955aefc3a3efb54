"""Adds to the router's root module what is shown outside of all pages.

These are the portal's error page, for an error that the router catches, and a paragraph for
browsers without scripts, for an address whose page is not prerendered.
"""

from __future__ import annotations

from typing import Any

from reflex_base.plugins import Plugin

_ROOT = "app/root.jsx"


class ErrorPagePlugin(Plugin):
    """Adds both to the root module, which Reflex writes."""

    def pre_compile(self, **context: Any) -> None:
        """Have the root module export them under the names that the router looks for."""
        # Imported here: they need the configuration, which needs this module.
        from enrollment_portal.components.errors.error_page import ERROR_PAGE
        from enrollment_portal.components.errors.without_scripts import WITHOUT_SCRIPTS

        exports = (
            f'\nexport {{ ErrorPage as ErrorBoundary }} from "{ERROR_PAGE}";'
            f'\nexport {{ HydrateFallback }} from "{WITHOUT_SCRIPTS}";\n'
        )
        context["add_modify_task"](_ROOT, lambda root: root + exports)
