"""Shows the portal's error page where the router catches an error: outside of all components."""

from __future__ import annotations

from typing import Any

from reflex_base.plugins import Plugin

_ROOT = "app/root.jsx"


class ErrorPagePlugin(Plugin):
    """Adds the page to the router's root module, which Reflex writes."""

    def pre_compile(self, **context: Any) -> None:
        """Have the root module export the page under the name that the router looks for."""
        # Not before: it needs the configuration, which needs this module.
        from enrollment_portal.components.error_page import ERROR_PAGE

        export = f'\nexport {{ ErrorPage as ErrorBoundary }} from "{ERROR_PAGE.importable_path}";\n'
        context["add_modify_task"](_ROOT, lambda root: root + export)
