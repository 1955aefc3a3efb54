"""The file with all rows of a preview, made while it is downloaded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import islice

from enrollment_portal.domain.bulk.jobs import RowResult
from enrollment_portal.domain.bulk.preview_file import HEADINGS, lines_of
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotAllowed, NotSignedIn
from enrollment_portal.services.bulk.previewing import previewed_rows
from enrollment_portal.services.ledger.csv_file import quoted
from enrollment_portal.storage.shared.database import Database

ROWS_AT_ONCE = 500


class PreviewFile:
    """All rows of a preview as CSV; it keeps a connection until it is closed.

    Args:
        database: where the preview is.
        actor: whose preview it is.
        job_id: its id, from a browser.
        check_access: returns the current actor of the session, `None` after it has ended; called
            for every piece.

    Raises:
        NotFound: the actor has no such preview.
        NotAllowed: the actor may not do this any more.
    """

    name = "preview.csv"
    media_type = "text/csv; charset=utf-8"

    def __init__(
        self,
        database: Database,
        actor: Actor,
        job_id: object,
        check_access: Callable[[], Actor | None],
    ) -> None:
        self._actor, self._check_access = actor, check_access
        self._rows: Iterator[RowResult] = previewed_rows(database, actor, job_id)
        self._head = "\ufeff" + _line(HEADINGS)
        # The download may be cancelled while a thread still reads.
        self._reading = threading.Lock()

    def read(self) -> bytes:
        """Return the next piece of the file, b"" at its end.

        Raises:
            NotSignedIn: the session has ended since it was opened.
            NotAllowed: what the actor may do has changed.
        """
        actor = self._check_access()
        if actor is None:
            raise NotSignedIn
        if actor != self._actor:
            raise NotAllowed
        with self._reading:
            head, self._head = self._head, ""
            rows = islice(self._rows, ROWS_AT_ONCE)
            return (head + "".join(_line(line) for row in rows for line in lines_of(row))).encode()

    def close(self) -> None:
        """Stop reading and release the connection; idempotent."""
        with self._reading:
            close = getattr(self._rows, "close", None)
            if close:
                close()
            self._rows = iter(())


def _line(cells: tuple[str, ...]) -> str:
    return ",".join(map(quoted, cells)) + "\r\n"
