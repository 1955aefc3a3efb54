"""A small organization with a history, for tests of the Activity page."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    NOW,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_organization,
)
from tests.integration.actors import make_actor

_versions = itertools.count(2)


def write_change(
    database: Database, enrollment: int, changes: dict[str, Any], **values: Any
) -> int:
    """Write a row of history, and return its `seq`; by default a person changed something."""
    row = {
        "enrollment_id": enrollment,
        "version": next(_versions),
        "at": NOW,
        "actor_id": None,
        "actor_name": "",
        "source": "person",
        "kind": "changed",
        "reason": "",
        "batch": None,
        "undoes": None,
        **values,
        "changes": json.dumps(changes, separators=(",", ":")),
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    insert = f"INSERT INTO enrollment_event ({names}) VALUES ({marks}) RETURNING seq"
    with database.write() as session:
        return session.execute(text(insert), row).scalar_one()


@dataclass
class Office:
    """People, courses, and a history with many changes at the same moment."""

    database: Database
    courses: list[int] = field(default_factory=list)
    learners: list[int] = field(default_factory=list)
    enrollments: list[tuple[int, int, int]] = field(default_factory=list)
    """Each with its learner and course."""
    history: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        make_organization(self.database, time_zone="UTC")
        self.courses = [make_course(self.database) for _ in range(4)]
        self.learners = [make_learner(self.database) for _ in range(6)]
        for learner, course in itertools.product(self.learners, self.courses):
            id_ = make_enrollment(self.database, learner, course)
            self.enrollments.append((id_, learner, course))
        self.admin = make_actor(self.database, Role.SUPER_ADMIN)
        taught, led = self.courses[:2], self.learners[:3]
        self.teacher = make_actor(self.database, Role.INSTRUCTOR, teaches=tuple(taught))
        self.lead = make_actor(self.database, Role.GROUP_LEAD)
        make_group(self.database, members=tuple(led), leads=(self.lead.account_id,))
        self.idle = make_actor(self.database, Role.INSTRUCTOR)
        self.taught, self.led = set(taught), set(led)

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Who sees everything, courses, people, and nothing."""
        return self.admin, self.teacher, self.lead, self.idle

    def write(self, n: int, seed: int = 1) -> None:
        """Write a history in which several changes share a moment."""
        draw = random.Random(seed)
        made = [
            {"grade": [None, "A"]},
            {"note": ["", "CANARY"]},
            {"grade": ["A", "B"], "note": ["", "CANARY"]},
            {"status": [0, 1], "progress": [10, 100]},
            {"progress": [10, 20]},
            {"deadline": [None, 20_500]},
            {"feedback": ["", 'He wrote "grade": and "note":']},
        ]
        for _ in range(n):
            id_, learner, course = draw.choice(self.enrollments)
            source = draw.choice(["person", "person", "tracking", "group", "import"])
            by = draw.choice([self.admin, self.teacher]) if source == "person" else None
            batch = draw.choice([None, None, "b1"]) if source == "person" else None
            undoes = draw.choice([None, None, 1]) if source == "person" else None
            row = {
                "at": NOW + draw.randrange(n // 8 + 1) * 3_600_000,
                "actor_id": by.account_id if by else None,
                "actor_name": by.name if by else "",
                "source": source,
                "batch": batch,
                "undoes": undoes,
            }
            changes = draw.choice(made)
            seq = write_change(self.database, id_, changes, **row)
            self.history.append(
                {**row, "seq": seq, "changes": changes, "learner": learner, "course": course}
            )
