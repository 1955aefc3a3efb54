"""The route that downloads all rows of a preview, with the limits of the ledger's export."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from enrollment_portal.domain.bulk.preview_file import PREVIEW_PATH
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotSignedIn
from enrollment_portal.http.export_routes import (
    Download,
    answer_to,
    enter,
    give_back,
    in_thread,
    refusal,
)
from enrollment_portal.http.origins import is_same_origin
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.bulk.preview_file import PreviewFile
from enrollment_portal.services.runtime import database


async def get_preview(request: Request) -> Response:
    """Send all rows of the preview that the query string names by `id`."""
    if request.method == "HEAD":
        return refusal(messages.EXPORT_BY_GET, 405)
    if not is_same_origin(request):
        return refusal(messages.EXPORT_FROM_ELSEWHERE, 403)
    token = cookies.session_token(request.headers.get("cookie", ""))
    job_id = request.query_params.get("id")
    leave: Callable[[], None] | None = None
    file: PreviewFile | None = None

    def check_access() -> Actor | None:
        return who_is(database(), token)

    try:
        actor = await in_thread(check_access)
        if actor is None:
            raise NotSignedIn
        leave = enter(actor.account_id)
        if leave is None:
            return refusal(messages.EXPORTS_BUSY, 503, {"Retry-After": "60"})
        file = await in_thread(lambda: PreviewFile(database(), actor, job_id, check_access))
        return Download(file, await in_thread(file.read), leave)
    except BaseException as error:
        if leave is not None:
            await give_back(file, leave)
        return answer_to(error)


ROUTES = [Route(PREVIEW_PATH, get_preview, methods=["GET"])]
