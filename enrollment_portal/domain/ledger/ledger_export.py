"""The export of the ledger: address, file name, format and column headings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey
from enrollment_portal.domain.shared.calendar import day_to_date, file_moment
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.text_search import fold

EXPORT_PATH = "/api/enrollments/export"
FORMAT_COOKIE = "portal_export_format"
"""The cookie with the file format that the person chose."""
_LONGEST_NAME = 60


class FileFormat(StrEnum):
    """The format of an exported file; the values are those of the cookie."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    EXCEL = "excel"

    @classmethod
    def parse(cls, name: str) -> FileFormat:
        """Return the format with a name; CSV with commas for anything else."""
        return cls(name) if name in list(cls) else cls.COMMA

    @property
    def separator(self) -> str:
        """The character between the cells of a line; "" in an Excel file."""
        return {FileFormat.COMMA: ",", FileFormat.SEMICOLON: ";", FileFormat.TAB: "\t"}.get(
            self, ""
        )

    @property
    def label(self) -> str:
        """The label of the format."""
        return {
            FileFormat.COMMA: "CSV, comma (,)",
            FileFormat.SEMICOLON: "CSV, semicolon (;)",
            FileFormat.TAB: "CSV, tab",
            FileFormat.EXCEL: "Excel (.xlsx)",
        }[self]

    @property
    def extension(self) -> str:
        """The extension of such a file."""
        return {FileFormat.TAB: ".tsv", FileFormat.EXCEL: ".xlsx"}.get(self, ".csv")

    @property
    def media_type(self) -> str:
        """The content type of such a file."""
        if self is FileFormat.EXCEL:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        kind = "tab-separated-values" if self is FileFormat.TAB else "csv"
        return f"text/{kind}; charset=utf-8"


_FILE_COLUMNS = (
    *("learner", "email", "department", "course", "status", "progress", "grade", "enrolled"),
    *("completed", "visited", "deadline", "requested", "origin", "run", "id"),
    *("manager", "instructor", "pace"),
)
"""What a file can have of each row, named as the columns of the ledger."""
ALL_COLUMNS = tuple(range(_FILE_COLUMNS.index("manager")))
"""The columns of a file with all columns, as numbers of `_FILE_COLUMNS`."""
_EVERY_FORMAT = "-all"
"""What the cookie adds to a format for all columns, shown or not."""


def columns_of_file(shown: Sequence[str]) -> tuple[int, ...]:
    """Return the columns of a file with the shown columns in their order, and emails."""
    others = [_FILE_COLUMNS.index(key) for key in shown if key != "learner"]
    return (0, _FILE_COLUMNS.index("email"), *others)


def read_format(name: str) -> tuple[FileFormat, bool]:
    """Return the format that a cookie names, and whether the file has all columns."""
    return FileFormat.parse(name.removesuffix(_EVERY_FORMAT)), name.endswith(_EVERY_FORMAT)


def format_choices() -> list[tuple[str, str]]:
    """Return the values of the cookie to choose from, each with its label."""
    shown = [(each.value, each.label) for each in FileFormat]
    every = [(each + _EVERY_FORMAT, messages.with_all_columns(each.label)) for each in FileFormat]
    return shown + every


def headings(
    as_of: int | None,
    zone_name: str,
    kind: Kind = Kind.COURSES,
    columns: Sequence[int] = ALL_COLUMNS,
) -> tuple[str, ...]:
    """Return the column headings, the first line of the file.

    Spreadsheets cannot read a time offset, so the headings name the time zone. The headings of a
    past day say which columns are of that day and which are of today.

    Args:
        as_of: the past day of the ledger, `None` for now.
        zone_name: the viewer's time zone, which moments are written in.
        kind: whether the enrollments are in courses or in paths.
        columns: of the file, as `columns_of_file` returns them.
    """
    day = "" if as_of is None else day_to_date(as_of).isoformat()

    def of_day(column: str) -> str:
        return messages.on_day(column, day) if day else column

    def of_today(column: str) -> str:
        return messages.of_today(column) if day else column

    def of_today_in(column: str) -> str:
        of_zone = messages.of_today_in if day else messages.in_zone
        return of_zone(column, zone_name)

    names = (
        SortKey.LEARNER.label,
        messages.EMAIL,
        of_today("Department"),
        kind.heading,
        of_day(SortKey.STATUS.label),
        messages.in_percent(of_day(SortKey.PROGRESS.label)),
        of_today("Grade"),
        messages.in_zone(SortKey.ENROLLED.label, zone_name),
        of_today_in("Completed"),
        of_today_in("Last Visit"),
        of_day(SortKey.DEADLINE.label),
        "Asks for",
        "Origin",
        "Run",
        "Enrollment id",
        of_today(SortKey.MANAGER.label),
        of_today(SortKey.INSTRUCTOR.label),
        messages.PACE_IN_FILE,
    )
    return tuple(names[at] for at in columns)


def export_address(query: LedgerQuery) -> str:
    """Return the address of the export of all pages of a query."""
    whole = replace(query, place=None, course=None, learner=None).to_url()
    filters = {"course": query.course, "learner": query.learner}
    rest = urlencode({name: id_ for name, id_ in filters.items() if id_ is not None})
    asked = "&".join(part for part in (whole, rest) if part)
    return f"{EXPORT_PATH}?{asked}" if asked else EXPORT_PATH


def read_export_address(params: Mapping[str, object]) -> LedgerQuery:
    """Parse the address of an export; nonsense falls back to defaults, as on the page.

    An invalid id of a course or learner becomes 0, which does not exist.
    """
    query = replace(LedgerQuery.parse(params), place=None)
    for name in ("course", "learner"):
        if name in params:
            query = replace(query, **{name: read_id(params[name]) or 0})
    return query


def file_name(
    query: LedgerQuery, of: str, now: datetime, file_format: FileFormat = FileFormat.COMMA
) -> str:
    """Return the name of the file, with the past day that it shows or the current time.

    Args:
        query: what is exported.
        of: the name of the course or the learner, "" for all.
        now: the current time in the viewer's zone.
        file_format: what kind of file it is.
    """
    name = "learning-paths" if query.kind is Kind.PATHS else "enrollments"
    plain = re.sub(r"[^a-z0-9]+", "-", fold(of))[:_LONGEST_NAME].strip("-")
    day = "" if query.as_of is None else day_to_date(query.as_of).isoformat()
    parts = (name, plain, day or file_moment(now))
    return "-".join(part for part in parts if part) + file_format.extension
