"""Find out why the database cannot be written, and say what to do."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from enrollment_portal.domain.shared import messages

FileIds = tuple[tuple[int, int], tuple[int, int] | None]
"""Device and inode of the database file and of its write-ahead log."""


class Trouble(Enum):
    """A reason why nothing can be saved; the value is its name in the health check."""

    DELETED = "deleted"
    REPLACED = "replaced"
    READ_ONLY = "read-only"
    FULL = "disk full"
    FAULTY = "disk error"
    AWAY = "no answer"

    @property
    def sentence(self) -> str:
        """The reason as a sentence, and what to do."""
        return _SENTENCES[self]


_SENTENCES = {
    Trouble.DELETED: messages.DATABASE_DELETED,
    Trouble.REPLACED: messages.DATABASE_REPLACED,
    Trouble.READ_ONLY: messages.DATABASE_READ_ONLY,
    Trouble.FULL: messages.DISK_FULL,
    Trouble.FAULTY: messages.DISK_FAULTY,
    Trouble.AWAY: messages.DATABASE_AWAY,
}

# SQLite's primary result codes.
_BY_RESULT_CODE = {
    8: Trouble.READ_ONLY,
    10: Trouble.FAULTY,
    11: Trouble.FAULTY,
    13: Trouble.FULL,
    14: Trouble.AWAY,
    26: Trouble.FAULTY,
}
_BY_SQLSTATE = {"25006": Trouble.READ_ONLY, "53100": Trouble.FULL, "58030": Trouble.FAULTY}
# PostgreSQL: connections that break, too many of them, and a server that stops or starts.
_AWAY_CLASSES = ("08", "53", "57P")


def trouble_of(error: DBAPIError) -> Trouble | None:
    """Return the trouble that a driver's error means; `None` for any other error."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _BY_RESULT_CODE.get(code & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # Without an SQLSTATE the server has not answered: it cannot be reached.
        is_lost = error.connection_invalidated or type(error.orig).__name__ == "OperationalError"
        return Trouble.AWAY if is_lost else None
    return _BY_SQLSTATE.get(state) or (Trouble.AWAY if state.startswith(_AWAY_CLASSES) else None)


class DatabaseFile:
    """A SQLite file: whether it is still the file that was opened, and may be written.

    On Unix an open file still accepts writes after it was deleted or replaced; they are lost.

    Args:
        path: of the file; it need not exist yet.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._log = Path(f"{path}-wal")
        self._opened: tuple[int, int] | None = None

    def ids(self) -> FileIds:
        """Return the identity of the files at the path now.

        Raises:
            FileNotFoundError: there is none.
        """
        return _id_of(self._path), _id_of(self._log) if self._log.exists() else None

    def before_open(self) -> Trouble | None:
        """Return why no further connection may be opened: SQLite would create a new, empty file."""
        return None if self._opened is None else self.moved()

    def opened(self) -> FileIds:
        """Return the identity of the file that a connection has just opened, for `check`."""
        ids = self.ids()
        self._opened = self._opened or ids[0]
        return ids

    def check(self, opened: FileIds) -> Trouble | None:
        """Return why a connection must not write.

        Args:
            opened: what `opened` returned for this connection.
        """
        trouble = self.moved(opened)
        if trouble is None and not os.access(self._path, os.W_OK):
            return Trouble.READ_ONLY
        return trouble

    def moved(self, opened: FileIds | None = None) -> Trouble | None:
        """Return why the file is no longer the one that was opened; `None` if it is.

        Args:
            opened: what `opened` returned for a connection; its log is compared, too.
        """
        try:
            file, log = self.ids()
        except OSError:
            return Trouble.DELETED
        if file != self._opened or (opened is not None and opened[0] != file):
            return Trouble.REPLACED
        # While a connection is open, only something else can have removed its log.
        if opened is not None and opened[1] not in (None, log):
            return Trouble.DELETED if log is None else Trouble.REPLACED
        return None


def _id_of(path: Path) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino
