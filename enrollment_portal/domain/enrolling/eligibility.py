"""Decide who may be enrolled in what, and who may take a course again.

- A learner is active in a course at most once: whoever is active is not enrolled again.
- Whoever has completed a course is enrolled again only: by an admin who has seen the warning and
  confirmed it; by the learner, if the course may be taken again; by a rule (of a group or a path),
  if the course may be taken again, and if all their enrollments in it are older than the moment
  from which the rule applies to them. So a rule that runs again enrolls nobody twice.
- A learning path is started a second time only after it was cancelled: completed courses count
  for it, so it would be completed at once. Its courses are taken again one by one.
- A cancelled enrollment may be followed by a new one of a person, but never of a rule: rules do
  not override what a person has done.
- An admin may enroll someone who completed a course earlier or elsewhere as completed on that
  day: the enrollment is created with that date and completed at once. Not for a path: it is
  completed by its courses.
- Nobody may complete or extend their own enrollment: an admin who enrolls themselves may do what a
  learner may. No deadline but the course's own, no completion, and again only if the course may
  be taken again. A Super Admin may do more afterwards, on the Manage page, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.catalog.messages import NOTHING_COMPLETES
from enrollment_portal.domain.enrolling import messages
from enrollment_portal.domain.enrolling.enroll_request import (
    Completion,
    Decision,
    EnrollRequest,
    ExistingEnrollment,
    Learnable,
    Outcome,
    Person,
    Requester,
)
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import percent, sentences


def decide(
    person: Person,
    learnable: Learnable,
    existing: Sequence[ExistingEnrollment],
    request: EnrollRequest,
    since: int | None = None,
) -> Decision:
    """Decide whether one person is enrolled in one course or path.

    Args:
        person: whom to enroll.
        learnable: the course or path.
        existing: their enrollments in it: active first, then completed, then cancelled.
        request: who requests it, with which options.
        since: when a rule started to apply to them, in ms: they had joined, and it was assigned.
    """

    def decision(outcome: Outcome, why: str = "") -> Decision:
        return Decision(person, learnable, outcome, why, bool(completed) and not is_path)

    first = existing[0] if existing else None
    is_path, completed = learnable.kind == CourseKind.PATH, ""
    if first and first.status == Status.ACTIVE:
        return decision(Outcome.ALREADY, messages.already_active(percent(first.progress)))
    completed = _completion(existing, request.tz) if existing else ""
    is_own = request.by is Requester.ADMIN and person.id == request.learner_id
    if completed and not _may_be_retaken(learnable, existing, request, since):
        return decision(Outcome.ALREADY, messages.already_completed(completed))
    if not learnable.is_offered:
        why = _STATES.get(learnable.state, NOTHING_COMPLETES)
        return decision(Outcome.REFUSED, why)
    if person.is_suspended:
        return decision(Outcome.REFUSED, messages.SUSPENDED)
    if refusal := _own_refusal(learnable, request, is_again=bool(completed)) if is_own else "":
        return decision(Outcome.REFUSED, refusal)
    if request.completion and is_path:
        return decision(Outcome.REFUSED, messages.PATH_COMPLETED)
    if request.completion:
        why = _completed_text(learnable, request.completion, request.tz)
        if completed:
            why = sentences(why, messages.kept_beside(completed))
        return decision(Outcome.ENROLLED, why)
    if completed:
        why = messages.enrolled_again(completed, len(existing) + 1)
        return decision(Outcome.ENROLLED, why)
    if first and request.by is Requester.RULE:
        return decision(Outcome.REFUSED, _ended_text(first, request.tz))
    return decision(Outcome.ENROLLED)


def path_enrolls_in(
    course: Learnable, existing: Sequence[ExistingEnrollment], requester: Requester
) -> bool:
    """Return whether a new path enrollment also enrolls the learner in one of its courses.

    Otherwise the path counts the enrollment that they have in it.

    Args:
        course: of the path.
        existing: the learner's enrollments in it.
        requester: who requests the path.
    """
    if not course.is_offered:
        return False
    if not existing:
        return True
    statuses = {one.status for one in existing}
    if Status.ACTIVE in statuses:
        return False
    if Status.COMPLETED in statuses:
        return bool(course.may_be_retaken) and _newest(existing).status == Status.COMPLETED
    return requester is not Requester.RULE


def may_start_again(status: int, may_be_retaken: int) -> bool:
    """Return whether a learner who has completed a course may start it again without an admin.

    Args:
        status: of the active enrollment, else of a completed one, else of the newest.
        may_be_retaken: the course's setting.
    """
    is_completed = status == Status.COMPLETED
    return status == Status.CANCELLED or (is_completed and bool(may_be_retaken))


_STATES: Mapping[str, str] = {
    CourseState.DRAFT: messages.IS_DRAFT,
    CourseState.ARCHIVED: messages.IS_ARCHIVED,
}


def _own_refusal(learnable: Learnable, request: EnrollRequest, *, is_again: bool) -> str:
    """Return why an admin cannot enroll themselves this way; "" if they can."""
    if request.completion:
        return messages.COMPLETES_OWN
    if request.deadline_day is not None:
        return messages.SETS_OWN_DEADLINE
    if is_again and not learnable.may_be_retaken:
        return messages.OWN_AGAIN
    return ""


def _completed_text(learnable: Learnable, completion: Completion, tz: ZoneInfo) -> str:
    day = calendar.show_day(calendar.day_of(completion.at, tz))
    grade = completion.grades.get(learnable.id)
    return messages.as_completed(day, grade)


def _may_be_retaken(
    learnable: Learnable,
    existing: Sequence[ExistingEnrollment],
    request: EnrollRequest,
    since: int | None,
) -> bool:
    if learnable.kind != CourseKind.COURSE:
        return False
    if request.by is Requester.ADMIN:
        return request.again
    if not learnable.may_be_retaken:
        return False
    if request.by is Requester.LEARNER:
        return True
    return since is not None and _is_all_before(existing, since)


def _is_all_before(existing: Sequence[ExistingEnrollment], since: int) -> bool:
    """Return whether the newest is completed, and all of them are older than a moment."""
    return _newest(existing).status == Status.COMPLETED and all(
        max(one.enrolled_at, one.completed_at or 0) < since for one in existing
    )


def _newest(existing: Sequence[ExistingEnrollment]) -> ExistingEnrollment:
    return max(existing, key=lambda one: (one.enrolled_at, one.id))


def _completion(existing: Sequence[ExistingEnrollment], tz: ZoneInfo) -> str:
    """Return the day on which a learner has completed it last; "" where they have not."""
    moments = [s.completed_at or 0 for s in existing if s.status == Status.COMPLETED]
    if not moments:
        return ""
    return calendar.show_day(calendar.day_of(max(moments), tz))


def _ended_text(cancelled: ExistingEnrollment, tz: ZoneInfo) -> str:
    if cancelled.removed_by is None or cancelled.removed_at is None:
        return messages.CANCELLED_BY_LEARNER
    day = calendar.show_day(calendar.day_of(cancelled.removed_at, tz))
    return messages.removed_by(cancelled.removed_by, day)
