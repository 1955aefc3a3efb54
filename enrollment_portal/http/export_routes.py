"""The route that downloads the ledger as a file, streamed row by row."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_export import (
    EXPORT_PATH,
    read_export_address,
    read_format,
)
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import zone
from enrollment_portal.domain.shared.errors import (
    NotFound,
    NotSignedIn,
    PortalError,
    StorageUnavailable,
)
from enrollment_portal.domain.shared.messages import UNREACHABLE
from enrollment_portal.http.origins import is_same_origin
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.ledger.exporting import CheckAccess, Export, export_ledger
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 4
MOST_OF_ONE = 2
"""Downloads at a time for one person: each keeps a connection and a snapshot of the database."""
STALLED_SECONDS = 60
"""A download whose client has read nothing for this long is ended."""
LONGEST_SECONDS = 1800
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# Not in the threads that serve everybody else.
_reading = ThreadPoolExecutor(max_workers=2, thread_name_prefix="export")
_running: Counter[int] = Counter()

T = TypeVar("T")


class DownloadedFile(Protocol):
    """A file that is made while it is read; `read` and `close` run in threads."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def media_type(self) -> str:
        """Its media type."""
        ...

    def read(self) -> bytes:
        """Return its next piece; b"" at its end."""
        ...

    def close(self) -> None:
        """Release what it holds."""
        ...


async def in_thread(function: Callable[[], T]) -> T:
    """Run a function in the threads of downloads."""
    return await asyncio.get_running_loop().run_in_executor(_reading, function)


class Download(StreamingResponse):
    """A streamed response: each part is read while the one before is being sent.

    If it fails, it ends without the final chunk, so that the browser reports an incomplete file.
    """

    def __init__(self, export: DownloadedFile, first: bytes, leave: Callable[[], None]) -> None:
        super().__init__(
            self._pieces(first),
            media_type=export.media_type,
            headers={**_HEADERS, "Content-Disposition": f'attachment; filename="{export.name}"'},
        )
        self._export, self._leave = export, leave

    async def _pieces(self, piece: bytes) -> AsyncIterator[bytes]:
        while piece:
            yield piece
            piece = await in_thread(self._export.read)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, and release its connection however the download ends."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(STALLED_SECONDS):
                await send(message)

        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await super().__call__(scope, receive, send_in_time)
        except (PortalError, TimeoutError) as reason:
            logger.warning("An export ended early: %r", reason)
            raise
        finally:
            await give_back(self._export, self._leave)


async def get_export(request: Request) -> Response:
    """Send what the query string describes as a file: see `read_export_address`."""

    def begin(actor: Actor, check_access: CheckAccess) -> Export:
        query = read_export_address(request.query_params)
        chosen, has_all = read_format(cookies.export_format(request.headers.get("cookie", "")))
        tz = zone_of(request)
        return export_ledger(
            *(database(), actor, query, tz, check_access, chosen), only_shown=not has_all
        )

    return await send_file(request, begin)


def zone_of(request: Request) -> ZoneInfo:
    """Return the browser's time zone; the organization's if it is unknown."""
    own = cookies.time_zone(request.headers.get("cookie", ""))
    return zone(own or organization_of(database()).time_zone)


async def send_file(
    request: Request, begin: Callable[[Actor, CheckAccess], DownloadedFile]
) -> Response:
    """Send a file to whoever is signed in, within the limits of downloads.

    Args:
        request: a GET from a page of the portal.
        begin: makes the file for the actor, in a thread of downloads; what it raises is answered.
    """
    if request.method == "HEAD":
        return refusal(messages.EXPORT_BY_GET, 405)
    if not is_same_origin(request):
        return refusal(messages.EXPORT_FROM_ELSEWHERE, 403)
    token = cookies.session_token(request.headers.get("cookie", ""))
    leave: Callable[[], None] | None = None
    file: DownloadedFile | None = None

    def check_access() -> Actor | None:
        return who_is(database(), token)

    try:
        actor = await in_thread(check_access)
        if actor is None:
            raise NotSignedIn
        leave = enter(actor.account_id)
        if leave is None:
            return refusal(messages.EXPORTS_BUSY, 503, {"Retry-After": "60"})
        file = await in_thread(lambda: begin(actor, check_access))
        return Download(file, await in_thread(file.read), leave)
    except BaseException as error:
        if leave is not None:
            await give_back(file, leave)
        return answer_to(error)


def enter(account_id: int) -> Callable[[], None] | None:
    """Count a download as running, and return what counts it as ended; `None` over the limit."""
    if _running.total() >= MOST_AT_ONCE or _running[account_id] >= MOST_OF_ONE:
        return None
    _running[account_id] += 1

    def leave() -> None:
        _running[account_id] -= 1

    return leave


async def give_back(export: DownloadedFile | None, leave: Callable[[], None]) -> None:
    """Close a file, and count its download as ended."""
    try:
        if export is not None:
            # Even if whoever waits for it does not any more.
            await asyncio.shield(in_thread(export.close))
    finally:
        leave()


def answer_to(error: BaseException) -> Response:
    """Return the response for an export that could not start.

    What a person may not see does not exist for them.
    """
    if isinstance(error, NotSignedIn):
        return refusal(error.message, 401)
    if isinstance(error, StorageUnavailable):
        return refusal(error.message, 503)
    if isinstance(error, PortalError):
        return refusal(NotFound.message, 404)
    if isinstance(error, SQLAlchemyError):
        logger.error("An export failed", exc_info=error)
        return refusal(UNREACHABLE, 503)
    raise error


def refusal(message: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """Return a response that says why there is no file."""
    return PlainTextResponse(message, status, {**_HEADERS, **(headers or {})})


ROUTES = [Route(EXPORT_PATH, get_export, methods=["GET"])]
