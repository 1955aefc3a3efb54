"""Enrolling people in courses and learning paths: first what would happen, then doing it.

Everything that begins enrollments goes through here: admins, groups, paths and learners.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session

from enrollment_portal.domain import calendar
from enrollment_portal.domain.courses import CourseKind, CourseState
from enrollment_portal.domain.enrollments import Origin, Status
from enrollment_portal.services.path_progress import refresh_paths
from enrollment_portal.storage import beginnings as stored
from enrollment_portal.storage.beginnings import (
    Author,
    Beginning,
    Learnable,
    Pair,
    Person,
    Standing,
)


class Outcome(StrEnum):
    """What becomes of one person in one course or path."""

    ENROLLED = "enrolled"
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True)
class Decision:
    """What becomes of one person in one course or path, and why, as a sentence."""

    person: Person
    learnable: Learnable
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """What enrolling would do, read from one moment; `carry_out` does just this."""

    decisions: tuple[Decision, ...]
    _beginnings: tuple[Beginning, ...] = ()
    """Those of the decisions, and the courses that paths bring along."""

    def count(self, outcome: Outcome) -> int:
        """Return how many of the decisions come out so."""
        return sum(decision.outcome is outcome for decision in self.decisions)


def plan(
    session: Session,
    learner_ids: Collection[int],
    course_ids: Collection[int],
    *,
    origin: Origin,
    today: int,
    tz: ZoneInfo,
    deadline_day: int | None = None,
    is_rule: bool = False,
) -> Plan:
    """Decide who would be enrolled in what.

    Args:
        session: where everything is read.
        learner_ids: whom; ids that do not exist are left out.
        course_ids: in which courses and paths; ids that do not exist are left out.
        origin: how the enrollments begin; courses that a path brings begin through the path.
        today: the current day in the organization's time zone.
        tz: the organization's time zone, in which removals are dated.
        deadline_day: for all of them; by default each course's own number of days from today.
        is_rule: a group's rule asks, not a person: it enrolls nobody a second time, so that it
            never undoes what someone did by hand.
    """
    people = stored.people(session, learner_ids)
    wanted = stored.learnables(session, course_ids)
    steps = stored.steps_of(session, [w.id for w in wanted if w.kind == CourseKind.PATH])
    brought = {course for courses in steps.values() for course in courses}
    courses = {c.id: c for c in (*wanted, *stored.learnables(session, brought))}
    standings = stored.standings(session, [p.id for p in people], list(courses))
    decisions = [
        _decide(person, learnable, standings.get((person.id, learnable.id), ()), tz, is_rule)
        for learnable in wanted
        for person in people
    ]
    begins: dict[Pair, Beginning] = {}

    def begin(person: Person, learnable: Learnable, how: Origin) -> None:
        day = deadline_day
        if how is Origin.PATH or day is None:
            days = learnable.deadline_days
            day = None if days is None else today + days
        begins.setdefault((person.id, learnable.id), Beginning(person.id, learnable.id, how, day))

    enrolled = [d for d in decisions if d.outcome is Outcome.ENROLLED]
    for decision in enrolled:
        begin(decision.person, decision.learnable, origin)
    for decision in enrolled:
        for course in steps.get(decision.learnable.id, ()):
            before = standings.get((decision.person.id, course), ())
            if _may_be_brought(courses[course], before, is_rule):
                begin(decision.person, courses[course], Origin.PATH)
    return Plan(tuple(decisions), tuple(begins.values()))


def carry_out(
    session: Session,
    plan: Plan,
    author: Author,
    *,
    now: int,
    batch: str | None = None,
    reason: str = "",
) -> dict[Pair, int]:
    """Begin what a plan decided, with history, and return the new enrollments' ids.

    Call it in the transaction in which the plan was made. A path begins with the progress of
    those of its courses that the learner has taken already.

    Raises:
        IntegrityError: on PostgreSQL, someone else enrolled one of them in the same moment.
    """
    begins: Sequence[Beginning] = plan._beginnings
    ids = stored.begin(session, begins, author, now=now, batch=batch, reason=reason)
    refresh_paths(session, {b.learner_id for b in begins}, {b.course_id for b in begins}, now=now)
    return {(b.learner_id, b.course_id): id_ for b, id_ in zip(begins, ids, strict=True)}


def _decide(
    person: Person,
    learnable: Learnable,
    standings: Sequence[Standing],
    tz: ZoneInfo,
    is_rule: bool,
) -> Decision:
    def decision(outcome: Outcome, why: str = "") -> Decision:
        return Decision(person, learnable, outcome, why)

    newest = standings[0] if standings else None
    if newest and newest.status == Status.ACTIVE:
        return decision(Outcome.ALREADY, f"Active already, at {newest.progress}\u00a0%.")
    if newest and any(s.status == Status.COMPLETED for s in standings):
        return decision(Outcome.ALREADY, "Completed already.")
    if not learnable.is_offered:
        why = _STATES.get(learnable.state, "without lessons, and no grade completes it")
        return decision(Outcome.REFUSED, f"This is {why}.")
    if person.is_suspended:
        return decision(Outcome.REFUSED, "Their access is suspended.")
    if newest and is_rule:
        return decision(Outcome.REFUSED, _ended_words(newest, tz))
    return decision(Outcome.ENROLLED)


_STATES: Mapping[str, str] = {
    CourseState.DRAFT: "a draft; publish it first",
    CourseState.ARCHIVED: "archived",
}


def _ended_words(standing: Standing, tz: ZoneInfo) -> str:
    if standing.removed_by is None or standing.removed_at is None:
        return "They cancelled it themselves; a group does not enroll them again."
    day = calendar.show_day(calendar.day_of(standing.removed_at, tz))
    return f"Removed by hand by {standing.removed_by} on {day}; a group does not enroll them again."


def _may_be_brought(course: Learnable, standings: Sequence[Standing], is_rule: bool) -> bool:
    """Tell whether a path begins one of its courses for a learner; else it adopts what is there."""
    if not course.is_offered:
        return False
    if is_rule:
        return not standings
    return all(s.status == Status.CANCELLED for s in standings)
