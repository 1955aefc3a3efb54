"""What the command line says of an import: why rows are refused, and what was imported."""

from __future__ import annotations

from collections.abc import Iterable

from enrollment_portal.domain.shared.wording import plural, show_number, with_commas

# Why a row is refused.

REGISTERED_TWICE = "An earlier line registers the same student in the same course."
STUDENT_NOT_A_NUMBER = "The student's id is not a number."
WRONG_WIDTH = "A row of it has more or fewer fields than its file has columns."
NO_REGISTRATION_DATE = "It has no registration date, so the start of the enrollment is unknown."
UNKNOWN_RESULT = "The final result is not Pass, Distinction, Fail or Withdrawn."
WITHDRAWN_WITHOUT_DATE = "Withdrawn, but without a date."
UNREGISTERED_BEFORE = "Unregistered before it was registered."
REGISTERED_AFTER_END = "Registered after the presentation had ended."
ALREADY_ACTIVE = "Failed, but its student is active in the course already, through the portal."


def no_row_in(file: str) -> str:
    """Refuse a row that another file lacks."""
    return f"It has no row in {file}."


def several_rows_in(file: str) -> str:
    """Refuse a row that another file has twice."""
    return f"It has more than one row in {file}."


def course_not_in(file: str) -> str:
    """Refuse a row of an unknown course."""
    return f"The course is not in {file}."


def course_unreadable(file: str) -> str:
    """Refuse a row of a course that cannot be read."""
    return f"{file} has no readable row for the course."


def unregistered_with_result(result: str) -> str:
    """Refuse a row that contradicts itself."""
    return f"Unregistered, yet with the result {result}: one of them is wrong."


def not_days(column: str) -> str:
    """Refuse a row by one of its days."""
    return f"{column} is not a whole number of days."


def in_row(file: str, line: int, key: Iterable[str]) -> str:
    """Name a row, before why it is refused."""
    return f"{file} line {line}: {' '.join(key)}:"


# Why a file is refused.


def missing_columns(path: object, columns: Iterable[str]) -> str:
    """Refuse a file of other columns."""
    return (
        f"{path} has no column {with_commas(columns)}. Is it the file of that name from the Open "
        "University Learning Analytics Dataset?"
    )


def missing_file(name: str, directory: object, files: Iterable[str]) -> str:
    """Refuse a folder without one of the files."""
    return f"There is no {name} in {directory}. Name the folder that holds {with_commas(files)}."


def unreadable(path: object, problem: object) -> str:
    """Refuse a file that is damaged."""
    return f"{path} cannot be read: {problem}"


# What was imported.


def rows_read(n: int) -> str:
    """Head the report."""
    return plural(n, one="{n} registration read.", other="{n} registrations read.")


def rows_imported(imported: int, already_there: int, refused: int) -> str:
    """Count what became of them."""
    return (
        f"{show_number(imported)} imported, {show_number(already_there)} already there, "
        f"{show_number(refused)} refused."
    )


def organization_created(name: str) -> str:
    """Name the organization that was created for them."""
    return (
        f"The organization is called {name}, in the time zone UTC. "
        "Change both with set-organization."
    )


def reason_withdrawn(registered: int, ended: int) -> str:
    """Give the reason of an imported cancellation, as its history keeps it."""
    return (
        f"Open University dataset: registered on day {registered} of the presentation, withdrawn "
        f"on day {ended}."
    )


def reason_result(registered: int, result: str) -> str:
    """Give the reason of an imported final result, as its history keeps it."""
    return (
        f"Open University dataset: registered on day {registered} of the presentation, result "
        f"{result}."
    )


def n_refused(n: int) -> str:
    """Count the rows that were refused, before the reason."""
    return plural(n, other="  {n} refused:")
