"""Export the ledger as CSV: all rows of a query, in its order.

RFC 4180, in UTF-8 with a byte order mark, which Excel needs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import Scope, ledger_scope
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_export import Separator, file_name, headings
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import (
    day_to_date,
    now_ms,
    show_day,
    spreadsheet_moment,
)
from enrollment_portal.domain.shared.errors import NotAllowed, NotSignedIn
from enrollment_portal.domain.shared.spreadsheets import defused
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.ledger.ledger import (
    as_seen_by,
    check_filter,
    in_time,
    last_moment,
)
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage import ledger as stored
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.enrollment.runs import run_numbers
from enrollment_portal.storage.ledger import LedgerRow, exported, past
from enrollment_portal.storage.ledger.exported import ExportedFacts
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.scopes import rows_within

CHUNK = 2_000
"""How many rows are read, checked and sent at once."""
_BREATH = 200
"""After how many rows to yield to other threads, as Python runs one at a time."""
_BYTE_ORDER_MARK = "\ufeff"
_LINE_END = "\r\n"
_STATUS = {status.value: status.label for status in Status}
_ORIGIN = {origin.value: origin.sentence for origin in Origin}

CheckAccess = Callable[[], Actor | None]
"""Returns the current actor of the session; `None` after it has ended."""


class Export:
    """A file that is generated while it is read. It keeps a connection until it is closed.

    Attributes:
        name: of the file, in letters that any system takes.
        total: how many rows it has.
        separator: the separator of its cells.
    """

    def __init__(
        self, database: Database, scope: Scope, check_access: CheckAccess, separator: Separator
    ) -> None:
        self.name, self.total, self.separator = "", 0, separator
        self._database, self._scope, self._check_access = database, scope, check_access
        self._open = ExitStack()
        self._pieces: Iterator[bytes] = iter(())
        # The download may be cancelled while a thread still reads.
        self._reading = threading.Lock()

    def read(self) -> bytes:
        """Return the next piece of the file, b"" at its end.

        Raises:
            NotSignedIn: the session has ended since it was opened.
            NotAllowed: the actor may not see all of it any more.
        """
        with self._reading:
            return next(self._pieces, b"")

    def close(self) -> None:
        """Stop reading and release the connection; idempotent."""
        with self._reading:
            self._pieces = iter(())
            self._open.close()

    def start(self, query: LedgerQuery, tz: ZoneInfo) -> str:
        """Begin the snapshot, count it, and return the name of its course or learner."""
        zone_name = organization_of(self._database).time_zone
        session = self._open.enter_context(self._database.read())
        check_filter(session, self._scope, query)
        if query.as_of is None:
            reader, counts = stored.open_ledger(session, self._scope, query)
        else:
            moment = last_moment(query.as_of, zone_name)
            reader, counts = past.open_past(session, self._scope, query, moment)
        self.total = sum(counts[status] for status in query.tab.statuses)
        of = _filtered_to(session, query)
        self.name = file_name(query, of, datetime.now(tz), self.separator)
        chunks = () if reader is None else reader.all_rows(CHUNK)
        # The address of the page of one path has no kind.
        kind = exported.kind_of(session, query.course) if query.course else query.kind
        first = map(quoted, headings(query.as_of, tz.key, kind))
        self._pieces = self._written(session, first, (stored.as_shown(rows) for rows in chunks), tz)
        return of

    def _written(
        self,
        session: Session,
        first: Iterable[str],
        chunks: Iterator[list[LedgerRow]],
        tz: ZoneInfo,
    ) -> Iterator[bytes]:
        character = self.separator.character
        head = _BYTE_ORDER_MARK + character.join(first) + _LINE_END
        for rows in chunks:
            self._make_sure(rows)
            ids = [row.id for row in rows]
            facts, runs = exported.exported_facts(session, ids), run_numbers(session, ids)
            yield (head + "".join(_lines(rows, facts, runs, tz, character))).encode()
            head = ""
        if head:
            yield head.encode()

    def _make_sure(self, rows: list[LedgerRow]) -> None:
        """Check that the actor may still see these rows, as the snapshot is older."""
        actor = self._check_access()
        if actor is None:
            raise NotSignedIn
        if ledger_scope(actor) != self._scope:
            raise NotAllowed
        with self._database.read() as session:
            if len(rows_within(session, self._scope, rows)) < len(rows):
                raise NotAllowed


def export_ledger(
    database: Database,
    actor: Actor,
    query: LedgerQuery,
    tz: ZoneInfo,
    check_access: CheckAccess,
    separator: Separator = Separator.COMMA,
) -> Export:
    """Open the export of all rows of a query in the actor's ledger, and log it.

    It reads one snapshot. The session and permissions are checked again for every chunk.

    Args:
        database: where the ledger is.
        actor: whose ledger it is.
        query: filter and sort; its place is ignored.
        tz: the viewer's time zone, for times in the file.
        check_access: returns the current actor.
        separator: the separator of the cells.

    Returns:
        The file, to be read and then closed.

    Raises:
        NotAllowed: the actor has no ledger.
        NotFound: the course or learner that it is filtered by does not exist for the actor.
    """
    scope, query = ledger_scope(actor), as_seen_by(actor, in_time(database, query))
    export = Export(database, scope, check_access, separator)
    try:
        of = export.start(query, tz)
        _log(database, actor, query, of, export.total)
    except BaseException:
        export.close()
        raise
    return export


def cells(row: LedgerRow, facts: ExportedFacts, run: int, tz: ZoneInfo) -> tuple[str, ...]:
    """Return the cells of a row, in the order of `headings`.

    Texts are quoted, as OWASP recommends. Numbers, dates and times are not: spreadsheets may treat
    quoted ones as text.
    """
    return (
        quoted(row.name),
        quoted(row.email or ""),
        quoted(facts.department),
        quoted(row.title),
        _STATUS[row.status],
        str(row.progress),
        quoted(facts.grade or ""),
        spreadsheet_moment(row.enrolled_at, tz),
        "" if facts.completed_at is None else spreadsheet_moment(facts.completed_at, tz),
        "" if facts.last_visit_at is None else spreadsheet_moment(facts.last_visit_at, tz),
        _day(row.deadline_day),
        _day(row.requested_day),
        _ORIGIN[facts.origin],
        str(run),
        str(row.id),
    )


def quoted(text: str) -> str:
    """Return a text as a quoted cell that no spreadsheet treats as a formula."""
    return '"' + defused(text).replace('"', '""') + '"'


@lru_cache(maxsize=10_000)
def _day(day: int | None) -> str:
    return "" if day is None else day_to_date(day).isoformat()


def _lines(
    rows: list[LedgerRow],
    facts: Mapping[int, ExportedFacts],
    runs: Mapping[int, int],
    tz: ZoneInfo,
    character: str,
) -> Iterator[str]:
    for at in range(0, len(rows), _BREATH):
        for row in rows[at : at + _BREATH]:
            yield character.join(cells(row, facts[row.id], runs.get(row.id, 1), tz)) + _LINE_END
        time.sleep(0)


def _filtered_to(session: Session, query: LedgerQuery) -> str:
    if query.course is not None:
        return exported.title_of(session, query.course)
    if query.learner is not None:
        return exported.name_of(session, query.learner)
    return ""


def _log(database: Database, actor: Actor, query: LedgerQuery, of: str, total: int) -> None:
    """Record the export in the access log, without the search, which may be a person's name."""
    kind, id_ = SubjectKind.LEDGER, None
    if query.course is not None:
        kind, id_ = SubjectKind.COURSE, query.course
    elif query.learner is not None:
        kind, id_ = SubjectKind.USER, query.learner
    facts = [
        messages.n_rows(total),
        *([query.tab.label] if query.tab is not Tab.ALL else ()),
        *([messages.LOGGED_SEARCH] if query.search else ()),
        *([messages.LOGGED_REQUESTS] if query.only_requests else ()),
        *([messages.of_day(show_day(query.as_of))] if query.as_of is not None else ()),
    ]
    subject = of or ("Learning paths" if query.kind is Kind.PATHS else "Enrollments")
    with database.write() as session:
        add_act(
            session,
            actor,
            Action.EXPORTED,
            kind,
            id_,
            subject,
            now=now_ms(),
            detail=with_commas(facts),
        )
