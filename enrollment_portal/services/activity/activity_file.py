"""The file with all changes of a query, made while it is downloaded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import ledger_scope, may_see_ledger, require
from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.activity.activity_query import ActivityFilters
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import file_moment, now_ms, spreadsheet_moment
from enrollment_portal.domain.shared.errors import NotAllowed, NotSignedIn
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.services.activity.activity import Change, list_changes
from enrollment_portal.services.ledger.csv_file import quoted
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.database import Database

ROWS_AT_ONCE = 500


class ActivityFile:
    """All changes that pass some filters as CSV, one line for each changed field.

    Each piece is a page of its own, so that no snapshot is kept open while it is downloaded.

    Args:
        database: where they are.
        actor: who downloads it.
        filters: which changes.
        tz: the actor's time zone.
        check_access: returns the current actor of the session, `None` after it has ended; called
            for every piece.

    Raises:
        NotAllowed: the actor has no ledger.
    """

    media_type = "text/csv; charset=utf-8"

    def __init__(
        self,
        database: Database,
        actor: Actor,
        filters: ActivityFilters,
        tz: ZoneInfo,
        check_access: Callable[[], Actor | None],
    ) -> None:
        require(actor, may_see_ledger)
        self._database, self._actor, self._filters, self._tz = database, actor, filters, tz
        self._check_access = check_access
        self._place: Place | None = None
        self._is_over = False
        self._head = "\ufeff" + _line(messages.HEADINGS)
        # The download may be cancelled while a thread still reads.
        self._reading = threading.Lock()
        self.name = f"changes-{file_moment(datetime.now(tz))}.csv"
        _log(database, actor, filters)

    def read(self) -> bytes:
        """Return the next piece of the file, b"" at its end.

        Raises:
            NotSignedIn: the session has ended since it was opened.
            NotAllowed: what the actor may do has changed.
        """
        text = ""
        with self._reading:
            while not (text or self._is_over):
                text = self._head + "".join(map(_line, self._next_lines()))
                self._head = ""
        return text.encode()

    def _next_lines(self) -> list[tuple[str, ...]]:
        actor = self._check_access()
        if actor is None:
            raise NotSignedIn
        if ledger_scope(actor) != ledger_scope(self._actor):
            raise NotAllowed
        page = list_changes(
            self._database, actor, self._filters, self._place, self._tz, ROWS_AT_ONCE
        )
        self._place, self._is_over = page.next, page.next is None
        return [line for change in page.rows for line in lines_of(change, self._tz)]

    def close(self) -> None:
        """Read nothing more; idempotent."""
        self._is_over = True


def lines_of(change: Change, tz: ZoneInfo) -> list[tuple[str, ...]]:
    """Return the lines of a change: one for each field, at least one."""
    first = (
        *(spreadsheet_moment(change.at, tz), change.who, change.source.label),
        *(change.learner, change.email, change.course),
    )
    last = (change.reason, change.batch, str(change.enrollment_id))
    what = messages.BEGAN if change.is_new else ""
    changes = change.changes or ((what, "", ""),)
    return [(*first, *values, *last) for values in changes]


def _line(cells: tuple[str, ...]) -> str:
    return ",".join(map(quoted, cells)) + "\r\n"


def _log(database: Database, actor: Actor, filters: ActivityFilters) -> None:
    with database.write() as session:
        add_act(
            session,
            actor,
            Action.EXPORTED,
            SubjectKind.LEDGER,
            None,
            messages.EXPORTED,
            now=now_ms(),
            detail=messages.logged_filters([*filters.params]),
        )
