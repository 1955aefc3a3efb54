"""Write the rows of an export as CSV: RFC 4180, in UTF-8 with a byte order mark for Excel."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.ledger_export import ALL_COLUMNS
from enrollment_portal.domain.shared.calendar import day_to_date, spreadsheet_moment
from enrollment_portal.domain.shared.spreadsheets import defused
from enrollment_portal.storage.ledger.exported import ExportedRow

_BREATH = 200
"""After how many rows to yield to other threads, as Python runs one at a time."""
_BYTE_ORDER_MARK = "\ufeff"
_LINE_END = "\r\n"
_STATUS = {status.value: status.label for status in Status}
_ORIGIN = {origin.value: origin.sentence for origin in Origin}


class CsvFile:
    """A CSV file that is written piece by piece.

    Args:
        headings: of its columns.
        separator: the character between cells.
        tz: the viewer's time zone, for times in the file.
        columns: of the file, as `columns_of_file` returns them.
    """

    def __init__(
        self,
        headings: Sequence[str],
        separator: str,
        tz: ZoneInfo,
        columns: Sequence[int] = ALL_COLUMNS,
    ) -> None:
        self._headings, self._separator, self._tz = headings, separator, tz
        self._pick = itemgetter(*columns)

    def begin(self) -> bytes:
        """Return the first line."""
        line = self._separator.join(map(quoted, self._headings))
        return (_BYTE_ORDER_MARK + line + _LINE_END).encode()

    def rows(self, rows: Sequence[ExportedRow]) -> bytes:
        """Return the lines of rows."""
        return "".join(self._lines(rows)).encode()

    def end(self) -> bytes:
        """Return what follows the last line: nothing."""
        return b""

    def _lines(self, rows: Sequence[ExportedRow]) -> Iterator[str]:
        for at in range(0, len(rows), _BREATH):
            for row in rows[at : at + _BREATH]:
                yield self._separator.join(self._pick(cells(row, self._tz))) + _LINE_END
            time.sleep(0)


def quoted(text: str) -> str:
    """Return a text as a quoted cell that no spreadsheet treats as a formula."""
    return '"' + defused(text).replace('"', '""') + '"'


def cells(
    exported: ExportedRow, tz: ZoneInfo, written: Callable[[str], str] = quoted
) -> tuple[str, ...]:
    """Return all cells of a row, of which a file picks its columns.

    Args:
        exported: the row.
        tz: the viewer's time zone.
        written: how texts are written: by default quoted, as OWASP recommends. Numbers, dates and
            times are not: spreadsheets may treat quoted ones as text.
    """
    row, facts = exported
    return (
        written(row.name),
        written(row.email or ""),
        written(facts.department),
        written(row.title),
        _STATUS[row.status],
        str(row.progress),
        written(facts.grade or ""),
        spreadsheet_moment(row.enrolled_at, tz),
        "" if facts.completed_at is None else spreadsheet_moment(facts.completed_at, tz),
        "" if facts.last_visit_at is None else spreadsheet_moment(facts.last_visit_at, tz),
        _day(row.deadline_day),
        _day(row.requested_day),
        _ORIGIN[facts.origin],
        str(facts.run),
        str(row.id),
        written(facts.manager or ""),
        written(facts.instructors),
        "" if facts.pace is None else f"{facts.pace / 10:g}",
    )


@lru_cache(maxsize=10_000)
def _day(day: int | None) -> str:
    return "" if day is None else day_to_date(day).isoformat()
