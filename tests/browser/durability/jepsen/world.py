"""The organization of a run: the writers, and their enrollments."""

from __future__ import annotations

import random
from dataclasses import dataclass

from enrollment_portal.domain.enrolling.new_enrollment import CreateEnrollment, create_enrollment
from enrollment_portal.domain.enrollment.commands import Context
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.storage.enrolling.new_enrollments import write_new_enrollments
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_learner,
    make_organization,
    make_session,
)

N_WRITERS = 20
N_INSTRUCTORS = 8
N_COURSES = 10
N_ENROLLMENTS = 200
N_AGAIN = 50
"""So many of the enrollments are a learner's second in a course, whose first was cancelled: only
one of the two may be active."""
POINTS = 99_999


@dataclass(frozen=True)
class Person:
    """Someone who writes."""

    name: str
    session: str
    fields: tuple[str, ...]
    """What they may set."""
    enrollments: tuple[int, ...]
    """What they may see."""
    hot: tuple[int, ...]
    """Those of them that everybody is at."""


@dataclass(frozen=True)
class World:
    """Everything that a run needs to know of its organization."""

    people: tuple[Person, ...]
    in_points: frozenset[int]
    """The enrollments whose course is graded in points."""


def make_world(database: Database, chance: random.Random) -> World:
    """Fill an empty database."""
    make_organization(database)
    graded = {make_course(database, grading_scheme="points", grading_points=POINTS)}
    courses = [*graded, *(make_course(database) for _ in range(N_COURSES - 1))]
    chief = make_account(database, name="Chief")
    enrollments = _make_enrollments(database, Actor(chief, "Chief", "", Role.SUPER_ADMIN), courses)
    again = [pair for pair in enrollments.values() if len(pair) > 1]
    alone = [pair for pair in enrollments.values() if len(pair) == 1]
    hot = {id_ for pair in (*chance.sample(again, 3), *chance.sample(alone, 4)) for id_ in pair}
    people = []
    for number in range(N_WRITERS):
        name = f"Writer {number}"
        if number < N_INSTRUCTORS:
            taught = tuple(chance.sample(courses, N_COURSES // 2))
            account = make_account(database, Role.INSTRUCTOR, name=name, teaches=taught)
            fields: tuple[str, ...] = ("grade", "feedback")
        else:
            taught = tuple(courses)
            account = make_account(database, Role.ADMIN, name=name, sections=Section.LEARNING)
            fields = ("status", "deadline", "grade", "feedback")
        seen = tuple(i for (_, c), pair in enrollments.items() if c in taught for i in pair)
        near = tuple(id_ for id_ in seen if id_ in hot) or seen
        people.append(Person(name, make_session(database, account), fields, seen, near))
    in_points = {id_ for (_, c), pair in enrollments.items() if c in graded for id_ in pair}
    return World(tuple(people), frozenset(in_points))


def _make_enrollments(
    database: Database, chief: Actor, courses: list[int]
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return the enrollments by learner and course, the cancelled one first."""
    learners = [make_learner(database) for _ in range(N_ENROLLMENTS - N_AGAIN)]
    pairs = [(learner, courses[n % len(courses)]) for n, learner in enumerate(learners)]
    first = _begin(database, chief, pairs)
    for id_ in first[:N_AGAIN]:
        save_enrollment(database, chief, id_, version=1, typed={"status": "cancelled"})
    second = _begin(database, chief, pairs[:N_AGAIN])
    made: dict[tuple[int, int], tuple[int, ...]] = {}
    for pair, id_ in zip((*pairs, *pairs[:N_AGAIN]), (*first, *second), strict=True):
        made[pair] = (*made.get(pair, ()), id_)
    return made


def _begin(database: Database, chief: Actor, pairs: list[tuple[int, int]]) -> list[int]:
    context = Context(now_ms())
    begun = [
        create_enrollment(CreateEnrollment(*pair, Origin.ADMIN, None), context) for pair in pairs
    ]
    author = Author("person", chief.account_id, chief.name)
    with database.write() as session:
        return write_new_enrollments(session, begun, Signature(author))
