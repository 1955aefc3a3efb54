"""The plain HTTP routes, and the middleware around everything that Reflex serves."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Mapping

from reflex.utils.prerequisites import get_web_dir
from reflex_base.constants import Dirs
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from enrollment_portal.http import export_routes, password_routes, sign_in_routes
from enrollment_portal.http.activity import activity_routes
from enrollment_portal.http.addresses import PageAddresses
from enrollment_portal.http.bulk import preview_routes
from enrollment_portal.http.first.first_pages import First, FirstPages
from enrollment_portal.http.headers import SecurityHeaders
from enrollment_portal.http.logs import limit_framework_logs
from enrollment_portal.http.sockets import GuardedSockets
from enrollment_portal.services.runtime import database
from enrollment_portal.storage.shared.trouble import Trouble

logger = logging.getLogger(__name__)

_HEALTH_SECONDS = 5


async def get_health(_request: Request) -> Response:
    """Answer 200 if the database can be read and written, otherwise 503 with the reason."""
    try:
        async with asyncio.timeout(_HEALTH_SECONDS):
            trouble = await asyncio.to_thread(_check_database)
    except (SQLAlchemyError, TimeoutError):
        logger.exception("The database does not answer")
        trouble = Trouble.AWAY
    body = {"status": "unavailable", "database": trouble.value} if trouble else {"status": "ok"}
    return JSONResponse(body, 503 if trouble else 200, {"Cache-Control": "no-store"})


def _check_database() -> Trouble | None:
    trouble = database().look()
    if trouble is None:
        database().ping()
    return trouble


def transformers(first: Mapping[str, First], templates: str) -> list:
    """Return the routes and middleware for `rx.App(api_transformer=…)`, innermost first.

    Args:
        first: by the path of a page, what fills its first HTML.
        templates: the path of the page of templates.
    """
    routes = [
        *sign_in_routes.ROUTES,
        *password_routes.ROUTES,
        *export_routes.ROUTES,
        *preview_routes.ROUTES,
        *activity_routes.ROUTES,
        Route("/api/health", get_health),
    ]
    pages = get_web_dir() / Dirs.STATIC
    limit_framework_logs()
    return [
        Starlette(routes=routes),
        GuardedSockets,
        functools.partial(PageAddresses, pages=pages),
        functools.partial(FirstPages, pages=pages, first=first, templates=templates),
        functools.partial(SecurityHeaders, pages=pages),
    ]
