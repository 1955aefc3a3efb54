"""Who may be enrolled in what, and who begins a course again.

- Whoever is active in a course is in it already: nobody is active in it twice.
- Whoever has completed a course begins it again only where somebody means it: an admin who was
  told of the completion and says so; the learner, where the course may be taken again; a rule (of
  a group or a path), where the course may be taken again, and only once for each joining: what
  they completed before the rule applied to them is begun again, unless they have begun it since.
  So a rule that runs again enrolls nobody again, and a completion since then fulfils it.
- A learning path itself is begun a second time only after it was cancelled: completed courses
  count for it, so that it would be completed at once. Its courses are taken again by themselves.
- What was cancelled may be begun again by a person, but never by a rule, which undoes nothing
  that somebody did by hand.
- Who has completed a course before, or elsewhere, may be enrolled by an admin as completed on that
  day: the enrollment begins then and is completed by hand at once. A path is not: it is completed
  by its courses.
- Nobody completes or extends their own enrollment: an admin who enrolls themselves may do what a
  learner may. No deadline but the course's own, no completion, and again only where the course may
  be taken again. A Super Admin may do more afterwards, on the Manage page, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.catalog.messages import NOTHING_COMPLETES
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
from enrollment_portal.domain.shared.wording import percent


def decide(
    person: Person,
    learnable: Learnable,
    existing: Sequence[ExistingEnrollment],
    request: EnrollRequest,
    since: int | None = None,
) -> Decision:
    """Decide what becomes of one person in one course or path.

    Args:
        person: whom.
        learnable: in what.
        standings: what they have in it already: active first, then completed, then cancelled.
        asked: who asks.
        since: from which moment a rule applies to them, in ms: they joined, and it was assigned.
    """

    def decision(outcome: Outcome, why: str = "") -> Decision:
        return Decision(person, learnable, outcome, why, bool(completed) and not is_path)

    first = existing[0] if existing else None
    is_path, completed = learnable.kind == CourseKind.PATH, ""
    if first and first.status == Status.ACTIVE:
        return decision(Outcome.ALREADY, f"Active already, at {percent(first.progress)}.")
    completed = _completion(existing, request.tz) if existing else ""
    is_own = request.by is Requester.ADMIN and person.id == request.learner_id
    if completed and not _may_be_retaken(learnable, existing, request, since):
        return decision(Outcome.ALREADY, f"{completed}.")
    if not learnable.is_offered:
        state = _STATES.get(learnable.state)
        return decision(Outcome.REFUSED, f"This is {state}." if state else NOTHING_COMPLETES)
    if person.is_suspended:
        return decision(Outcome.REFUSED, "Their access is suspended.")
    if refusal := _own_refusal(learnable, request, is_again=bool(completed)) if is_own else "":
        return decision(Outcome.REFUSED, refusal)
    if request.completion and is_path:
        return decision(Outcome.REFUSED, _PATH_COMPLETED)
    if request.completion:
        words = _completed_words(learnable, request.completion, request.tz)
        why = f"{words} {completed}; this counts beside it." if completed else words
        return decision(Outcome.ENROLLED, why)
    if completed:
        time = _TIMES.get(len(existing) + 1, "once more")
        return decision(Outcome.ENROLLED, f"{completed}; they begin {time}.")
    if first and request.by is Requester.RULE:
        return decision(Outcome.REFUSED, _ended_words(first, request.tz))
    return decision(Outcome.ENROLLED)


def path_enrolls_in(
    course: Learnable, existing: Sequence[ExistingEnrollment], requester: Requester
) -> bool:
    """Tell whether a path that a learner begins begins one of its courses for them.

    Else it adopts what they have in it.

    Args:
        course: of the path.
        standings: what the learner has in it already.
        asker: who asks for the path.
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
    """Tell whether a learner who has completed a course may start it again without an admin.

    Args:
        status: of what counts there: the active enrollment, else a completed, else the newest.
        may_be_retaken: what the course says.
    """
    is_completed = status == Status.COMPLETED
    return status == Status.CANCELLED or (is_completed and bool(may_be_retaken))


_TIMES = {
    n: f"{'an' if word == 'eighth' else 'a'} {word} time"
    for n, word in enumerate(
        ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 2
    )
}
_PATH_COMPLETED = "A learning path is completed by its courses. Choose those instead."
_STATES: Mapping[str, str] = {
    CourseState.DRAFT: "a draft; publish it first",
    CourseState.ARCHIVED: "archived",
}


def _own_refusal(learnable: Learnable, request: EnrollRequest, *, is_again: bool) -> str:
    """Return why an admin cannot enroll themselves so; "" where a learner could start it."""
    if request.completion:
        return "This would complete your own enrollment. Somebody else has to."
    if request.deadline_day is not None:
        return "This would set your own deadline. Clear it, or let somebody else enroll you."
    if is_again and not learnable.may_be_retaken:
        return "You have completed it already. Somebody else has to enroll you again."
    return ""


def _completed_words(learnable: Learnable, completion: Completion, tz: ZoneInfo) -> str:
    day = calendar.show_day(calendar.day_of(completion.at, tz))
    grade = completion.grades.get(learnable.id)
    return f"As completed on {day}, grade {grade}." if grade else f"As completed on {day}."


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
    """Tell whether the newest was completed, and all of them began and ended before a moment."""
    return _newest(existing).status == Status.COMPLETED and all(
        max(one.enrolled_at, one.completed_at or 0) < since for one in existing
    )


def _newest(existing: Sequence[ExistingEnrollment]) -> ExistingEnrollment:
    return max(existing, key=lambda one: (one.enrolled_at, one.id))


def _completion(existing: Sequence[ExistingEnrollment], tz: ZoneInfo) -> str:
    """Return when a learner has completed it last, in words; "" where they have not."""
    moments = [s.completed_at or 0 for s in existing if s.status == Status.COMPLETED]
    if not moments:
        return ""
    return f"Completed already on {calendar.show_day(calendar.day_of(max(moments), tz))}"


def _ended_words(cancelled: ExistingEnrollment, tz: ZoneInfo) -> str:
    if cancelled.removed_by is None or cancelled.removed_at is None:
        return "They cancelled it themselves; a group does not enroll them again."
    day = calendar.show_day(calendar.day_of(cancelled.removed_at, tz))
    return (
        f"Removed by hand by {cancelled.removed_by} on {day}; a group does not enroll them again."
    )
