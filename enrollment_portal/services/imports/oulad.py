"""Read the Open University Learning Analytics Dataset (OULAD): real course registrations.

How a registration is imported:

- Its learner is named by the number the dataset gives them; nothing else is known of a person.
- Days count from the start of the presentation: 1 February for one named B, 1 October for J.
  They become midnights in UTC.
- Pass or Distinction: completed with that grade when the presentation ended, at 100%, because the
  learner stayed until its end.
- Fail: active with that grade and without a deadline, at 0%, because a failing grade completes no
  course. It reads "Not passed", and is neither overdue nor stuck nor awaiting a grade, although the
  presentation is over. It is not cancelled either: nobody ended it. A passing grade completes it.
- Withdrawn: cancelled on the day of unregistration, at 0%, because how far they came is unknown.
  That day may lie behind the end of the presentation: it is taken as recorded.
- The last visit is unknown too: there is none.
- The course has no lessons and requires a grade: the dataset has assessments and a final result.

A registration that contradicts itself, or lacks a date that the ledger cannot do without, is
refused with its reason rather than repaired.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.imports import messages
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.wording import sentences

PREFIX = "oulad"
"""The prefix of all external ids of this source."""

_COURSES, _STUDENTS, _REGISTRATIONS = "courses.csv", "studentInfo.csv", "studentRegistration.csv"
_MISSING = "?"
_COLUMNS = {
    _COURSES: ("code_module", "code_presentation", "module_presentation_length"),
    _STUDENTS: ("code_module", "code_presentation", "id_student", "final_result"),
    _REGISTRATIONS: (
        "code_module",
        "code_presentation",
        "id_student",
        "date_registration",
        "date_unregistration",
    ),
}
_START_MONTH = {"B": 2, "J": 10}
_MODULE = re.compile(r"[A-Za-z0-9]{1,20}")
_PRESENTATION = re.compile(r"(19|20)[0-9]{2}[BJ]")
_NUMBER = re.compile(r"[0-9]{1,18}")
_DAY = re.compile(r"-?[0-9]{1,4}")
_WITHDRAWN = "Withdrawn"
_GRADES = ("Pass", "Distinction", "Fail")

Key = tuple[str, str, str]
"""Module, presentation and student: the key of a registration."""


@dataclass(frozen=True)
class Refusal:
    """One row that was not imported, and why."""

    file: str
    line: int
    key: Key
    reason: str

    def __str__(self) -> str:
        """The row as the report lists it."""
        return sentences(messages.in_row(self.file, self.line, self.key), self.reason)


class _Refused(Exception):
    """A row cannot be imported."""


@dataclass(frozen=True)
class _Row:
    line: int
    values: dict[str, str]
    is_whole: bool
    """Whether it has as many cells as the file has columns."""

    @property
    def key(self) -> Key:
        values = self.values
        return values["code_module"], values["code_presentation"], values.get("id_student", "")


@dataclass(frozen=True)
class Registration:
    """A valid registration: times in ms, `reason` for its history.

    `status` is what the dataset says: stayed until the end, or withdrew. A failing grade is not
    considered here, but when the enrollment is created.
    """

    line: int
    key: Key
    enrolled_at: int
    status: Status
    ended_at: int
    grade: str | None
    reason: str

    def refused(self, reason: str) -> Refusal:
        """Return the refusal to import it."""
        return Refusal(_REGISTRATIONS, self.line, self.key, reason)

    @property
    def learner(self) -> str:
        """The learner's external id."""
        return f"{PREFIX}:{self.key[2]}"

    @property
    def course(self) -> str:
        """The course's external id."""
        return course_id(*self.key[:2])


@dataclass(frozen=True)
class Dataset:
    """The validated content of the files."""

    courses: tuple[tuple[str, str], ...]
    """Module and presentation of every course."""
    registrations: tuple[Registration, ...]
    refused: tuple[Refusal, ...]


def read_dataset(directory: Path) -> Dataset:
    """Read and validate the files of a folder.

    Raises:
        PortalError: a file is missing, cannot be read, or lacks a column.
    """
    lengths = _read_courses(directory)
    registrations, refused = _validate(
        _read(directory, _REGISTRATIONS), _read(directory, _STUDENTS), lengths
    )
    courses = tuple(key for key, days in lengths.items() if days)
    return Dataset(courses, tuple(registrations), tuple(refused))


def course_id(module: str, presentation: str) -> str:
    """Return a course's external id."""
    return f"{PREFIX}:{module}:{presentation}"


def _read(directory: Path, name: str) -> list[_Row]:
    """Return a file's rows with the required columns."""
    try:
        with (directory / name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [c for c in _COLUMNS[name] if c not in (reader.fieldnames or ())]
            if missing:
                raise PortalError(messages.missing_columns(directory / name, missing))
            return [
                _Row(
                    reader.line_num,
                    {column: _value(row[column]) for column in _COLUMNS[name]},
                    is_whole=None not in row and None not in row.values(),
                )
                for row in reader
            ]
    except FileNotFoundError:
        raise PortalError(messages.missing_file(name, directory, _COLUMNS)) from None
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise PortalError(messages.unreadable(directory / name, problem)) from None


def _value(written: str | None) -> str:
    """Return the value of a cell; "" if missing, which the data set also writes as "?"."""
    value = (written or "").strip()
    return "" if value == _MISSING else value


def _read_courses(directory: Path) -> dict[tuple[str, str], int | None]:
    """Return the length in days of each presentation; `None` if it is invalid."""
    lengths: dict[tuple[str, str], int | None] = {}
    for row in _read(directory, _COURSES):
        module, presentation, _ = row.key
        length = row.values["module_presentation_length"]
        usable = (
            row.is_whole
            and _MODULE.fullmatch(module)
            and _PRESENTATION.fullmatch(presentation)
            and _DAY.fullmatch(length)
            and int(length) > 0
        )
        days = int(length) if usable else None
        if lengths.setdefault((module, presentation), days) != days:
            lengths[module, presentation] = None
    return lengths


def _validate(
    rows: list[_Row], students: list[_Row], lengths: dict[tuple[str, str], int | None]
) -> tuple[list[Registration], list[Refusal]]:
    results: dict[Key, list[_Row]] = {}
    for row in students:
        results.setdefault(row.key, []).append(row)
    accepted: list[Registration] = []
    refused: list[Refusal] = []
    seen: set[Key] = set()
    for row in rows:
        try:
            if row.key in seen:
                raise _Refused(messages.REGISTERED_TWICE)
            accepted.append(_registration(row, results.get(row.key, []), lengths))
        except _Refused as reason:
            refused.append(Refusal(_REGISTRATIONS, row.line, row.key, str(reason)))
        seen.add(row.key)
    refused += (
        Refusal(_STUDENTS, row.line, row.key, messages.no_row_in(_REGISTRATIONS))
        for row in students
        if row.key not in seen
    )
    return accepted, refused


def _registration(
    row: _Row, students: list[_Row], lengths: dict[tuple[str, str], int | None]
) -> Registration:
    module, presentation, student = row.key
    if not _NUMBER.fullmatch(student):
        raise _Refused(messages.STUDENT_NOT_A_NUMBER)
    if (module, presentation) not in lengths:
        raise _Refused(messages.course_not_in(_COURSES))
    length = lengths[module, presentation]
    if length is None:
        raise _Refused(messages.course_unreadable(_COURSES))
    if not students:
        raise _Refused(messages.no_row_in(_STUDENTS))
    if len(students) > 1:
        raise _Refused(messages.several_rows_in(_STUDENTS))
    if not row.is_whole or not students[0].is_whole:
        raise _Refused(messages.WRONG_WIDTH)
    result = students[0].values["final_result"]
    registered = _day(row, "date_registration")
    unregistered = _day(row, "date_unregistration")
    if registered is None:
        raise _Refused(messages.NO_REGISTRATION_DATE)
    if result == _WITHDRAWN:
        ended = _withdrawn_on(registered, unregistered)
    elif result in _GRADES:
        ended = _stayed_until(registered, unregistered, length, result)
    else:
        raise _Refused(messages.UNKNOWN_RESULT)
    start = _start(presentation)
    withdrew = result == _WITHDRAWN
    return Registration(
        line=row.line,
        key=row.key,
        enrolled_at=start + registered * MS_PER_DAY,
        status=Status.CANCELLED if withdrew else Status.COMPLETED,
        ended_at=start + ended * MS_PER_DAY,
        grade=None if withdrew else result,
        reason=(
            messages.reason_withdrawn(registered, ended)
            if withdrew
            else messages.reason_result(registered, result)
        ),
    )


def _withdrawn_on(registered: int, unregistered: int | None) -> int:
    if unregistered is None:
        raise _Refused(messages.WITHDRAWN_WITHOUT_DATE)
    if unregistered < registered:
        raise _Refused(messages.UNREGISTERED_BEFORE)
    return unregistered


def _stayed_until(registered: int, unregistered: int | None, length: int, result: str) -> int:
    if unregistered is not None:
        raise _Refused(messages.unregistered_with_result(result))
    if registered > length:
        raise _Refused(messages.REGISTERED_AFTER_END)
    return length


def _day(row: _Row, column: str) -> int | None:
    value = row.values[column]
    if value and not _DAY.fullmatch(value):
        raise _Refused(messages.not_days(column))
    return int(value) if value else None


def _start(presentation: str) -> int:
    """Return when a presentation starts: its year and "B" or "J", as midnight UTC in ms."""
    start = datetime(int(presentation[:4]), _START_MONTH[presentation[4]], 1, tzinfo=UTC)
    return int(start.timestamp()) * 1000
