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

from enrollment_portal.domain.catalog.courses import NOTHING_COMPLETES, CourseKind, CourseState
from enrollment_portal.domain.enrolling.candidates import (
    Asker,
    Completion,
    Decision,
    EnrollRequest,
    Learnable,
    Outcome,
    Person,
    Standing,
)
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import percent


def decide(
    person: Person,
    learnable: Learnable,
    standings: Sequence[Standing],
    asked: EnrollRequest,
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

    first = standings[0] if standings else None
    is_path, completed = learnable.kind == CourseKind.PATH, ""
    if first and first.status == Status.ACTIVE:
        return decision(Outcome.ALREADY, f"Active already, at {percent(first.progress)}.")
    completed = _completion(standings, asked.tz) if standings else ""
    is_own = asked.by is Asker.ADMIN and person.id == asked.learner_id
    if completed and not _may_be_retaken(learnable, standings, asked, since):
        return decision(Outcome.ALREADY, f"{completed}.")
    if not learnable.is_offered:
        state = _STATES.get(learnable.state)
        return decision(Outcome.REFUSED, f"This is {state}." if state else NOTHING_COMPLETES)
    if person.is_suspended:
        return decision(Outcome.REFUSED, "Their access is suspended.")
    if refusal := _own_refusal(learnable, asked, is_again=bool(completed)) if is_own else "":
        return decision(Outcome.REFUSED, refusal)
    if asked.completion and is_path:
        return decision(Outcome.REFUSED, _PATH_COMPLETED)
    if asked.completion:
        words = _completed_words(learnable, asked.completion, asked.tz)
        why = f"{words} {completed}; this counts beside it." if completed else words
        return decision(Outcome.ENROLLED, why)
    if completed:
        time = _TIMES.get(len(standings) + 1, "once more")
        return decision(Outcome.ENROLLED, f"{completed}; they begin {time}.")
    if first and asked.by is Asker.RULE:
        return decision(Outcome.REFUSED, _ended_words(first, asked.tz))
    return decision(Outcome.ENROLLED)


def path_enrolls_in(course: Learnable, standings: Sequence[Standing], asker: Asker) -> bool:
    """Tell whether a path that a learner begins begins one of its courses for them.

    Else it adopts what they have in it.

    Args:
        course: of the path.
        standings: what the learner has in it already.
        asker: who asks for the path.
    """
    if not course.is_offered:
        return False
    if not standings:
        return True
    statuses = {standing.status for standing in standings}
    if Status.ACTIVE in statuses:
        return False
    if Status.COMPLETED in statuses:
        return bool(course.may_be_retaken) and _newest(standings).status == Status.COMPLETED
    return asker is not Asker.RULE


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


def _own_refusal(learnable: Learnable, asked: EnrollRequest, *, is_again: bool) -> str:
    """Return why an admin cannot enroll themselves so; "" where a learner could start it."""
    if asked.completion:
        return "This would complete your own enrollment. Somebody else has to."
    if asked.deadline_day is not None:
        return "This would set your own deadline. Clear it, or let somebody else enroll you."
    if is_again and not learnable.may_be_retaken:
        return "You have completed it already. Somebody else has to enroll you again."
    return ""


def _completed_words(learnable: Learnable, completion: Completion, tz: ZoneInfo) -> str:
    day = calendar.show_day(calendar.day_of(completion.at, tz))
    grade = completion.grades.get(learnable.id)
    return f"As completed on {day}, grade {grade}." if grade else f"As completed on {day}."


def _may_be_retaken(
    learnable: Learnable, standings: Sequence[Standing], asked: EnrollRequest, since: int | None
) -> bool:
    if learnable.kind != CourseKind.COURSE:
        return False
    if asked.by is Asker.ADMIN:
        return asked.again
    if not learnable.may_be_retaken:
        return False
    if asked.by is Asker.LEARNER:
        return True
    return since is not None and _is_all_before(standings, since)


def _is_all_before(standings: Sequence[Standing], since: int) -> bool:
    """Tell whether the newest was completed, and all of them began and ended before a moment."""
    return _newest(standings).status == Status.COMPLETED and all(
        max(one.enrolled_at, one.completed_at or 0) < since for one in standings
    )


def _newest(standings: Sequence[Standing]) -> Standing:
    return max(standings, key=lambda one: (one.enrolled_at, one.id))


def _completion(standings: Sequence[Standing], tz: ZoneInfo) -> str:
    """Return when a learner has completed it last, in words; "" where they have not."""
    moments = [s.completed_at or 0 for s in standings if s.status == Status.COMPLETED]
    if not moments:
        return ""
    return f"Completed already on {calendar.show_day(calendar.day_of(max(moments), tz))}"


def _ended_words(standing: Standing, tz: ZoneInfo) -> str:
    if standing.removed_by is None or standing.removed_at is None:
        return "They cancelled it themselves; a group does not enroll them again."
    day = calendar.show_day(calendar.day_of(standing.removed_at, tz))
    return f"Removed by hand by {standing.removed_by} on {day}; a group does not enroll them again."
