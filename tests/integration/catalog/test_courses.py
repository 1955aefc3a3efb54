"""Test creating, changing and publishing courses and lessons, and updating enrollments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.services.catalog import courses, lessons, paths
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration import current
from tests.integration.actors import DANA
from tests.integration.stored import admin_events, changes_of, progress_of, rows

OTHERS = (
    Actor(8, "Lea", "", Role.GROUP_LEAD),
    Actor(9, "Ingrid", "", Role.INSTRUCTOR),
    Actor(10, "Leo", "", Role.LEARNER, learner_id=1),
    Actor(11, "Pia", "", Role.ADMIN, sections=Section.PEOPLE),
)
TYPED = {
    "title": " SQL  Basics ",
    "description": "About tables.",
    "deadline_days": "30",
    "scheme": "points",
    "points": "20",
    "requires_grade": "on",
    "pass_percent": "60",
    "may_be_retaken": "on",
    "admin_completes": "on",
}


class TestSettings:
    def test_a_course_is_created_as_a_draft_and_changed(self, database: Database) -> None:
        course_id = courses.make_course(database, DANA, TYPED)
        course = courses.read_course(database, DANA, course_id).course
        assert (course.title, course.state, course.deadline_days) == ("SQL Basics", "draft", 30)
        assert courses.typed_course(course) == TYPED | {"title": "SQL Basics"}
        changed = courses.save_course(
            database, DANA, course_id, version=1, typed=TYPED | {"title": "SQL", "points": "50"}
        )
        assert (changed.title, changed.version, changed.grading_points) == ("SQL", 2, 50)
        assert admin_events(database) == [
            ("course_made", "SQL Basics", ""),
            ("course_changed", "SQL", "Title, points"),
        ]

    def test_the_second_of_two_saves_changes_nothing(self, database: Database) -> None:
        course_id = courses.make_course(database, DANA, TYPED)
        courses.save_course(database, DANA, course_id, version=1, typed=TYPED | {"title": "Mine"})
        with pytest.raises(PortalError, match="The course “Mine” was changed meanwhile"):
            courses.save_course(database, DANA, course_id, version=1, typed=TYPED)
        assert courses.read_course(database, DANA, course_id).course.title == "Mine"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", ""),
            ("title", "x" * 201),
            ("title", "a\x00"),
            ("deadline_days", "-1"),
            ("deadline_days", "3651"),
            ("scheme", "stars"),
            ("points", "0"),
            ("points", None),
            ("pass_percent", "101"),
            ("pass_percent", "half"),
            ("description", 5),
        ],
    )
    def test_invalid_values_are_refused_beside_their_field(
        self, database: Database, field: str, value: object
    ) -> None:
        with pytest.raises(Invalid) as refused:
            courses.make_course(database, DANA, TYPED | {field: value})
        assert list(refused.value.errors) == [field]
        assert rows(database, "SELECT count(*) FROM course") == [(0,)]

    def test_a_course_that_nothing_completes_cannot_be_published(self, database: Database) -> None:
        typed = TYPED | {"requires_grade": "", "admin_completes": ""}
        course_id = courses.make_course(database, DANA, typed)
        with pytest.raises(NotAllowed, match="needs a lesson, or a grade"):
            current.set_course_state(database, DANA, course_id, "published")
        lessons.add_lesson(database, DANA, course_id, {"title": "One"})
        for state in ("published", "archived", "draft", "draft"):
            course = current.set_course_state(database, DANA, course_id, state)
            assert course.state == state
        assert [act[0] for act in admin_events(database)][2:] == [
            "course_published",
            "course_archived",
            "course_changed",
        ]

    def test_instructors_outside_the_directory_are_found_as_others_are(
        self, database: Database
    ) -> None:
        course_id = make_course(database)
        learner = make_learner(database, "Åsa Öst")
        asa = make_account(database, Role.INSTRUCTOR, name="Åsa Öst", learner_id=learner)
        ingrid = make_account(database, Role.INSTRUCTOR, name="Ingrid Öst")
        make_account(database, Role.INSTRUCTOR, name="Bo Berg")
        for typed, wanted in (
            ("Öst", [asa, ingrid]),
            ("ost", [asa, ingrid]),
            ("’oest", [asa, ingrid]),
            ("OST ingrid", [ingrid]),
            ("asa", [asa]),
        ):
            found = courses.find_instructors(database, DANA, course_id, typed)
            assert [one.account_id for one in found] == wanted, typed

    def test_instructors_are_found_added_and_removed(self, database: Database) -> None:
        course_id = make_course(database)
        learner = make_learner(database, "Ingrid Öst")
        ingrid = make_account(database, Role.INSTRUCTOR, name="Ingrid Öst", learner_id=learner)
        other = make_account(database, Role.LEARNER)
        found = courses.find_instructors(database, DANA, course_id, "ost")
        assert [one.account_id for one in found] == [ingrid]
        courses.add_teacher(database, DANA, course_id, ingrid)
        courses.add_teacher(database, DANA, course_id, ingrid)
        assert courses.find_instructors(database, DANA, course_id, "") == []
        with pytest.raises(NotFound):
            courses.add_teacher(database, DANA, course_id, other)
        courses.remove_teacher(database, DANA, course_id, ingrid)
        with pytest.raises(NotFound):
            courses.remove_teacher(database, DANA, course_id, ingrid)
        assert len(admin_events(database)) == 2


class TestLists:
    def test_pages_search_and_filter(self, database: Database) -> None:
        for n in range(60):
            make_course(database, f"Course {n:02}", state="draft" if n % 2 else "published")
        make_path(database, "Course path")
        course = make_course(database, "Größe Eins")
        make_enrollment(database, None, course)
        make_enrollment(database, None, course, status=1)
        page = courses.list_courses(database, DANA, ListQuery())
        assert (page.total, len(page.rows), page.next is not None) == (61, 50, True)
        for search in ("eins GRO", "EINS, gros", "“Eins” (Groß)", "eins\u200b gross"):
            found = courses.list_courses(database, DANA, ListQuery(search=search))
            assert found.total == 1, search
        page = courses.list_courses(database, DANA, ListQuery(search="eins GRO"))
        assert [(r.title, r.n_active, r.n_completed) for r in page.rows] == [("Größe Eins", 1, 1)]
        drafts = courses.list_courses(database, DANA, ListQuery(filters={"state": "draft"}))
        assert drafts.total == 30
        assert courses.list_courses(database, DANA, ListQuery(search="\x00")).rows == ()
        assert [r.title for r in paths.list_paths(database, DANA, ListQuery()).rows] == [
            "Course path"
        ]

    def test_pickers_find_published_courses(self, database: Database) -> None:
        make_course(database, "Data one", state="draft")
        one, path = make_course(database, "Data two"), make_path(database, "Path of data")
        found = courses.find_learnables(database, DANA, "data")
        assert [(f.id, f.kind) for f in found] == [(one, "course"), (path, "path")]
        assert len(courses.find_learnables(database, DANA, None, 1)) == 1


class TestLessons:
    def test_a_lesson_is_added_changed_moved_and_removed(self, database: Database) -> None:
        course = make_course(database, n_lessons=0, state="draft")
        one, two, three = (
            lessons.add_lesson(database, DANA, course, {"title": t, "content": "Text"})
            for t in ("One", "Two", "Three")
        )
        current.move_lesson(database, DANA, course, three, down=False)
        current.move_lesson(database, DANA, course, one, down=False)
        found = lessons.read_lessons(database, DANA, course)[1]
        assert [lesson.id for lesson in found] == [one, three, two]
        lessons.save_lesson(database, DANA, course, three, version=1, typed={"title": "Drei"})
        with pytest.raises(PortalError, match="The lesson “Drei” was changed meanwhile, and noth"):
            lessons.save_lesson(database, DANA, course, three, version=1, typed={"title": "Tre"})
        lessons.save_lesson(database, DANA, course, three, version=2, typed={"title": "Three"})
        with pytest.raises(PortalError, match="was changed meanwhile"):
            # It is called as it was at version 1, but two changes lie between.
            lessons.save_lesson(database, DANA, course, three, version=1, typed={"title": "Tre"})
        lessons.save_lesson(database, DANA, course, three, version=3, typed={"title": "Drei"})
        current.remove_lesson(database, DANA, course, one)
        stored, found = lessons.read_lessons(database, DANA, course)
        assert [(lesson.title, lesson.position) for lesson in found] == [("Drei", 1), ("Two", 2)]
        assert stored.n_lessons == 2
        with pytest.raises(NotFound):
            current.remove_lesson(database, DANA, make_course(database), two)

    def test_the_last_lesson_of_a_published_course_stays(self, database: Database) -> None:
        course = make_course(database, n_lessons=1)
        (only,) = make_lessons(database, course, 1)
        with pytest.raises(NotAllowed, match="needs a lesson"):
            current.remove_lesson(database, DANA, course, only)

    def test_active_enrollments_follow_and_others_are_unchanged(self, database: Database) -> None:
        course = make_course(database, n_lessons=4)
        ids = make_lessons(database, course, 4)
        first_two = make_enrollment(database, None, course, progress=50, lessons_done=2)
        all_but_one = make_enrollment(database, None, course, progress=75, lessons_done=3)
        completed = make_enrollment(database, None, course, status=1, progress=100, lessons_done=4)
        marked = make_enrollment(database, None, course, progress=50, lessons_done=2)
        with database.write() as session:
            for lesson in (ids[0], ids[3]):
                session.execute(text(f"INSERT INTO lesson_done VALUES ({marked}, {lesson}, 5)"))
        current.remove_lesson(database, DANA, course, ids[3])
        assert progress_of(database, first_two) == (0, 0, 66, 2, 2)
        assert progress_of(database, marked) == (0, 0, 33, 1, 2)
        # Nothing that is left is to be done: the course is completed.
        assert progress_of(database, all_but_one) == (1, 1, 100, 3, 2)
        assert progress_of(database, completed) == (1, 1, 100, 3, 1)
        assert changes_of(database, all_but_one) == [
            (2, "tracking", {"progress": [75, 100], "status": [0, 1]})
        ]
        assert changes_of(database, first_two) == [(2, "tracking", {"progress": [50, 66]})]
        lessons.add_lesson(database, DANA, course, {"title": "New"})
        assert progress_of(database, first_two) == (0, 0, 50, 2, 3)
        assert progress_of(database, all_but_one) == (1, 1, 100, 3, 2)

    def test_only_removing_a_lesson_that_was_done_lowers_the_count(
        self, database: Database
    ) -> None:
        course = make_course(database, n_lessons=4)
        ids = make_lessons(database, course, 4)
        enrollment = make_enrollment(database, None, course, progress=50, lessons_done=2)
        current.remove_lesson(database, DANA, course, ids[0])
        assert progress_of(database, enrollment) == (0, 0, 33, 1, 2)

    def test_moving_a_lesson_keeps_the_lessons_done(self, database: Database) -> None:
        course = make_course(database, n_lessons=4)
        one, two, three, four = make_lessons(database, course, 4)
        other = make_course(database, n_lessons=1)
        elsewhere = make_enrollment(database, None, other, progress=100, lessons_done=1)
        counted = make_enrollment(database, None, course, progress=50, lessons_done=2)
        cancelled = make_enrollment(database, None, course, status=2, progress=25, lessons_done=1)
        all_of_it = make_enrollment(database, None, course, status=1, progress=100, lessons_done=4)
        nothing = make_enrollment(database, None, course)
        marked = make_enrollment(database, None, course, progress=25, lessons_done=1)
        with database.write() as session:
            session.execute(text(f"INSERT INTO lesson_done VALUES ({marked}, {four}, 5)"))
        current.move_lesson(database, DANA, course, two, down=True)
        done = "SELECT lesson_id FROM lesson_done WHERE enrollment_id = "
        assert rows(database, f"{done}{counted} ORDER BY lesson_id") == [(one,), (two,)]
        assert rows(database, f"{done}{cancelled}") == [(one,)]
        assert rows(database, f"{done}{marked}") == [(four,)]
        for enrollment in (all_of_it, nothing, elsewhere):
            assert rows(database, f"{done}{enrollment}") == []
        assert progress_of(database, counted) == (0, 0, 50, 2, 1)
        # In its new place, too, the lesson that was done counts less, and no other.
        current.remove_lesson(database, DANA, course, two)
        assert progress_of(database, counted) == (0, 0, 33, 1, 2)
        assert rows(database, f"{done}{counted}") == [(one,)]
        current.move_lesson(database, DANA, course, three, down=False)
        assert rows(database, f"{done}{counted}") == [(one,)]

    def test_removing_the_only_lesson_done_leaves_none_done(self, database: Database) -> None:
        course = make_course(database, n_lessons=3)
        ids = make_lessons(database, course, 3)
        enrollment = make_enrollment(database, None, course, progress=33, lessons_done=1)
        current.remove_lesson(database, DANA, course, ids[0])
        assert progress_of(database, enrollment) == (0, 0, 0, 0, 2)

    def test_learners_who_had_done_all_lessons_still_have(self, database: Database) -> None:
        course = make_course(database, n_lessons=2, requires_grade=1)
        ids = make_lessons(database, course, 2)
        enrollment = make_enrollment(database, None, course, progress=100, lessons_done=2)
        current.remove_lesson(database, DANA, course, ids[0])
        assert progress_of(database, enrollment) == (0, 0, 100, 1, 1)

    def test_a_course_requiring_a_grade_completes_once_it_no_longer_does(
        self, database: Database
    ) -> None:
        course = make_course(database, "Graded", n_lessons=2, requires_grade=1)
        ids = make_lessons(database, course, 2)
        enrollment = make_enrollment(database, None, course, progress=50, lessons_done=1)
        current.remove_lesson(database, DANA, course, ids[1])
        assert progress_of(database, enrollment) == (0, 0, 100, 1, 2)
        typed = courses.typed_course(courses.read_course(database, DANA, course).course)
        courses.save_course(database, DANA, course, version=1, typed=typed | {"requires_grade": ""})
        assert progress_of(database, enrollment) == (1, 1, 100, 1, 3)

    def test_a_lower_pass_mark_completes_and_a_higher_one_ends_no_completion(
        self, database: Database
    ) -> None:
        course = make_course(database, "Graded", n_lessons=1, requires_grade=1)
        make_lessons(database, course, 1)
        done = {"progress": 100, "lessons_done": 1}
        fair, poor, none = (
            make_enrollment(database, None, course, **done, grade=grade)
            for grade in ("55%", "45%", None)
        )

        def save(**changes: str) -> None:
            found = courses.read_course(database, DANA, course).course
            typed = courses.typed_course(found) | {"scheme": "percent"} | changes
            courses.save_course(database, DANA, course, version=found.version, typed=typed)

        save(pass_percent="60")
        assert [progress_of(database, id_)[0] for id_ in (fair, poor, none)] == [0, 0, 0]
        save(pass_percent="50")
        assert progress_of(database, fair) == (1, 1, 100, 1, 2)
        assert changes_of(database, fair) == [
            (2, "tracking", {"status": [0, 1], "by_grade": [None, 1]})
        ]
        save(pass_percent="90")
        assert [progress_of(database, id_)[0] for id_ in (fair, poor, none)] == [1, 0, 0]
        save(scheme="letters", pass_percent="0")
        assert [progress_of(database, id_)[0] for id_ in (fair, poor, none)] == [1, 1, 0]
        assert [act[2] for act in admin_events(database)] == [
            "Grading, pass mark",
            "Pass mark",
            "Pass mark",
            "Grading, pass mark",
        ]

    def test_the_paths_of_a_course_follow(self, database: Database) -> None:
        course, other = make_course(database, n_lessons=2), make_course(database, n_lessons=2)
        ids = make_lessons(database, course, 2)
        path, ada = make_path(database, "P", (course, other), n_lessons=4), make_learner(database)
        make_enrollment(database, ada, course, progress=50, lessons_done=1)
        make_enrollment(database, ada, other, status=1, progress=100, lessons_done=2)
        on_path = make_enrollment(database, ada, path, progress=75, lessons_done=3)
        current.remove_lesson(database, DANA, course, ids[1])
        assert progress_of(database, on_path) == (1, 1, 100, 3, 2)
        assert rows(database, f"SELECT n_lessons FROM course WHERE id = {path}") == [(3,)]

    def test_ten_thousand_active_enrollments_follow_in_one_change(self, database: Database) -> None:
        course = make_course(database, n_lessons=10)
        ids = make_lessons(database, course, 10)
        with database.write() as session:
            session.execute(
                text(
                    "INSERT INTO learner (name, sort_name, search, department, n_active,"
                    " n_completed, n_cancelled, job_title, joined_at) WITH RECURSIVE n(i) AS"
                    " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
                    " SELECT 'L', 'l', '  l', '', 0, 0, 0, '', 0 FROM n"
                )
            )
            session.execute(
                text(
                    "INSERT INTO enrollment (learner_id, course_id, status, tracked_status,"
                    " progress, lessons_done, enrolled_at, last_visit_at, version, updated_at,"
                    " origin, feedback, internal_note, feedback_is_new)"
                    f" SELECT id, {course}, 0, 0, 50, 5, 1, 1, 1, 1, 'self', '', '', 0 FROM learner"
                )
            )
        current.move_lesson(database, DANA, course, ids[8], down=True)
        current.remove_lesson(database, DANA, course, ids[9])
        assert rows(database, "SELECT count(*) FROM lesson_done") == [(50_000,)]
        sql = "SELECT DISTINCT progress, version FROM enrollment"
        assert rows(database, sql) == [(55, 2)]
        assert rows(database, "SELECT count(*) FROM enrollment_event") == [(10_000,)]


ACTS: list[Callable[[Database, Actor], object]] = [
    lambda d, a: courses.list_courses(d, a, ListQuery()),
    lambda d, a: courses.find_learnables(d, a, ""),
    lambda d, a: courses.read_course(d, a, 1),
    lambda d, a: courses.make_course(d, a, TYPED),
    lambda d, a: courses.save_course(d, a, 1, version=1, typed=TYPED),
    lambda d, a: current.set_course_state(d, a, 1, "archived"),
    lambda d, a: courses.find_instructors(d, a, 1, ""),
    lambda d, a: courses.add_teacher(d, a, 1, 1),
    lambda d, a: courses.remove_teacher(d, a, 1, 1),
    lambda d, a: lessons.read_lessons(d, a, 1),
    lambda d, a: lessons.add_lesson(d, a, 1, {"title": "x"}),
    lambda d, a: lessons.save_lesson(d, a, 1, 1, version=1, typed={"title": "x"}),
    lambda d, a: current.move_lesson(d, a, 1, 1, down=True),
    lambda d, a: current.remove_lesson(d, a, 1, 1),
    lambda d, a: paths.list_paths(d, a, ListQuery()),
    lambda d, a: paths.read_path(d, a, 1),
    lambda d, a: paths.make_path(d, a, TYPED),
    lambda d, a: paths.save_path(d, a, 1, version=1, typed=TYPED),
    lambda d, a: current.set_path_state(d, a, 1, "archived"),
    lambda d, a: paths.add_step(d, a, 1, 1),
    lambda d, a: current.remove_step(d, a, 1, 1),
    lambda d, a: current.move_step(d, a, 1, 1, down=True),
    lambda d, a: current.set_needs_previous(d, a, 1, 1, is_on=True),
]


def test_everything_requires_the_learning_section(database: Database) -> None:
    make_organization(database)
    make_lessons(database, make_course(database))
    for actor in OTHERS:
        for act in ACTS:
            with pytest.raises(NotAllowed):
                act(database, actor)
    assert admin_events(database) == []


@pytest.mark.parametrize("nonsense", [None, 0, -1, 999, 2**70, "x", "\x00", True, [], {}])
def test_unknown_ids_are_not_found(database: Database, nonsense: object) -> None:
    with pytest.raises(NotFound):
        courses.read_course(database, DANA, nonsense)
    with pytest.raises(NotFound):
        lessons.read_lessons(database, DANA, nonsense)
    with pytest.raises(NotFound):
        paths.read_path(database, DANA, nonsense)
