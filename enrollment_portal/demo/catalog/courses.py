"""Generate the courses and lessons from the subjects."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from enrollment_portal.demo.catalog.subjects import AUDIENCES, LEVELS, STEPS, SUBJECTS, Subject
from enrollment_portal.domain.catalog.courses import CourseState
from enrollment_portal.domain.catalog.grades import GradingScheme

_FEWEST, _MOST = 24, 500
_POINT_SCALES = (20, 50, 100)
_FORMS = ("{}", "In practice: {}", "Case study: {}", "Check your knowledge: {}")
_FIRST, _LAST = "Welcome and goals", "Summary and next steps"
_GRADED_EVERY = 5
_PERIODS = (14, 30, 60, 90)


@dataclass(frozen=True)
class DemoCourse:
    """One course, with the titles of its lessons in order."""

    id: int
    title: str
    scheme: GradingScheme
    points: int | None
    lessons: tuple[str, ...]
    description: str
    deadline_days: int | None
    requires_grade: bool
    state: CourseState


def number_of_courses(enrollments: int) -> int:
    """Return the number of courses: 24 up to 1,000 enrollments, 500 from 500,000."""
    return _FEWEST + int((_MOST - _FEWEST) * size_of(enrollments))


def size_of(enrollments: int) -> float:
    """Return the size of the company: 0 up to 1,000 enrollments, 1 from 500,000."""
    return min(1.0, math.log(max(1.0, enrollments / 1_000)) / math.log(500))


def demo_courses(count: int, random: Random) -> list[DemoCourse]:
    """Return that many courses, at most 504, with ids from 1 and distinct titles.

    The last two or three are drafts, and as many before them are archived.
    """
    rounds = len(SUBJECTS[0].endings)
    chosen = [(subject, subject.endings[i]) for i in range(rounds) for subject in SUBJECTS][:count]
    return [
        DemoCourse(
            id=number,
            title=subject.title + ending,
            scheme=subject.scheme,
            points=random.choice(_POINT_SCALES) if subject.scheme is GradingScheme.POINTS else None,
            lessons=_lessons(subject, random),
            description=_description(subject, ending),
            deadline_days=_deadline_days(number, subject),
            requires_grade=number % _GRADED_EVERY == 0,
            state=_state(number, count),
        )
        for number, (subject, ending) in enumerate(chosen, 1)
    ]


def lesson_rows(courses: list[DemoCourse]) -> Iterator[tuple[object, ...]]:
    """Yield each lesson: id, course id, position, title and content."""
    id_ = 0
    for course in courses:
        for position, title in enumerate(course.lessons, 1):
            id_ += 1
            yield id_, course.id, position, title, _content(course.title, title)


def _lessons(subject: Subject, random: Random) -> tuple[str, ...]:
    steps = [form.format(theme) for theme in subject.themes for form in _FORMS]
    most = min(22, len(steps))
    kept = sorted(random.sample(range(len(steps)), random.randint(2, most)))
    return (_FIRST, *(steps[i] for i in kept), _LAST)


def _state(number: int, count: int) -> CourseState:
    each = 2 if count < 100 else 3
    if number > count - each:
        return CourseState.DRAFT
    return CourseState.ARCHIVED if number > count - 2 * each else CourseState.PUBLISHED


def _deadline_days(number: int, subject: Subject) -> int | None:
    # Courses with pass or fail are mostly mandatory, with a deadline.
    if subject.scheme is GradingScheme.PASS_FAIL or number % 12 == 0:
        return _PERIODS[number % len(_PERIODS)]
    return None


def _description(subject: Subject, ending: str) -> str:
    themes = [_small(theme) for theme in subject.themes]
    first = f"Covers {', '.join(themes[:-1])} and {themes[-1]}."
    if not ending:
        return f"{first} Short lessons with cases from everyday work."
    inner = ending.strip(" ,:()")
    if subject.endings is AUDIENCES:
        return f"{first} Made for {_small(inner.removeprefix('for '))}."
    if subject.endings is LEVELS:
        return f"{first} {inner}: ends with a practical test on site."
    if subject.endings is STEPS:
        return f"{first} This is the part “{inner}”."
    return f"{first} Regional edition: {inner}."


@cache
def _small(words: str) -> str:
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _content(course: str, lesson: str) -> str:
    if lesson == _FIRST:
        return (
            f"Welcome to “{course}”. You will see what it covers and what you can do after it.\n\n"
            "Take the lessons in their order; you can stop at any time and go on later."
        )
    if lesson == _LAST:
        return (
            f"You have seen all of “{course}”. Write down three things that you will do"
            " differently.\n\nTalk about them with your manager in your next one-to-one."
        )
    form, _, theme = lesson.rpartition(": ")
    match form:
        case "In practice":
            return (
                f"Now try it yourself: {_small(theme)}. Choose a task of this week and work through"
                " it with the checklist.\n\nNote what went well and what you would ask a colleague."
            )
        case "Case study":
            return (
                f"A team of our company met this question: {_small(theme)}. Read what they did, and"
                " decide what you would have done.\n\nThere is more than one good answer."
            )
        case "Check your knowledge":
            return (
                f"Five short questions about {_small(theme)}. Answer them without looking back.\n\n"
                "If you are unsure about more than one, take the lesson again."
            )
    return (
        f"This lesson explains {_small(theme)}: what it means, why it matters here, and who can"
        " help.\n\nRead it once as a whole, then go through the examples slowly."
    )
