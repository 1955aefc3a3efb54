"""The error page: shown where a component throws, instead of the framework's stack trace."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

ERROR_PAGE = rx.asset("error_page.jsx", shared=True)


class _ErrorPage(rx.Component):
    library = ERROR_PAGE.importable_path
    tag = "ErrorPage"


def error_boundary() -> rx.Component:
    """Return what catches an error of any component, and reports it to the server's log."""
    return ErrorBoundary.create(fallback_render=rx.Var.create(_ErrorPage.create()))
