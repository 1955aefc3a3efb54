"""Save grades in the grading grid: one cell, or many pasted rows, all or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import editable_fields, may_grade, require
from enrollment_portal.domain.enrollment.edits import show_typed
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.enrollment.messages import OWN_ELSEWHERE
from enrollment_portal.domain.grading import messages
from enrollment_portal.domain.grading.teaching import GRID_FIELDS, MAX_PASTED_ROWS
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    OwnEnrollment,
    PortalError,
    Refused,
    StorageUnavailable,
)
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.enrollment.conflicts import by_whom
from enrollment_portal.services.enrollment.enrollments import save_fields
from enrollment_portal.services.grading.teaching import find_taught, this_moment
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment
from enrollment_portal.storage.grading import teaching as stored
from enrollment_portal.storage.grading.teaching import GridRow, TaughtCourse
from enrollment_portal.storage.learning.tracking import lock_learners
from enrollment_portal.storage.shared.database import Database


class Outcome(StrEnum):
    """The outcome of saving a cell."""

    SAVED = "saved"
    REFUSED = "refused"
    CONFLICT = "conflict"
    UNDONE = "undone"
    NOT_UNDONE = "not_undone"


@dataclass(frozen=True)
class CellResult:
    """The outcome of saving a cell, and the current values of its row."""

    outcome: Outcome
    message: str = ""
    """Why it was refused."""
    version: int = 0
    """The version stored now; 0 if it was refused."""
    values: Mapping[Field, str] | None = None
    """The current values of the row's cells; after a conflict, only of the cell itself."""
    by: str = ""
    """Who changed the cell meanwhile; after a save, to the same value."""
    at: int = 0
    """When, in milliseconds since 1970 UTC."""
    before: str = ""
    """Its value before that."""
    row: GridRow | None = None
    """The row after a save."""
    is_change: bool = False
    """Whether a save wrote history, which can be undone; else nothing differed."""


@dataclass(frozen=True)
class RowEdit:
    """The cells to write in one row, with the base version of the row."""

    enrollment_id: int
    version: int
    typed: Mapping[str, str]


@dataclass(frozen=True)
class Graded:
    """The result of pasting: how many rows were changed, and their batch."""

    count: int
    batch: str


class Moved(PortalError):
    """Conflicts in pasted rows: others changed the same fields; nothing was written.

    Args:
        rows: for each such enrollment's id, who changed it.
    """

    message = messages.CHANGED_MEANWHILE

    def __init__(self, rows: Mapping[int, str]) -> None:
        super().__init__()
        self.rows = dict(rows)


def grade_cell(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    field: object,
    typed: object,
    version: object,
    key: object = None,
) -> CellResult:
    """Save one cell, based on a version of its row.

    Errors are in the result, to be shown in the cell. Changes of others in other cells stay. It is
    idempotent with a key.
    """
    if field not in [f.value for f in editable_fields(actor).intersection(GRID_FIELDS)]:
        return CellResult(Outcome.REFUSED, NotAllowed.message)
    name = Field(str(field))
    try:
        saved = save_fields(
            database, actor, enrollment_id, version=version, typed={name.value: typed}, key=key
        )
    except Invalid as refusal:
        return CellResult(Outcome.REFUSED, _why(refusal))
    except Conflict as conflict:
        conflicting = next((c for c in conflict.fields if c.field == name), None)
        if conflicting is None:
            return CellResult(Outcome.REFUSED, conflict.message)
        return CellResult(
            Outcome.CONFLICT,
            version=conflict.version,
            values={name: show_typed(name, conflicting.theirs)},  # type: ignore[arg-type]
            by=conflicting.by or conflict.by,
            at=conflicting.at or conflict.at,
            before=show_typed(name, conflicting.base),  # type: ignore[arg-type]
        )
    except (NotFound, NotAllowed, Refused, StorageUnavailable) as refusal:
        return CellResult(Outcome.REFUSED, refusal.message)
    theirs = saved.already_set.get(name)
    return replace(
        stored_result(Outcome.SAVED, saved.facts),
        by=by_whom(theirs, actor.account_id) if theirs else "",
        at=theirs.at if theirs else 0,
        is_change=saved.made is not None,
    )


def _why(refusal: Invalid) -> str:
    # A cell has no field for the reason that one's own enrollment requires.
    if "reason" in refusal.errors:
        return OWN_ELSEWHERE
    return sentences(*refusal.errors.values())


def stored_result(outcome: Outcome, facts: StoredEnrollment) -> CellResult:
    """Return the result with the values of a row after a change of one of its cells."""
    return CellResult(
        outcome,
        version=facts.version,
        values={f: show_typed(f, facts.values[f]) for f in GRID_FIELDS},
        row=GridRow(*(getattr(facts, f.name) for f in fields(GridRow))),
    )


@again_after_deadlock
def grade_many(
    database: Database, actor: Actor, course_id: object, changes: Sequence[RowEdit]
) -> Graded:
    """Write many rows of one course in one transaction and batch: all or nothing.

    Raises:
        NotAllowed: the actor grades nowhere, or may not edit one of the fields.
        NotFound: the course, or one of the enrollments in it, does not exist for the actor.
        Invalid: for each enrollment id, why its row is refused, or under "rows" why all are.
        Moved: some were changed meanwhile in the same fields.
    """
    require(actor, may_grade)
    if not 0 < len(changes) <= MAX_PASTED_ROWS:
        raise Invalid({"rows": messages.too_many_rows(MAX_PASTED_ROWS)})
    names = {f.value for f in editable_fields(actor).intersection(GRID_FIELDS)}
    if any(not change.typed.keys() <= names for change in changes):
        raise NotAllowed
    errors: dict[str, str] = {}
    moved: dict[int, str] = {}
    written, batch = 0, secrets.token_hex(8)
    with database.write() as session:
        ids = [change.enrollment_id for change in changes]
        _course, rows = rows_in_course(session, actor, database, course_id, ids)
        lock_learners(session, {row.learner_id for row in rows})
        joined = _OneTransaction(database, session)
        for change in changes:
            id_ = change.enrollment_id
            try:
                saved = save_fields(
                    joined,
                    actor,
                    id_,
                    version=change.version,
                    typed=change.typed,
                    batch=batch,
                )
            except OwnEnrollment as refusal:
                errors[str(id_)] = refusal.message
            except Invalid as refusal:
                errors[str(id_)] = _why(refusal)
            except Conflict as conflict:
                moved[id_] = conflict.by
            else:
                written += saved.made is not None
        if errors:
            raise Invalid(errors)
        if moved:
            raise Moved(moved)
    return Graded(written, batch)


def rows_in_course(
    session: Session,
    actor: Actor,
    database: Database,
    course_id: object,
    enrollment_ids: Sequence[object],
    *,
    must_exist: bool = True,
) -> tuple[TaughtCourse, list[GridRow]]:
    """Return a course that the actor may grade, and enrollments in it in the requested order.

    Raises:
        NotFound: the course, or one of the enrollments that must exist, does not for the actor.
    """
    course = find_taught(session, actor, course_id, this_moment(database))
    ids = [id_ for id_ in map(read_id, enrollment_ids) if id_]
    found = {row.id: row for row in stored.rows_of(session, course.id, ids)}
    if must_exist and (len(found) != len(enrollment_ids)):
        raise NotFound
    return course, [found[id_] for id_ in ids if id_ in found]


class _OneTransaction(Database):
    """A `Database` whose reads and writes all use one open transaction."""

    def __init__(self, database: Database, session: Session) -> None:
        self.url, self.is_sqlite, self.engine = database.url, database.is_sqlite, database.engine
        self._session = session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Read within the transaction."""
        yield self._session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Write within the transaction; its opener commits it or rolls it back."""
        yield self._session
