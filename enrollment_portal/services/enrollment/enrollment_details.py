"""Read one enrollment as a person may see it: values, history, and what they may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import (
    STAFF_FIELDS,
    editable_fields,
    is_own,
    may_change_own,
    may_manage_learning,
    may_read_notes,
    own_reason,
)
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.catalog.grades import GradingScheme
from enrollment_portal.domain.enrollment.edits import Editable, Value, read_reason
from enrollment_portal.domain.enrollment.fields import Field, HistoryField, Status
from enrollment_portal.domain.enrollment.messages import OWN_ELSEWHERE
from enrollment_portal.domain.learning.lesson_progress import CourseProgress
from enrollment_portal.domain.paths.learning_paths import deadline_along
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Invalid, OwnEnrollment
from enrollment_portal.domain.shared.messages import OWN_ENROLLMENT
from enrollment_portal.services.enrollment.enrollment_progress import (
    PathCourse,
    courses_of_path,
    progress_of_course,
)
from enrollment_portal.services.enrollment.overriding import find_visible
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent
from enrollment_portal.storage.enrollment.runs import Run, runs_of
from enrollment_portal.storage.enrollment.timeline import HISTORY_SIZE, batch_sizes, history_before
from enrollment_portal.storage.learning.tracking import lock_learner_of
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.requests.extensions import StoredRequest

_READ_AT_ONCE = 50
"""How many rows of history are read at once to find those that the person may see."""
_NOT_OF_PATHS = frozenset({Field.GRADE, Field.FEEDBACK})
"""The fields that only enrollments in courses have."""


@dataclass(frozen=True)
class EnrollmentDetails:
    """One enrollment as a person may see it.

    If the person may not read internal notes, `facts.internal_note` is empty and the history has
    no trace of one; likewise of an assigned instructor.
    """

    facts: StoredEnrollment
    history: tuple[StoredEvent, ...]
    override: StoredEvent | None
    """The change that overrides the tracked status, if any."""
    editable: frozenset[Field]
    reads_notes: bool
    request: StoredRequest | None = None
    """The learner's open request for a later deadline, for those who may decide it."""
    batch_sizes: Mapping[str, int] = field(default_factory=dict)
    """The number of changes in each batch of the history."""
    is_own: bool = False
    """Whether it is the person's own enrollment."""
    is_cut: bool = False
    """Whether there is older history that the person may see."""
    progress: CourseProgress | None = None
    """The lessons of its course and which are done; `None` for a learning path."""
    courses: tuple[PathCourse, ...] = ()
    """The courses of a learning path that the person may see."""
    runs: tuple[Run, ...] = ()
    """All enrollments of the learner in the course, oldest first; empty if this is the only one."""
    made: int | None = None
    """The `seq` of the change that a save made, now or when it was first submitted."""
    merged_with: tuple[StoredEvent, ...] = ()
    """Changes of others in other fields that a save was merged with."""
    already_set: Mapping[Field, StoredEvent] = field(default_factory=dict)
    """The submitted fields that others had set to the same value, with their changes."""

    n_moved: int = 0
    """How many deadlines of a path's courses a save moved with the path's."""

    @property
    def done(self) -> tuple[int, int]:
        """The number of lessons done and of all lessons; for a path, of courses."""
        if not self.is_path:
            return self.facts.lessons_done, self.facts.n_lessons
        taken = [course.enrollment for course in self.courses if course.enrollment]
        return sum(one.status == Status.COMPLETED for one in taken), len(self.courses)

    @property
    def course_deadlines(self) -> tuple[int, ...]:
        """The deadlines of a path's courses in which the learner is active."""
        taken = [course.enrollment for course in self.courses if course.enrollment]
        return tuple(
            one.deadline_day
            for one in taken
            if one.status == Status.ACTIVE and one.deadline_day is not None
        )

    def may_move_courses(self, until: int) -> bool:
        """Return whether moving the path's deadline would move any of its courses'."""
        own = self.facts.deadline_day
        return any(deadline_along(day, own, until) for day in self.course_deadlines)

    @property
    def is_active_elsewhere(self) -> bool:
        """Whether the learner is active in the course through another enrollment."""
        return any(one.status == Status.ACTIVE and one.id != self.facts.id for one in self.runs)

    @property
    def run(self) -> int:
        """The run: which of the learner's enrollments in the course it is, from 1."""
        ids = [run.id for run in self.runs]
        return ids.index(self.facts.id) + 1 if self.runs else 1

    @property
    def is_path(self) -> bool:
        """Whether it is the enrollment of a learning path, which has no grade."""
        return self.facts.kind == CourseKind.PATH


def find_locked(session: Session, actor: Actor, enrollment_id: object) -> StoredEnrollment:
    """Find an enrollment, and lock its learner against other changes.

    Raises:
        NotFound: it does not exist for the actor.
        OwnEnrollment: it is the actor's own, and somebody else has to change it.
    """
    found = find_visible(session, actor, enrollment_id)
    require_may_change_own(actor, found.learner_id)
    may_have_changed = lock_learner_of(session, found.id)
    return find_visible(session, actor, enrollment_id) if may_have_changed else found


def editable_by(actor: Actor, enrollment: StoredEnrollment) -> frozenset[Field]:
    """Return the fields that the actor may set; a path has neither a grade nor feedback."""
    editable = editable_fields(actor, enrollment.learner_id)
    return editable - _NOT_OF_PATHS if enrollment.kind == CourseKind.PATH else editable


def require_may_change_own(actor: Actor, learner_id: int) -> None:
    """Raise if it is the actor's own enrollment, and they may not change that.

    Raises:
        OwnEnrollment: it is theirs, and somebody else has to change it.
    """
    if is_own(actor, learner_id) and not may_change_own(actor):
        raise OwnEnrollment


def own_refusal(actor: Actor, learner_id: int) -> str:
    """Return why an enrollment cannot be changed without a reason; "" if it can."""
    if not is_own(actor, learner_id):
        return ""
    return OWN_ELSEWHERE if may_change_own(actor) else OWN_ENROLLMENT


def require_not_own(actor: Actor, learner_id: int) -> None:
    """Raise if it is the actor's own enrollment: for changes that have no reason.

    Raises:
        OwnEnrollment: it is theirs; the message says where they can change it, if at all.
    """
    if refusal := own_refusal(actor, learner_id):
        raise OwnEnrollment(refusal)


def reason_for(
    actor: Actor, learner_id: int, reason: object, *, field: str = "reason", otherwise: str = ""
) -> str:
    """Validate the reason of a change, and return it as history records it.

    Args:
        actor: who changes it.
        learner_id: whose it is.
        reason: what was typed.
        field: the form field for the error.
        otherwise: the reason if none was typed, for enrollments of others.

    Raises:
        Invalid: the reason is too long, or missing for the actor's own enrollment.
    """
    typed = read_reason(reason)
    if not is_own(actor, learner_id):
        return typed or otherwise
    try:
        return own_reason(typed)
    except ValueError as refusal:
        raise Invalid({field: str(refusal)}) from None


def read_details(session: Session, actor: Actor, enrollment_id: object) -> EnrollmentDetails:
    """Return an enrollment as the actor may see it, within a transaction.

    Raises:
        NotFound: it does not exist, or the actor may not see it: both look the same.
    """
    facts = find_visible(session, actor, enrollment_id)
    history = stored.history_of(session, facts.id, HISTORY_SIZE)
    reads_notes = may_read_notes(actor)
    is_cut = len(history) == HISTORY_SIZE and bool(
        seen_before(session, facts.id, history[-1].seq, 1, reads_notes=reads_notes)
    )
    if not reads_notes:
        facts = replace(facts, internal_note="", instructor_id=None, instructor=None)
        history = [seen for event in history if (seen := for_others(event))]
    override = None
    if facts.override_seq is not None:
        override = next((e for e in history if e.seq == facts.override_seq), None)
        override = override or stored.event_by_seq(session, facts.override_seq)
        override = override if override is None or reads_notes else for_others(override)
    owns = is_own(actor, facts.learner_id)
    decides = (
        may_manage_learning(actor)
        and facts.status == Status.ACTIVE
        and (not owns or may_change_own(actor))
    )
    return EnrollmentDetails(
        facts,
        tuple(history),
        override,
        editable_by(actor, facts),
        reads_notes,
        extensions.open_request(session, facts.id) if decides else None,
        batch_sizes(session, history),
        owns,
        is_cut,
        progress_of_course(session, facts, history),
        courses_of_path(session, actor, facts),
        # Whoever sees one run may see all: a scope has whole courses, or whole people.
        tuple(runs) if len(runs := runs_of(session, facts.learner_id, facts.course_id)) > 1 else (),
    )


def seen_before(
    session: Session,
    enrollment_id: int,
    before: int,
    size: int,
    *,
    reads_notes: bool,
    field: HistoryField | None = None,
    person: tuple[str, str] | None = None,
) -> list[StoredEvent]:
    """Return up to `size` older changes as a person may see them; see `history_before`.

    Without permission for internal notes, changes of what only staff sees are left out, and not
    counted either.
    """
    seen: list[StoredEvent] = []
    limit = max(size, _READ_AT_ONCE)
    while True:
        found = history_before(session, enrollment_id, before, limit, field=field, person=person)
        seen += found if reads_notes else [kept for e in found if (kept := for_others(e))]
        if len(seen) >= size or len(found) < limit:
            return seen[:size]
        before = found[-1].seq


def for_others(event: StoredEvent) -> StoredEvent | None:
    """Return a row of history without what only staff sees, `None` if it has nothing else."""
    if not event.changes.keys() & STAFF_FIELDS:
        return event
    rest = {field: change for field, change in event.changes.items() if field not in STAFF_FIELDS}
    # A reason given with a note may reveal what the note says.
    return replace(event, changes=rest, reason="") if rest else None


def editable_now(
    enrollment: StoredEnrollment, values: Mapping[Field, Value] | None = None
) -> Editable:
    """Return the values that an edit is validated with: stored ones, or those of a base version."""
    return Editable(
        enrolled_at=enrollment.enrolled_at,
        values=enrollment.values if values is None else values,
        scheme=GradingScheme(enrollment.grading_scheme),
        points=enrollment.grading_points,
        stored_status=Status(enrollment.status),
        stored_completed=enrollment.completed_at,
    )
