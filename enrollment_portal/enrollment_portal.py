"""The app: registers pages and HTTP routes, nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from enrollment_portal.demo.company import build_company
from enrollment_portal.http.routes import transformers
from enrollment_portal.pages import enrollment, homes, ledger, sign_in
from enrollment_portal.services import runtime
from enrollment_portal.state.details import Details
from enrollment_portal.state.homes import Home, Learning, SignIn, Teaching
from enrollment_portal.state.ledger import Ledger
from enrollment_portal.state.session import SessionBinding
from enrollment_portal.state.views import LEDGER_PATH
from enrollment_portal.storage.database import Database

logger = logging.getLogger(__name__)
DEMO_ENROLLMENTS = 1_000


def _fill(database: Database) -> None:
    build_company(database, enrollments=DEMO_ENROLLMENTS)


@asynccontextmanager
async def _prepared_database() -> AsyncIterator[None]:
    """Bring the database up to date before the first request is answered."""
    await asyncio.to_thread(runtime.prepare, _fill)
    yield


def _log_browser_error(exception: Exception) -> None:
    # The text comes from a browser: shortened and on one line, so that it cannot forge the log.
    logger.warning("In a browser: %s", " ".join(str(exception).split())[:500])


def _log_error(exception: Exception) -> None:
    logger.error("While answering an event", exc_info=exception)


app = rx.App(
    html_lang="en",
    head_components=[
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.link(rel="icon", href="/favicon.png", type="image/png"),
        rx.el.script(src="/portal.js"),
    ],
    # Reflex adds a toaster here; the portal shows its messages in the page.
    app_wraps={(55, "ErrorBoundary"): lambda _stateful: ErrorBoundary.create()},
    api_transformer=transformers(),
    frontend_exception_handler=_log_browser_error,
    backend_exception_handler=_log_error,
)
app.add_middleware(SessionBinding())
app.register_lifespan_task(_prepared_database)

_DETAILS = f"{LEDGER_PATH}/[enrollment_id]"
app.add_page(homes.way_home, route="/", title="Enrollment Portal", on_load=Home.arrive)
app.add_page(sign_in.sign_in, route="/login", title="Sign in", on_load=SignIn.arrive)
app.add_page(homes.admin, route="/admin", title="Admin Portal", on_load=Home.arrive_admin)
app.add_page(homes.learn, route="/learn", title="My learning", on_load=Learning.arrive)
app.add_page(homes.teach, route="/teach", title="My courses", on_load=Teaching.arrive)
app.add_page(ledger.ledger, route=LEDGER_PATH, title="Enrollments", on_load=Ledger.arrive)
app.add_page(enrollment.overview, route=_DETAILS, title="Enrollment", on_load=Details.arrive)
app.add_page(
    enrollment.manage,
    route=f"{_DETAILS}/manage",
    title="Manage enrollment",
    on_load=Details.arrive,
)
app.add_page(homes.not_found, route="404", title="Not found")
