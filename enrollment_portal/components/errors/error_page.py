"""The page for an error in a component, instead of the framework's stack trace."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from enrollment_portal.components.browser_modules import browser_module

ERROR_PAGE = browser_module(__file__, "error_page.jsx")


class _ErrorPage(rx.Component):
    library = ERROR_PAGE
    tag = "ErrorPage"


def error_boundary() -> rx.Component:
    """Return the boundary that catches errors of components, and reports them to the log."""
    return ErrorBoundary.create(fallback_render=rx.Var.create(_ErrorPage.create()))
