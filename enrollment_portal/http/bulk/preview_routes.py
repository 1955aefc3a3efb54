"""The route that downloads all rows of a preview, with the limits of the ledger's export."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from enrollment_portal.domain.bulk.preview_file import PREVIEW_PATH
from enrollment_portal.http.export_routes import send_file
from enrollment_portal.services.bulk.preview_file import PreviewFile
from enrollment_portal.services.runtime import database


async def get_preview(request: Request) -> Response:
    """Send all rows of the preview that the query string names by `id`."""
    job_id = request.query_params.get("id")
    return await send_file(
        request, lambda actor, check_access: PreviewFile(database(), actor, job_id, check_access)
    )


ROUTES = [Route(PREVIEW_PATH, get_preview, methods=["GET"])]
