"""Export the ledger as a file: all rows of a query, in its order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import Scope, ledger_scope
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.layout.columns import ColumnKey
from enrollment_portal.domain.ledger.ledger_export import (
    ALL_COLUMNS,
    FileFormat,
    columns_of_file,
    file_name,
    headings,
)
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms, show_day
from enrollment_portal.domain.shared.errors import NotAllowed, NotSignedIn
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.ledger.columns import columns_of, read_layout
from enrollment_portal.services.ledger.csv_file import CsvFile
from enrollment_portal.services.ledger.excel_file import ExcelFile
from enrollment_portal.services.ledger.ledger import (
    as_seen_by,
    at_today,
    check_filter,
    in_time,
    last_moment,
)
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage import ledger as stored
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.ledger import LedgerRow, exported, past
from enrollment_portal.storage.ledger.columns.facts import row_facts
from enrollment_portal.storage.ledger.exported import ExportedRow
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.scopes import rows_within

CHUNK = 2_000
"""How many rows are read, checked and sent at once."""
CheckAccess = Callable[[], Actor | None]
"""Returns the current actor of the session; `None` after it has ended."""


class Export:
    """A file that is generated while it is read. It keeps a connection until it is closed.

    Attributes:
        name: of the file, in letters that any system takes.
        total: how many rows it has.
        file_format: what kind of file it is.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        check_access: CheckAccess,
        file_format: FileFormat,
        shown: Sequence[ColumnKey] | None = None,
    ) -> None:
        self._columns = ALL_COLUMNS if shown is None else columns_of_file(shown)
        self._with_instructors = shown is not None and ColumnKey.INSTRUCTOR in shown
        self.name, self.total, self.file_format = "", 0, file_format
        self._database, self._scope, self._check_access = database, scope, check_access
        self._open = ExitStack()
        self._pieces: Iterator[bytes] = iter(())
        # The download may be cancelled while a thread still reads.
        self._reading = threading.Lock()

    @property
    def media_type(self) -> str:
        """The media type of the file."""
        return self.file_format.media_type

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
        query = at_today(self._database, query)
        session = self._open.enter_context(self._database.read())
        check_filter(session, self._scope, query)
        if query.as_of is None:
            reader, counts = stored.open_ledger(session, self._scope, query)
        else:
            moment = last_moment(query.as_of, zone_name)
            reader, counts = past.open_past(session, self._scope, query, moment)
        self.total = sum(counts[status] for status in query.tab.statuses)
        of = _filtered_to(session, query)
        self.name = file_name(query, of, datetime.now(tz), self.file_format)
        chunks = () if reader is None else reader.all_rows(CHUNK)
        # The address of the page of one path has no kind.
        kind = exported.kind_of(session, query.course) if query.course else query.kind
        first = headings(query.as_of, tz.key, kind, self._columns)
        shown = (stored.as_shown(rows) for rows in chunks)
        self._pieces = filter(None, self._written(session, first, shown, tz))
        return of

    def _written(
        self,
        session: Session,
        first: Sequence[str],
        chunks: Iterator[list[LedgerRow]],
        tz: ZoneInfo,
    ) -> Iterator[bytes]:
        file = (
            ExcelFile(first, self.total, tz, self._columns)
            if self.file_format is FileFormat.EXCEL
            else CsvFile(first, self.file_format.separator, tz, self._columns)
        )
        head = file.begin()
        for rows in chunks:
            self._make_sure(rows)
            ids = [row.id for row in rows]
            facts = row_facts(session, ids, with_instructors=self._with_instructors)
            yield head + file.rows([ExportedRow(row, facts[row.id]) for row in rows])
            head = b""
        yield head + file.end()

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
    file_format: FileFormat = FileFormat.COMMA,
    *,
    only_shown: bool = False,
) -> Export:
    """Open the export of all rows of a query in the actor's ledger, and log it.

    It reads one snapshot. The session and permissions are checked again for every chunk.

    Args:
        database: where the ledger is.
        actor: whose ledger it is.
        query: filter and sort; its place is ignored.
        tz: the viewer's time zone, for times in the file.
        check_access: returns the current actor.
        file_format: what kind of file to write.
        only_shown: whether it has the columns of the actor's layout, rather than all.

    Returns:
        The file, to be read and then closed.

    Raises:
        NotAllowed: the actor has no ledger.
        NotFound: the course or learner that it is filtered by does not exist for the actor.
    """
    scope, query = ledger_scope(actor), as_seen_by(actor, in_time(database, query))
    shown = None
    if only_shown:
        offered = columns_of(actor, query)
        shown = [key for key in read_layout(database, actor).columns if key in offered]
    export = Export(database, scope, check_access, file_format, shown)
    try:
        of = export.start(query, tz)
        _log(database, actor, query, of, export.total)
    except BaseException:
        export.close()
        raise
    return export


def _filtered_to(session: Session, query: LedgerQuery) -> str:
    if query.course is not None:
        return exported.title_of(session, query.course)
    if query.learner is not None:
        return exported.name_of(session, query.learner)
    return ""


def _log(database: Database, actor: Actor, query: LedgerQuery, of: str, total: int) -> None:
    """Record the export in the access log.

    Without the search and the values of filters, which may be names of people.
    """
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
        *(messages.logged_filter(name) for name in query.filters.names),
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
