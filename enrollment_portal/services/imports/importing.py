"""Import enrollments from other systems; each source has a module of its own."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from enrollment_portal.domain.bulk.jobs import BatchKind
from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.enrolling.new_enrollment import (
    ImportEnrollment,
    NewEnrollment,
    create_enrollment,
)
from enrollment_portal.domain.enrollment.commands import Context, CourseRules
from enrollment_portal.domain.imports import messages
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.text_search import search_text, sort_text
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.enrollment.path_progress import refresh_paths_of
from enrollment_portal.services.imports.oulad import (
    PREFIX,
    Refusal,
    Registration,
    course_id,
    read_dataset,
)
from enrollment_portal.storage.enrolling import new_enrollments
from enrollment_portal.storage.history.batches import register_batch
from enrollment_portal.storage.history.history import CHAINED_COLUMNS, chained
from enrollment_portal.storage.imports import importing as stored
from enrollment_portal.storage.shared.advisory_locks import take_advisory_lock
from enrollment_portal.storage.shared.bulk import LOAD_LOCK, insert_rows
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.organization import read_organization, write_organization

_ORGANIZATION = "Imported organization"
_STATE = CourseState.ARCHIVED.value
_RULES = CourseRules(requires_grade=True)
"""What completes an imported course: it has no lessons, so only a passing grade does."""


@dataclass(frozen=True)
class ImportReport:
    """The result: how many registrations were imported, were there already, or refused."""

    imported: int
    already_there: int
    refused: tuple[Refusal, ...]
    organization: str = ""
    """The name of the organization that was made for them; "" if there was one."""

    @property
    def total(self) -> int:
        """How many registrations there were."""
        return self.imported + self.already_there + len(self.refused)

    def __str__(self) -> str:
        """Return the text that the command line prints: totals, then each refused row."""
        reasons = Counter(refusal.reason for refusal in self.refused)
        return "\n".join(
            [
                messages.rows_read(self.total),
                messages.rows_imported(self.imported, self.already_there, len(self.refused)),
                *(
                    sentences(messages.n_refused(count), reason)
                    for reason, count in reasons.most_common()
                ),
                *(str(refusal) for refusal in self.refused),
                *([messages.organization_created(self.organization)] if self.organization else []),
            ]
        )


def import_oulad(database: Database, directory: Path) -> ImportReport:
    """Import every valid registration; a second run changes nothing.

    Args:
        database: migrated; an organization is written where there is none yet.
        directory: the folder with courses.csv, studentInfo.csv and studentRegistration.csv.

    Returns:
        What became of each registration.

    Raises:
        PortalError: a file is missing, cannot be read, or lacks a column; nothing is changed.
    """
    dataset = read_dataset(directory)
    with database.write() as session:
        take_advisory_lock(session, LOAD_LOCK)
        is_new = read_organization(session) is None
        if is_new:
            write_organization(session, _ORGANIZATION, "UTC")
        _add_courses(session, dataset.courses)
        imported, refused = _add_enrollments(session, dataset.registrations, now_ms())
    already_there = len(dataset.registrations) - imported - len(refused)
    return ImportReport(
        imported, already_there, (*refused, *dataset.refused), _ORGANIZATION if is_new else ""
    )


def _add_courses(session: Session, keys: Sequence[tuple[str, str]]) -> None:
    known = stored.courses_by_external_id(session, PREFIX)
    insert_rows(
        session,
        "course",
        "title sort_title search kind external_id n_lessons grading_scheme requires_grade state",
        [
            # Their presentations are over: nobody is to start them. Enrollments are shown anyway.
            (*_names(title), CourseKind.COURSE.value, external_id, 0, "free", 1, _STATE)
            for title, external_id in ((" ".join(key), course_id(*key)) for key in keys)
            if external_id not in known
        ],
    )


def _names(title: str) -> tuple[str, str, str]:
    return title, sort_text(title), search_text(title)


def _add_enrollments(
    session: Session, wanted: Sequence[Registration], now: int
) -> tuple[int, list[Refusal]]:
    """Write the registrations that are not there yet, with their history.

    Returns:
        How many, and those refused because the learner is active in the course already.
    """
    courses = stored.courses_by_external_id(session, PREFIX)
    known = stored.learners_by_external_id(session, PREFIX)
    newcomers = {r.learner: r.key[2] for r in wanted if r.learner not in known}
    insert_rows(
        session,
        "learner",
        "name department external_id sort_name search n_active n_completed n_cancelled joined_at",
        [
            (name, "", external_id, sort_text(name), search_text(name), 0, 0, 0, now)
            for external_id, name in newcomers.items()
        ],
    )
    learners = stored.learners_by_external_id(session, PREFIX)
    there = stored.imported_enrollments(session, PREFIX)
    active = stored.active_pairs(session, PREFIX)
    new: dict[tuple[int, int], tuple[NewEnrollment, Registration]] = {}
    refused: list[Refusal] = []
    for registration in wanted:
        pair = learners[registration.learner], courses[registration.course]
        if pair in there:
            continue
        context = Context(now, _RULES, has_other_active=pair in active)
        try:
            new[pair] = create_enrollment(_command(pair, registration), context), registration
        except Invalid:
            refused.append(registration.refused(messages.ALREADY_ACTIVE))
    insert_rows(
        session,
        "enrollment",
        " ".join(new_enrollments.COLUMNS),
        [new_enrollments.values_of(created.after) for created, _registration in new.values()],
    )
    ids = stored.imported_enrollments(session, PREFIX)
    batch = uuid.uuid4().hex
    insert_rows(
        session,
        "enrollment_event",
        CHAINED_COLUMNS,
        chained(
            (
                (ids[pair], 1, now, None, "", "import", "began", "{}", registration.reason)
                for pair, (_created, registration) in new.items()
            ),
            batch,
        ),
    )
    if new:
        register_batch(
            session,
            batch=batch,
            at=now,
            kind=BatchKind.IMPORT.value,
            actor_id=None,
            actor_name="",
            reason="",
            undoes=None,
            n=len(new),
        )
    refresh_paths_of(session, [created.after for created, _registration in new.values()])
    return len(new), refused


def _command(pair: tuple[int, int], one: Registration) -> ImportEnrollment:
    return ImportEnrollment(*pair, one.status, one.enrolled_at, one.ended_at, one.grade)
