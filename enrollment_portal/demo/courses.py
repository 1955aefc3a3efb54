"""The academy's courses and lessons, made from its subjects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from enrollment_portal.demo.subjects import SUBJECTS, Subject
from enrollment_portal.domain.grades import GradingScheme

_FEWEST, _MOST = 24, 500
_POINT_SCALES = (20, 50, 100)
_FORMS = ("{}", "In practice: {}", "Case study: {}", "Check your knowledge: {}")


@dataclass(frozen=True)
class DemoCourse:
    """One course, with the titles of its lessons in order."""

    id: int
    title: str
    scheme: GradingScheme
    points: int | None
    lessons: tuple[str, ...]


def number_of_courses(enrollments: int) -> int:
    """Return how many courses a company has: 24 up to 1,000 enrollments, 500 from 500,000."""
    share = math.log(max(1.0, enrollments / 1_000)) / math.log(500)
    return min(_MOST, _FEWEST + int((_MOST - _FEWEST) * share))


def demo_courses(count: int, random: Random) -> list[DemoCourse]:
    """Return that many courses, at most 504, with ids from 1 and distinct titles."""
    rounds = len(SUBJECTS[0].endings)
    chosen = [(subject, subject.endings[i]) for i in range(rounds) for subject in SUBJECTS][:count]
    return [
        DemoCourse(
            id=number,
            title=subject.title + ending,
            scheme=subject.scheme,
            points=random.choice(_POINT_SCALES) if subject.scheme is GradingScheme.POINTS else None,
            lessons=_lessons(subject, random),
        )
        for number, (subject, ending) in enumerate(chosen, 1)
    ]


def _lessons(subject: Subject, random: Random) -> tuple[str, ...]:
    steps = [form.format(theme) for theme in subject.themes for form in _FORMS]
    most = min(22, len(steps))
    kept = sorted(random.sample(range(len(steps)), random.randint(2, most)))
    return ("Welcome and goals", *(steps[i] for i in kept), "Summary and next steps")
