"""Enroll people in courses and learning paths: `plan` decides, `carry_out` creates.

All ways to enroll use it: admins, groups, paths and learners.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrolling.eligibility import decide, path_enrolls_in
from enrollment_portal.domain.enrolling.enroll_request import (
    Decision,
    EnrollRequest,
    Learnable,
    Outcome,
)
from enrollment_portal.domain.enrolling.new_enrollment import CreateEnrollment, create_enrollment
from enrollment_portal.domain.enrollment.commands import Context, CourseRules, course_rules
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.services.enrollment.path_progress import create_enrollments
from enrollment_portal.storage.enrolling import new_enrollments as stored
from enrollment_portal.storage.enrolling.new_enrollments import Pair
from enrollment_portal.storage.history.history import Author, Signature


@dataclass(frozen=True)
class Plan:
    """The decisions of enrolling, from one snapshot; `carry_out` does exactly this."""

    decisions: tuple[Decision, ...]
    _commands: tuple[CreateEnrollment, ...] = ()
    """Create the decided enrollments, and those in the courses of paths."""
    _rules: Mapping[int, CourseRules] = field(default_factory=dict)
    """The completion rules of each course."""

    def count(self, outcome: Outcome) -> int:
        """Return how many decisions have an outcome."""
        return sum(decision.outcome is outcome for decision in self.decisions)

    @property
    def n_completed(self) -> int:
        """How many of the decisions are about a course that the person has completed."""
        return sum(decision.has_completed for decision in self.decisions)


def plan(
    session: Session,
    learner_ids: Collection[int],
    course_ids: Collection[int],
    *,
    origin: Origin,
    today: int,
    request: EnrollRequest,
    since: Mapping[Pair, int] | None = None,
) -> Plan:
    """Decide who would be enrolled in what.

    Args:
        session: where everything is read.
        learner_ids: whom; ids that do not exist are left out.
        course_ids: in which courses and paths; ids that do not exist are left out.
        origin: how the enrollments are created; the courses of a path have the origin "path".
        today: the current day in the organization's time zone.
        request: who requests it; see `domain.enrolling.eligibility`. Without a deadline in it, each
            course's own number of days counts from today.
        since: for a rule, when it started to apply to a person in a course, in ms.
    """
    people = stored.people(session, learner_ids)
    wanted = stored.learnables(session, course_ids)
    steps = stored.steps_of(session, [w.id for w in wanted if w.kind == CourseKind.PATH])
    brought = {course for courses in steps.values() for course in courses}
    courses = {c.id: c for c in (*wanted, *stored.learnables(session, brought))}
    existing = stored.existing(session, [p.id for p in people], list(courses))
    decisions = [
        decide(
            person,
            learnable,
            existing.get((person.id, learnable.id), ()),
            request,
            (since or {}).get((person.id, learnable.id)),
        )
        for learnable in wanted
        for person in people
    ]
    commands: dict[Pair, CreateEnrollment] = {}
    own_terms = {one.id: _terms(one, origin, today, request) for one in wanted}
    path_terms = {id_: _terms(courses[id_], Origin.PATH, today, request) for id_ in brought}
    enrolled = [d for d in decisions if d.outcome is Outcome.ENROLLED]
    for decision in enrolled:
        pair = decision.person.id, decision.learnable.id
        commands[pair] = CreateEnrollment(*pair, *own_terms[decision.learnable.id])
    for decision in enrolled:
        for course in steps.get(decision.learnable.id, ()):
            pair = decision.person.id, course
            if pair in commands:
                continue
            if path_enrolls_in(courses[course], existing.get(pair, ()), request.by):
                commands[pair] = CreateEnrollment(*pair, *path_terms[course])
    rules = {id_: course_rules(course) for id_, course in courses.items()}
    return Plan(tuple(decisions), tuple(commands.values()), rules)


def _terms(
    learnable: Learnable, how: Origin, today: int, request: EnrollRequest
) -> tuple[Origin, int | None, int | None, str | None]:
    """Return the arguments that all `CreateEnrollment` in a course share, after the two ids."""
    if request.completion:
        # A completed enrollment has no deadline.
        return how, None, request.completion.at, request.completion.grades.get(learnable.id)
    day = request.deadline_day
    if how is Origin.PATH or day is None:
        days = learnable.deadline_days
        day = None if days is None else today + days
    return how, day, None, None


def carry_out(
    session: Session,
    plan: Plan,
    author: Author,
    *,
    now: int,
    batch: str | None = None,
    reason: str = "",
) -> dict[Pair, int]:
    """Create the enrollments of a plan, with history, and return their ids.

    Call it in the transaction of the plan. A path starts with the progress of the courses that the
    learner has taken already.

    Raises:
        IntegrityError: on PostgreSQL, someone else enrolled one of them at the same time.
    """
    # Nobody who is active in the course already is in the plan.
    contexts = {id_: Context(now, rules) for id_, rules in plan._rules.items()}
    created = [create_enrollment(one, contexts[one.course_id]) for one in plan._commands]
    ids = create_enrollments(session, created, Signature(author, reason, batch))
    pairs = ((one.learner_id, one.course_id) for one in plan._commands)
    return dict(zip(pairs, ids, strict=True))
