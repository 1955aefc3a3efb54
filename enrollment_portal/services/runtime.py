"""The database of this process, and its preparation at start."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from enrollment_portal.domain.shared.errors import DemoIsLocal
from enrollment_portal.services.catalog.course_following import refresh_all_paths
from enrollment_portal.settings import settings
from enrollment_portal.storage.access.accounts import has_any_account
from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.advisory_locks import exclusive_startup
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.organization import read_organization


@cache
def _opened(url: str, _process_id: int) -> Database:
    return Database(url)


def database() -> Database:
    """Return the database of the settings; it is opened once per process."""
    # A forked worker must neither use nor close the connections of the process it came from.
    return _opened(settings().database_url, os.getpid())


def prepare(fill: Callable[[Database], None] | None = None) -> None:
    """Migrate the database to the current schema, and fill an empty one with the demo if wanted.

    Safe when several processes start at once: one works, the others wait and find it done.

    Args:
        fill: writes the demo company, in one transaction; a process that dies in the middle must
            leave nothing behind. `None` fills nothing.

    Raises:
        DemoIsLocal: other machines could reach the demo company, which the settings do not allow.
    """
    with exclusive_startup(database()):
        if migrate(database()):
            # Recompute values that earlier versions computed differently.
            refresh_all_paths(database())
        if fill is None or settings().demo == "off":
            return
        with database().read() as session:
            is_empty, organization = not has_any_account(session), read_organization(session)
        is_demo = is_empty or (organization is not None and organization.is_demo)
        if is_demo and settings().demo == "auto" and not settings().is_local:
            raise DemoIsLocal
        if is_empty:
            fill(database())
