"""Write the rows of an export as an Excel file, in constant memory while it is sent.

XlsxWriter writes a workbook that has the headings and one sample row: with its styles, frozen
first row, filter buttons and column widths. The rows are written in the place of the sample, with
the styles of its cells, into the zip file that is sent: XlsxWriter by itself keeps a file on the
disk and sends nothing before the last row. The format is that of ECMA-376, part 1, section 18.3.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_export import ALL_COLUMNS
from enrollment_portal.storage.ledger.exported import ExportedRow

SHEET_ROWS = 500_000
"""How many rows a sheet has: Excel takes twice as many, but a sheet must stay under 2 GiB."""
_BREATH = 100
"""After how many rows to yield to other threads, as Python runs one at a time."""
_EPOCH = datetime(1899, 12, 30)
"""The day from which Excel counts days."""
_EPOCH_DAY = (datetime(1970, 1, 1) - _EPOCH).days
_STATUS = {status.value: status.label for status in Status}
_ORIGIN = {origin.value: origin.sentence for origin in Origin}
_SAMPLE = re.compile(rb'(<row r="2".*?</row>)')
_STYLE = re.compile(rb'<c r="[A-Z]+2"(?: s="(\d+)")?>')
_DIMENSION = re.compile(rb'(<dimension ref="A1:[A-Z]+)2"')
# Excel reads _x0041_ in a text as the character with this code, and XML has no other way for
# control characters (ECMA-376, part 1, section 22.9.2.19).
_CODE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Column(NamedTuple):
    """A column: its width in characters, the format of its cells, and how a row gives its value."""

    width: int
    number_format: str
    value: Callable[[ExportedRow, ZoneInfo], str | float | None]


_TEXT, _NUMBER, _DAY, _MOMENT = "", "0", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_DECIMAL = "0.0"
_COLUMNS = (
    _Column(28, _TEXT, lambda of, tz: of.row.name),
    _Column(32, _TEXT, lambda of, tz: of.row.email),
    _Column(20, _TEXT, lambda of, tz: of.facts.department),
    _Column(36, _TEXT, lambda of, tz: of.row.title),
    _Column(12, _TEXT, lambda of, tz: _STATUS[of.row.status]),
    _Column(13, _NUMBER, lambda of, tz: of.row.progress),
    _Column(10, _TEXT, lambda of, tz: of.facts.grade),
    _Column(18, _MOMENT, lambda of, tz: moment_number(of.row.enrolled_at, tz)),
    _Column(18, _MOMENT, lambda of, tz: moment_number(of.facts.completed_at, tz)),
    _Column(18, _MOMENT, lambda of, tz: moment_number(of.facts.last_visit_at, tz)),
    _Column(12, _DAY, lambda of, tz: day_number(of.row.deadline_day)),
    _Column(12, _DAY, lambda of, tz: day_number(of.row.requested_day)),
    _Column(26, _TEXT, lambda of, tz: _ORIGIN[of.facts.origin]),
    _Column(7, _NUMBER, lambda of, tz: of.facts.run),
    _Column(14, _NUMBER, lambda of, tz: of.row.id),
    _Column(24, _TEXT, lambda of, tz: of.facts.manager),
    _Column(28, _TEXT, lambda of, tz: of.facts.instructors),
    _Column(13, _DECIMAL, lambda of, tz: None if of.facts.pace is None else of.facts.pace / 10),
)
"""All columns, of which a file picks its own."""


class ExcelFile:
    """An Excel file that is written piece by piece, in sheets of `SHEET_ROWS` rows.

    Args:
        headings: of its columns.
        total: how many rows are going to be written.
        tz: the viewer's time zone, for times in the file.
        columns: of the file, as `columns_of_file` returns them.
    """

    def __init__(
        self,
        headings: Sequence[str],
        total: int,
        tz: ZoneInfo,
        columns: Sequence[int] = ALL_COLUMNS,
    ) -> None:
        self._total, self._tz = total, tz
        self._columns = [_COLUMNS[at] for at in columns]
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._workbook = _workbook(headings, total, self._columns)
        self._sheets = iter(_sheet_names(total))
        self._sheet: Any = None
        self._tail = b""
        self._styles: list[str] = []
        self._n_rows = 0

    def begin(self) -> bytes:
        """Return everything but the sheets, and the start of the first sheet."""
        sheets = set(_sheet_names(self._total))
        for name, part in self._workbook.items():
            if name not in sheets:
                self._zip.writestr(name, part)
        self._open_sheet()
        return self._sink.taken()

    def rows(self, rows: Sequence[ExportedRow]) -> bytes:
        """Return the next piece of the file, with these rows; it may be b""."""
        for at in range(0, len(rows), _BREATH):
            for row in rows[at : at + _BREATH]:
                if self._n_rows == SHEET_ROWS:
                    self._close_sheet()
                    self._open_sheet()
                self._n_rows += 1
                self._sheet.write(self._row(row))
            time.sleep(0)
        return self._sink.taken()

    def end(self) -> bytes:
        """Return the rest of the file."""
        self._close_sheet()
        self._zip.close()
        return self._sink.taken()

    def _open_sheet(self) -> None:
        name = next(self._sheets)
        start, sample, self._tail = _split(self._workbook[name])
        self._styles = [
            f' s="{style.decode()}"' if style else "" for style in _STYLE.findall(sample)
        ]
        self._n_rows = 0
        self._sheet = self._zip.open(name, "w")
        self._sheet.write(start)

    def _close_sheet(self) -> None:
        self._sheet.write(self._tail)
        self._sheet.close()

    def _row(self, row: ExportedRow) -> bytes:
        number = self._n_rows + 1
        cells = (
            _cell(f"{letter}{number}", style, column.value(row, self._tz))
            for letter, style, column in zip(_LETTERS, self._styles, self._columns, strict=False)
        )
        return f'<row r="{number}">{"".join(cells)}</row>'.encode()


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Sink(io.RawIOBase):
    """What the zip file is written to: bytes that are taken away as they are sent."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def write(self, data: Any, /) -> int:
        """Keep bytes until they are taken."""
        self._written += data
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


def _workbook(headings: Sequence[str], total: int, columns: Sequence[_Column]) -> dict[str, bytes]:
    """Return the parts of a workbook whose sheets have the headings and a sample row each."""
    written = io.BytesIO()
    workbook = Workbook(written, {"in_memory": True})
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = {
        name: workbook.add_format({"num_format": name})
        for name in dict.fromkeys(column.number_format for column in columns)
        if name
    }
    for number, rows in enumerate(_rows_of_sheets(total), 1):
        sheet = workbook.add_worksheet(messages.sheet_name(number))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(rows, 1), len(columns) - 1)
        for i, (heading, column) in enumerate(zip(headings, columns, strict=True)):
            own = formats.get(column.number_format)
            sheet.set_column(i, i, column.width)
            sheet.write_string(0, i, heading, bold)
            sheet.write_number(1, i, 0, own)
    workbook.close()
    with zipfile.ZipFile(written) as parts:
        found = {name: parts.read(name) for name in parts.namelist()}
    for name, rows in zip(_sheet_names(total), _rows_of_sheets(total), strict=True):
        last = rf'\g<1>{rows + 1}"'.encode()
        found[name] = _DIMENSION.sub(last, found[name], count=1)
    return found


def _rows_of_sheets(total: int) -> Iterator[int]:
    """Yield how many rows each sheet has; an empty export has one empty sheet."""
    for first in range(0, max(total, 1), SHEET_ROWS):
        yield min(SHEET_ROWS, total - first)


def _sheet_names(total: int) -> list[str]:
    return [f"xl/worksheets/sheet{i}.xml" for i, _ in enumerate(_rows_of_sheets(total), 1)]


def _split(sheet: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what is before a sheet's sample row, that row, and what is after it."""
    start, sample, end = _SAMPLE.split(sheet, maxsplit=1)
    return start, sample, end


def _cell(place: str, style: str, value: str | float | None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return (
            f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
        )
    return f'<c r="{place}"{style}><v>{value}</v></c>'


def _text(text: str) -> str:
    if "_x" in text:
        text = _CODE.sub("_x005F_", text)
    if not text.isprintable():
        text = _CONTROL.sub("\ufffd", text)
    return escape(text)


@lru_cache(maxsize=10_000)
def day_number(day: int | None) -> int | None:
    """Return a day since 1970 as Excel counts days."""
    return None if day is None else day + _EPOCH_DAY


def moment_number(at_ms: int | None, tz: ZoneInfo) -> float | None:
    """Return a moment in a zone, to the second, as Excel counts days."""
    if at_ms is None:
        return None
    local = datetime.fromtimestamp(at_ms // 1000, tz).replace(tzinfo=None)
    return round((local - _EPOCH) / timedelta(days=1), 9)
