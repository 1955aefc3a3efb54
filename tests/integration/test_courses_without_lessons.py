"""Courses without lessons: offered only where a grade completes them, imported ones too."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.courses import (
    NOTHING_COMPLETES,
    CourseKind,
    CourseState,
    is_offered,
)
from enrollment_portal.domain.enrollment.candidates import Outcome
from enrollment_portal.domain.errors import Invalid, NotAllowed, NotFound
from enrollment_portal.domain.people import Actor, Role
from enrollment_portal.services import courses, enroll_many, groups, lessons, paths
from enrollment_portal.services.enroll_many import Chosen
from enrollment_portal.services.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.importing import import_oulad
from enrollment_portal.services.learning import (
    read_catalog,
    read_course,
    read_dashboard,
    start_course,
)
from enrollment_portal.state.learning_views import catalog_view, course_view, dashboard_view
from enrollment_portal.storage.courses import find_learnables
from enrollment_portal.storage.database import Database
from tests.builders import (
    make_course,
    make_enrollment,
    make_group,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration.learners import execute, make_learner_actor, rows
from tests.integration.test_courses import DANA, standing
from tests.integration.test_import_oulad import make_dataset

UTC = ZoneInfo("UTC")


@pytest.fixture
def ada(database: Database) -> Actor:
    """A learner of an organization."""
    make_organization(database)
    return make_learner_actor(database)


class TestOffered:
    def test_every_list_offers_what_the_rule_says(self, database: Database, ada: Actor) -> None:
        offered = set()
        for state in CourseState:
            for n_lessons in (0, 2):
                for requires_grade in (0, 1):
                    values = {"n_lessons": n_lessons, "requires_grade": requires_grade}
                    course = make_course(database, "", state=state.value, **values)
                    if is_offered(CourseKind.COURSE, state, **values):
                        offered.add(course)
        with database.read() as session:
            assert {one.id for one in find_learnables(session, "", 50)} == offered
        catalog = read_catalog(database, ada, "", None)
        assert {row.course.id for row in catalog.rows} == offered
        assert catalog.total == len(offered) == 3
        for (course,) in rows(database, "SELECT id FROM course"):
            if course in offered:
                assert start_course(database, ada, course)
            else:
                with pytest.raises(NotFound):
                    start_course(database, ada, course)

    def test_an_admin_a_group_and_a_path_begin_none_that_nothing_completes(
        self, database: Database, ada: Actor
    ) -> None:
        empty, other = make_course(database, n_lessons=0), make_course(database)
        path = make_path(database, "P", (empty, other))
        chosen = Chosen(people=[ada.learner_id], courses=[empty, path])
        shown = enroll_many.preview(database, DANA, chosen)
        (refused,) = (d for d in shown.plan.decisions if d.outcome is Outcome.REFUSED)
        assert refused.why == NOTHING_COMPLETES
        enroll_many.enroll(database, DANA, chosen, shown.fingerprint)
        begun = {(e.course_id, e.progress) for e in read_dashboard(database, ada).enrollments}
        assert begun == {(path, 0), (other, 0)}
        with pytest.raises(NotAllowed) as refusal:
            groups.assign(database, DANA, make_group(database), empty)
        assert refusal.value.message.endswith(f"cannot be assigned. {NOTHING_COMPLETES}")
        alone = make_path(database, "Q", (empty,), state="draft")
        with pytest.raises(NotAllowed, match="needs a published course"):
            paths.set_path_state(database, DANA, alone, "published")


class TestPublished:
    def test_one_without_lessons_where_a_grade_completes_it(self, database: Database) -> None:
        course = make_course(database, "Essay", n_lessons=0, state="draft", requires_grade=1)
        courses.set_course_state(database, DANA, course, "published")
        typed = courses.typed_course(courses.read_course(database, DANA, course).course)
        with pytest.raises(Invalid) as refusal:
            courses.save_course(
                database, DANA, course, version=2, typed=typed | {"requires_grade": ""}
            )
        assert list(refusal.value.errors) == ["requires_grade"]

    def test_the_last_lesson_may_go_where_a_grade_completes_the_course(
        self, database: Database
    ) -> None:
        course = make_course(database, n_lessons=1, requires_grade=1)
        (only,) = make_lessons(database, course, 1)
        lessons.remove_lesson(database, DANA, course, only)
        assert rows(database, "SELECT n_lessons, state FROM course") == [(0, "published")]

    def test_an_imported_one_is_archived_and_its_enrollments_are_shown(
        self, database: Database, tmp_path: Path
    ) -> None:
        make_dataset(
            tmp_path,
            students="AAA,2013J,11,F,Pass\n",
            registrations="AAA,2013J,11,-159,\n",
        )
        import_oulad(database, tmp_path)
        assert set(rows(database, "SELECT state FROM course")) == {("archived",)}
        ((learner,),) = rows(database, "SELECT id FROM learner")
        ada = Actor(1, "11", "", Role.LEARNER, learner_id=learner)
        assert read_catalog(database, ada, "", None).rows == ()
        view = dashboard_view(read_dashboard(database, ada), UTC, UTC, 20_000)
        assert [own.course for own in view.completed] == ["AAA 2013J"]
        ((enrollment,),) = rows(database, "SELECT id FROM enrollment")
        assert read_enrollment(database, DANA, enrollment).facts.title == "AAA 2013J"


class TestTaken:
    def test_a_grade_completes_it_and_its_page_says_so(
        self, database: Database, ada: Actor
    ) -> None:
        course = make_course(
            database, "Essay", n_lessons=0, requires_grade=1, grading_scheme="pass_fail"
        )
        (row,) = read_catalog(database, ada, "", None).rows
        assert catalog_view(row).facts == "Completed with a grade"
        enrollment = start_course(database, ada, course)

        def waits() -> str:
            view = course_view(read_course(database, ada, course), UTC, UTC, 20_000)
            assert view.facts == "No lessons · completed with a grade"
            return view.own.waits

        assert waits() == "Your instructor completes it with a grade."
        execute(database, "UPDATE enrollment SET grade = 'Fail'")
        assert waits() == "Not passed: a passing grade completes the course."
        save_enrollment(database, DANA, enrollment, version=1, typed={"grade": "Pass"})
        assert standing(database, enrollment)[:2] == (1, 1)
        assert waits() == ""

    def test_without_a_grade_an_admin_completes_it(self, database: Database, ada: Actor) -> None:
        course = make_course(database, n_lessons=0, state="archived")
        enrollment = make_enrollment(database, ada.learner_id, course, origin="import")
        view = course_view(read_course(database, ada, course), UTC, UTC, 20_000)
        assert view.own.waits == "An admin completes it."
        save_enrollment(database, DANA, enrollment, version=1, typed={"status": "completed"})
        assert standing(database, enrollment)[0] == 1
