"""Test the constraints of the schema, and that models and migrations agree."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW, make_course, make_enrollment, make_learner


def _is_modelled(_object: object, name: str | None, *_: object) -> bool:
    unmodelled = ("learner_search", "ix_learner_search", "ix_enrollment_status_grade", "alembic_")
    return not (name or "").startswith(unmodelled)


def test_models_and_migrations_describe_the_same_schema(database: Database) -> None:
    with database.read() as session:
        context = MigrationContext.configure(
            session.connection(), opts={"include_object": _is_modelled}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    learner = make_learner(database, "Zoë Brückner")
    migrate(database)
    with database.read() as session:
        assert session.execute(text("SELECT id FROM learner")).scalars().all() == [learner]


@pytest.mark.parametrize(
    "values",
    [
        {"status": 3},
        {"progress": 101},
        {"progress": -1},
        {"version": 0},
        {"learner_id": 999_999},
        {"course_id": 999_999},
        {"last_visit_at": NOW - 1, "enrolled_at": NOW},
        {"deadline_day": NOW // DAY - 3, "enrolled_at": NOW},
        {"status": 1, "completed_at": None},
        {"status": 0, "completed_at": NOW},
        {"status": 2, "cancelled_at": NOW - 1, "enrolled_at": NOW},
        {"origin": "magic"},
    ],
)
def test_an_invalid_enrollment_is_refused(database: Database, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        make_enrollment(database, **values)


def test_a_learner_is_active_in_a_course_once(database: Database) -> None:
    learner, course = make_learner(database), make_course(database)
    make_enrollment(database, learner, course, status=2)
    make_enrollment(database, learner, course)
    make_enrollment(database, learner, course, status=1)
    with pytest.raises(IntegrityError):
        make_enrollment(database, learner, course)


def test_status_counts_follow_every_change(database: Database) -> None:
    learner, other, course = make_learner(database), make_learner(database), make_course(database)
    first = make_enrollment(database, learner, course)
    make_enrollment(database, learner, course, status=1)
    make_enrollment(database, other, course)

    def counts() -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
        with database.read() as session:
            learners = session.execute(
                text("SELECT n_active, n_completed, n_cancelled FROM learner ORDER BY id")
            )
            tally = session.execute(
                text("SELECT status, n FROM tally_course WHERE n > 0 ORDER BY status")
            )
            return [tuple(r) for r in learners], [tuple(r) for r in tally]

    assert counts() == ([(1, 1, 0), (1, 0, 0)], [(0, 2), (1, 1)])
    with database.write() as session:
        session.execute(
            text("UPDATE enrollment SET status = 2, cancelled_at = enrolled_at WHERE id = :id"),
            {"id": first},
        )
    assert counts() == ([(0, 1, 1), (1, 0, 0)], [(0, 1), (1, 1), (2, 1)])
    with database.write() as session:
        session.execute(text("DELETE FROM enrollment"))
    assert counts() == ([(0, 0, 0), (0, 0, 0)], [])
