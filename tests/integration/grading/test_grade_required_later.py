"""Test a course that requires a grade only after people have completed it, on both engines."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_enrollment, make_lessons, make_organization
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.stored import execute


@pytest.mark.parametrize("asks_first", [True, False])
def test_only_a_completion_that_depends_on_a_grade_ends_with_it(
    database: Database, asks_first: bool
) -> None:
    make_organization(database)
    dana, ada = make_admin(database), make_learner_actor(database)
    course = make_course(database, "Knots", n_lessons=1, requires_grade=int(asks_first))
    (lesson,) = make_lessons(database, course, 1)
    id_ = make_enrollment(database, ada.learner_id, course)

    def grade(value: str) -> Status:
        version = read_enrollment(database, dana, id_).facts.version
        saved = save_enrollment(database, dana, id_, version=version, typed={"grade": value})
        return Status(saved.facts.status)

    grade("F")
    mark_done(database, ada, course, lesson)
    execute(database, "UPDATE course SET requires_grade = 1")
    after_each = [grade(value) for value in ("D", "F", "", "D", "Fail")]
    kept = Status.ACTIVE if asks_first else Status.COMPLETED
    assert after_each == [Status.COMPLETED, kept, kept, Status.COMPLETED, kept]
    newest = read_enrollment(database, dana, id_).history[0]
    undone = undo_change(database, dana, id_, newest.seq)
    assert (undone.facts.grade, undone.facts.status) == ("D", Status.COMPLETED)
