"""The route that downloads the history of all enrollments, with the limits of other exports."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from enrollment_portal.domain.access.permissions import may_read_notes
from enrollment_portal.domain.activity.activity_query import ACTIVITY_FILE_PATH, ActivityFilters
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.http.export_routes import send_file, zone_of
from enrollment_portal.services.activity.activity_file import ActivityFile
from enrollment_portal.services.ledger.exporting import CheckAccess
from enrollment_portal.services.runtime import database


async def get_activity(request: Request) -> Response:
    """Send all changes that pass the filters of the query string; nonsense filters nothing."""

    def begin(actor: Actor, check_access: CheckAccess) -> ActivityFile:
        reads_notes = may_read_notes(actor)
        filters = ActivityFilters.parse(request.query_params, reads_notes=reads_notes)
        return ActivityFile(database(), actor, filters, zone_of(request), check_access)

    return await send_file(request, begin)


ROUTES = [Route(ACTIVITY_FILE_PATH, get_activity, methods=["GET"])]
