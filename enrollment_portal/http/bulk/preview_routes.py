"""The route that downloads all rows of a preview, streamed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import chain, islice

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from enrollment_portal.domain.bulk.jobs import RowResult
from enrollment_portal.domain.bulk.preview_file import DISPOSITION, HEADINGS, PREVIEW_PATH, lines_of
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.shared.errors import (
    NotFound,
    NotSignedIn,
    PortalError,
    StorageUnavailable,
)
from enrollment_portal.http.origins import is_same_origin
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.bulk.previewing import previewed_rows
from enrollment_portal.services.ledger.csv_file import quoted
from enrollment_portal.services.runtime import database

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_ROWS_AT_ONCE = 500
_MOST_AT_ONCE = 2
_running: set[int] = set()
"""Who downloads now: one file for each person."""


async def get_preview(request: Request) -> Response:
    """Send all rows of the preview that the query string names by `id`."""
    if not is_same_origin(request):
        return _refusal(messages.EXPORT_FROM_ELSEWHERE, 403)
    token = cookies.session_token(request.headers.get("cookie", ""))
    job_id = request.query_params.get("id")

    def begin() -> tuple[int, Iterator[RowResult], list[RowResult]]:
        actor = who_is(database(), token)
        if actor is None:
            raise NotSignedIn
        rows = previewed_rows(database(), actor, job_id)
        return actor.account_id, rows, list(islice(rows, _ROWS_AT_ONCE))

    try:
        account_id, rows, first = await asyncio.to_thread(begin)
    except NotSignedIn as refusal:
        return _refusal(refusal.message, 401)
    except StorageUnavailable as refusal:
        return _refusal(refusal.message, 503)
    except PortalError:
        return _refusal(NotFound.message, 404)
    if account_id in _running or len(_running) >= _MOST_AT_ONCE:
        return _refusal(messages.EXPORTS_BUSY, 503, {"Retry-After": "60"})
    return StreamingResponse(
        _pieces(account_id, rows, first),
        media_type="text/csv; charset=utf-8",
        headers={**_HEADERS, "Content-Disposition": DISPOSITION},
    )


async def _pieces(
    account_id: int, rows: Iterator[RowResult], some: list[RowResult]
) -> AsyncIterator[bytes]:
    # Only here: a response whose client is gone may never be begun.
    _running.add(account_id)
    try:
        yield ("\ufeff" + _line(HEADINGS)).encode()
        while some:
            yield "".join(map(_line, chain.from_iterable(map(lines_of, some)))).encode()
            some = await asyncio.to_thread(lambda: list(islice(rows, _ROWS_AT_ONCE)))
    finally:
        _running.discard(account_id)


def _line(cells: tuple[str, ...]) -> str:
    return ",".join(map(quoted, cells)) + "\r\n"


def _refusal(message: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(message, status, {**_HEADERS, **(headers or {})})


ROUTES = [Route(PREVIEW_PATH, get_preview, methods=["GET"])]
