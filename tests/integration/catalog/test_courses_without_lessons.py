"""Test courses without lessons: they are offered only if a grade or an admin completes them."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.catalog.messages import NOTHING_COMPLETES
from enrollment_portal.domain.enrolling.completed_elsewhere import TypedCompletion
from enrollment_portal.domain.enrolling.enroll_request import Learnable, Outcome
from enrollment_portal.domain.grading.teaching import GradingFilter
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import day_of, day_to_date, now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.services.catalog import courses, paths
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.grading.teaching import read_grid
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.imports.importing import import_oulad
from enrollment_portal.services.learning.learning import (
    read_catalog,
    read_course,
    read_dashboard,
    start_course,
)
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.services.people import groups
from enrollment_portal.state.catalog.course_views import course_view as listed_view
from enrollment_portal.state.catalog.course_views import step_views
from enrollment_portal.state.enrollment.views.progress import lessons_view
from enrollment_portal.state.learning.learning_views import (
    catalog_view,
    course_view,
    dashboard_view,
)
from enrollment_portal.state.shared.views import DetailsView, details_view, row_view
from enrollment_portal.storage.catalog.courses import find_learnables
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_path,
)
from tests.integration import current
from tests.integration.actors import DANA
from tests.integration.imports.datasets import make_dataset
from tests.integration.stored import admin_events, execute, progress_of, rows

UTC = ZoneInfo("UTC")


class TestOffered:
    def test_every_list_offers_exactly_the_courses_of_the_rule(
        self, database: Database, ada: Actor
    ) -> None:
        offered = set()
        for state, lessons, grade, admin in product(CourseState, (0, 2), (0, 1), (0, 1)):
            course = make_course(
                database,
                "",
                state=state.value,
                n_lessons=lessons,
                requires_grade=grade,
                admin_completes=admin,
            )
            if Learnable(
                course, "", CourseKind.COURSE.value, state, None, lessons, grade, admin
            ).is_offered:
                offered.add(course)
        with database.read() as session:
            assert {one.id for one in find_learnables(session, "", 50)} == offered
        catalog = read_catalog(database, ada, "", None)
        assert {row.course.id for row in catalog.rows} == offered
        assert catalog.total == len(offered) == 7
        for (course,) in rows(database, "SELECT id FROM course"):
            if course in offered:
                assert start_course(database, ada, course)
            else:
                with pytest.raises(NotFound):
                    start_course(database, ada, course)

    def test_admins_groups_and_paths_enroll_in_none_that_nothing_completes(
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
            current.set_path_state(database, DANA, alone, "published")


def test_no_course_is_labeled_published_that_is_not_offered(database: Database) -> None:
    empty = make_course(database, "Empty", n_lessons=0)
    graded = make_course(database, "Graded", n_lessons=0, requires_grade=1)
    trained = make_course(database, "Training", n_lessons=0, admin_completes=1)
    path = make_path(database, "P", (empty, graded, trained))
    listed = courses.list_courses(database, DANA, ListQuery()).rows
    views = {row.id: listed_view(row) for row in listed}
    assert (views[empty].state, views[empty].active) == ("not_offered", "0")
    assert (views[graded].state, views[graded].active) == ("published", "0")
    assert views[trained].state == "published"
    steps = step_views(paths.read_path(database, DANA, path).steps)
    assert [one.about for one in steps] == [
        "0 lessons · Not offered",
        "0 lessons · Published",
        "0 lessons · Published",
    ]
    (row,) = paths.list_paths(database, DANA, ListQuery()).rows
    assert listed_view(row).state == "published"


class TestPublished:
    def test_a_course_without_lessons_that_a_grade_completes(self, database: Database) -> None:
        course = make_course(database, "Essay", n_lessons=0, state="draft", requires_grade=1)
        current.set_course_state(database, DANA, course, "published")
        typed = courses.typed_course(courses.read_course(database, DANA, course).course)
        with pytest.raises(Invalid) as refusal:
            courses.save_course(
                database, DANA, course, version=2, typed=typed | {"requires_grade": ""}
            )
        assert list(refusal.value.errors) == ["requires_grade"]

    def test_a_course_without_lessons_that_an_admin_completes(self, database: Database) -> None:
        course = courses.make_course(database, DANA, {"title": "First aid", "scheme": "free"})
        with pytest.raises(NotAllowed, match="or a grade or an admin that completes it"):
            current.set_course_state(database, DANA, course, "published")
        typed = courses.typed_course(courses.read_course(database, DANA, course).course)
        on = typed | {"admin_completes": "on"}
        courses.save_course(database, DANA, course, version=1, typed=on)
        assert admin_events(database)[-1] == (
            "course_changed",
            "First aid",
            "Completed by an admin",
        )
        assert current.set_course_state(database, DANA, course, "published").version == 3
        with pytest.raises(Invalid) as refusal:
            courses.save_course(database, DANA, course, version=3, typed=typed)
        assert refusal.value.errors == {"admin_completes": NOTHING_COMPLETES}
        assert courses.read_course(database, DANA, course).course.admin_completes
        # Something else completes it instead.
        graded = typed | {"requires_grade": "on"}
        courses.save_course(database, DANA, course, version=3, typed=graded)
        both = graded | {"admin_completes": "on"}
        courses.save_course(database, DANA, course, version=4, typed=both)
        with pytest.raises(Invalid) as refusal:
            courses.save_course(database, DANA, course, version=5, typed=typed)
        assert list(refusal.value.errors) == ["requires_grade", "admin_completes"]
        current.set_course_state(database, DANA, course, "draft")
        saved = courses.save_course(database, DANA, course, version=6, typed=typed)
        assert not saved.admin_completes

    def test_groups_and_paths_enroll_in_one_that_an_admin_completes(
        self, database: Database
    ) -> None:
        course = make_course(database, n_lessons=0, state="draft", admin_completes=1)
        path = make_path(database, "P", (course,), state="draft")
        member = make_learner(database)
        group = make_group(database, members=(member,))
        current.set_course_state(database, DANA, course, "published")
        groups.assign(database, DANA, group, course)
        current.set_path_state(database, DANA, path, "published")
        assert rows(database, "SELECT learner_id, course_id FROM enrollment") == [(member, course)]

    @pytest.mark.parametrize("completes", ["requires_grade", "admin_completes"])
    def test_the_last_lesson_may_be_removed_if_something_else_completes_the_course(
        self, database: Database, completes: str
    ) -> None:
        course = make_course(database, "", n_lessons=1, **{completes: 1})
        (only,) = make_lessons(database, course, 1)
        current.remove_lesson(database, DANA, course, only)
        assert rows(database, "SELECT n_lessons, state FROM course") == [(0, "published")]

    def test_an_imported_course_is_archived_and_its_enrollments_are_shown(
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
    def test_a_grade_completes_it_as_its_page_says(self, database: Database, ada: Actor) -> None:
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
        assert progress_of(database, enrollment)[:2] == (1, 1)
        assert waits() == ""

    def test_an_admin_completes_it_if_its_settings_allow_it(
        self, database: Database, ada: Actor
    ) -> None:
        training = make_course(database, "First aid", n_lessons=0, admin_completes=1)
        after = make_course(database, "Rescue")
        path = make_path(database, "P", (training, after), needs_previous=1)
        (row, _locked) = read_catalog(database, ada, "", None).rows
        assert catalog_view(row).facts == "Completed by an admin"
        chosen = Chosen([ada.learner_id], [], [path])
        shown = enroll_many.preview(database, DANA, chosen)
        enroll_many.enroll(database, DANA, chosen, shown.fingerprint)
        find = "SELECT id, version FROM enrollment WHERE course_id = {}"
        ((enrollment, version),) = rows(database, find.format(training))

        def texts() -> list[str]:
            page = course_view(read_course(database, ada, training), UTC, UTC, 20_000)
            dashboard = dashboard_view(read_dashboard(database, ada), UTC, UTC, 20_000)
            own = [*dashboard.active, *dashboard.completed]
            details = read_enrollment(database, DANA, enrollment)
            return [
                page.facts,
                page.own.waits,
                next(one.waits for one in own if one.course_id == training),
                lessons_view(details, UTC, now_ms(), shows_all=False).stop,
            ]

        facts, completes = "No lessons · completed by an admin", "An admin completes it."
        assert texts() == [facts, completes, completes, "No lessons: an admin completes it."]
        assert read_course(database, ada, after).locked_by == "First aid"
        typed = {"status": "completed"}
        save_enrollment(database, DANA, enrollment, version=version, typed=typed)
        assert texts() == [facts, "", "", ""]
        assert not read_course(database, ada, after).locked_by
        ((of_path, _version),) = rows(database, find.format(path))
        assert progress_of(database, of_path)[0] == 0
        verify_history(database)

    def test_without_a_grade_an_admin_completes_it(self, database: Database, ada: Actor) -> None:
        course = make_course(database, n_lessons=0, state="archived")
        enrollment = make_enrollment(database, ada.learner_id, course, origin="import")
        view = course_view(read_course(database, ada, course), UTC, UTC, 20_000)
        assert view.own.waits == "An admin completes it."
        save_enrollment(database, DANA, enrollment, version=1, typed={"status": "completed"})
        assert progress_of(database, enrollment)[0] == 1


class TestProgress:
    @pytest.mark.parametrize("by", ["grade", "hand", "elsewhere"])
    def test_completed_shows_100_everywhere_and_0_after_undo(
        self, database: Database, ada: Actor, by: str
    ) -> None:
        essay = make_course(database, "Essay", n_lessons=0, requires_grade=1)
        other = make_course(database, "Knots", n_lessons=2)
        path = make_path(database, "P", (essay, other), n_lessons=2)
        batch = ""
        if by == "elsewhere":
            day = day_to_date(day_of(now_ms(), UTC) - 3).isoformat()
            completed = TypedCompletion(day, "A")
            chosen = Chosen([ada.learner_id], [], [essay], completed=completed)
            shown = enroll_many.preview(database, DANA, chosen)
            batch = enroll_many.enroll(database, DANA, chosen, shown.fingerprint).batch
        else:
            id_ = start_course(database, ada, essay)
            typed = {"grade": {"grade": "A"}, "hand": {"status": "completed"}}[by]
            save_enrollment(database, DANA, id_, version=1, typed=typed)
        chosen = Chosen([ada.learner_id], [], [path])
        shown = enroll_many.preview(database, DANA, chosen)
        enroll_many.enroll(database, DANA, chosen, shown.fingerprint)
        ((id_,),) = rows(database, f"SELECT id FROM enrollment WHERE course_id = {essay}")
        assert self.shown(database, ada, essay) == {100}
        view = self.details(database, id_)
        if by == "grade":
            assert (view.tracked, view.tracked_hint) == ("", "Tracked: Completed.")
        elif by == "hand":
            assert view.tracked.startswith("Marked as completed by Dana Ruiz on ")
            assert view.tracked_hint == "Tracked: Active."
        (own,) = dashboard_view(read_dashboard(database, ada), UTC, UTC, 20_000).completed
        assert own.waits == ""
        (of_path,) = rows(database, f"SELECT progress FROM enrollment WHERE course_id = {path}")
        assert of_path == (33,)
        if batch:
            assert undo_batch(database, DANA, batch).undone == 1
        else:
            undo_change(database, DANA, id_, rows(database, self.newest.format(id_))[0][0])
        assert self.shown(database, ada, essay) == {0}
        verify_history(database)
        (of_path,) = rows(database, f"SELECT progress FROM enrollment WHERE course_id = {path}")
        assert of_path == (0,)

    newest = "SELECT max(seq) FROM enrollment_event WHERE enrollment_id = {} AND source = 'person'"

    def details(self, database: Database, id_: int) -> DetailsView:
        details = read_enrollment(database, DANA, id_)
        return details_view(details, UTC, UTC, 20_000, now_ms())

    def shown(self, database: Database, ada: Actor, course: int) -> set[int]:
        """Return the progress of a course's only enrollment, as every page shows it."""
        ((id_, stored),) = rows(
            database, f"SELECT id, progress FROM enrollment WHERE course_id = {course}"
        )
        query = LedgerQuery(sort=SortKey.PROGRESS, descending=stored > 0, course=course)
        (row,) = read_ledger(database, DANA, query).rows
        (graded,) = read_grid(database, DANA, course).page.rows
        page = read_course(database, ada, course)
        (span,) = rows(
            database,
            "SELECT progress FROM enrollment_span"
            f" WHERE enrollment_id = {id_} ORDER BY from_at DESC LIMIT 1",
        )
        assert not row_view(row, UTC, 20_000).by_hand
        own = course_view(page, UTC, UTC, 20_000).own
        details = self.details(database, id_)
        return {stored, row.progress, graded.progress, own.progress, details.progress, *span}

    def test_imported_it_shows_100_and_0_once_it_is_active_again(
        self, database: Database, ada: Actor
    ) -> None:
        course = make_course(database, n_lessons=0, state="archived")
        values = {"status": 1, "progress": 100, "origin": "import"}
        id_ = make_enrollment(database, ada.learner_id, course, **values)
        save_enrollment(database, DANA, id_, version=1, typed={"status": "active"})
        assert self.shown(database, ada, course) == {0}
        save_enrollment(database, DANA, id_, version=2, typed={"status": "completed"})
        assert self.shown(database, ada, course) == {100}


def test_awaiting_a_grade_is_shown_from_the_start(database: Database, ada: Actor) -> None:
    course = make_course(database, "Essay", n_lessons=0, requires_grade=1)
    id_ = start_course(database, ada, course)
    grid = read_grid(database, DANA, course, tab=GradingFilter.AWAITING)
    assert [row.id for row in grid.page.rows] == [id_]
    assert (grid.counts[GradingFilter.AWAITING], grid.counts[GradingFilter.STUCK]) == (1, 0)
    details = read_enrollment(database, DANA, id_)
    shown = lessons_view(details, UTC, now_ms(), shows_all=False)
    assert shown.stop == "No lessons: a passing grade completes it. Awaiting grade."
    save_enrollment(database, DANA, id_, version=1, typed={"grade": "F"})
    assert read_grid(database, DANA, course).counts[GradingFilter.AWAITING] == 0
    details = read_enrollment(database, DANA, id_)
    shown = lessons_view(details, UTC, now_ms(), shows_all=False)
    assert shown.stop == "No lessons: a passing grade completes it. Not passed."
