"""Test what lessons done change: progress and tracked status, also under an override."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from enrollment_portal.domain.enrolling.new_enrollment import CreateEnrollment, create_enrollment
from enrollment_portal.domain.enrollment.commands import Context, CourseRules, LessonsDone
from enrollment_portal.domain.enrollment.fields import Origin, Snapshot
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.grading.teaching import awaits_grade
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound, Refused, StaleVersion
from enrollment_portal.services.catalog.lessons import add_lesson
from enrollment_portal.services.catalog.paths import add_step
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.learning.learning import read_course, read_lesson, start_course
from enrollment_portal.services.learning.lessons_done import VISIT_MS, mark_done
from enrollment_portal.state.shared.views import details_view
from enrollment_portal.storage.enrolling.new_enrollments import write_new_enrollments
from enrollment_portal.storage.enrollment.enrollment_writes import write_changes
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    NOW,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_path,
)
from tests.integration import current
from tests.integration.actors import make_admin
from tests.integration.concurrency import at_once
from tests.integration.stored import execute, history, rows

UTC = ZoneInfo("UTC")


def course_of(database: Database, count: int, **values: Any) -> tuple[int, list[int]]:
    """Write a course with so many lessons."""
    course = make_course(database, n_lessons=count, **values)
    return course, make_lessons(database, course, count)


def statuses_and_progress(database: Database, enrollment: int) -> tuple[Any, ...]:
    """Return status, tracked status, progress, lessons done and version."""
    return rows(
        database,
        "SELECT status, tracked_status, progress, lessons_done, version FROM enrollment"
        f" WHERE id = {enrollment}",
    )[0]


class TestMarkDone:
    def test_each_lesson_increases_the_progress_and_the_last_one_completes(
        self, database: Database, ada: Actor
    ) -> None:
        course, lessons = course_of(database, 3)
        enrollment = make_enrollment(database, ada.learner_id, course)
        results = [mark_done(database, ada, course, lesson) for lesson in lessons]
        assert [r.progress for r in results] == [33, 66, 100]
        assert [r.is_completed for r in results] == [False, False, True]
        assert statuses_and_progress(database, enrollment) == (1, 1, 100, 3, 4)
        assert history(database, enrollment) == [
            (2, "tracking", "", {"progress": [0, 33]}, ""),
            (3, "tracking", "", {"progress": [33, 66]}, ""),
            (4, "tracking", "", {"progress": [66, 100], "status": [0, 1]}, ""),
        ]
        (completed_at,) = rows(database, "SELECT completed_at FROM enrollment")[0]
        assert completed_at >= NOW - 400 * 86_400_000

    def test_open_pages_are_refreshed_by_lessons_that_keep_the_percentage(
        self, database: Database, ada: Actor
    ) -> None:
        course, lessons = course_of(database, 101)
        own = make_enrollment(database, ada.learner_id, course)
        path = make_path(database, "P", (course,))
        of_path = make_enrollment(database, ada.learner_id, path)
        told: list[set[int]] = []
        database.after_commit(told.append)
        mark_done(database, ada, course, lessons[0])
        counts = "SELECT progress, lessons_done, version FROM enrollment ORDER BY id"
        assert rows(database, counts) == [(0, 1, 1), (0, 1, 1)]
        assert told[-1] == {own, of_path}

    def test_marking_a_lesson_twice_changes_nothing(self, database: Database, ada: Actor) -> None:
        course, lessons = course_of(database, 3)
        enrollment = make_enrollment(database, ada.learner_id, course)
        for _ in range(3):
            mark_done(database, ada, course, str(lessons[1]))
        assert statuses_and_progress(database, enrollment) == (0, 0, 33, 1, 2)

    def test_many_simultaneous_marks_each_count_once(self, database: Database, ada: Actor) -> None:
        course, lessons = course_of(database, 4)
        enrollment = make_enrollment(database, ada.learner_id, course)
        marks = [lambda x=x: mark_done(database, ada, course, x) for x in (*lessons, *lessons)]
        results = at_once(*marks)
        assert [r for r in results if isinstance(r, Exception)] == []
        assert statuses_and_progress(database, enrollment) == (1, 1, 100, 4, 5)
        assert [h[3]["progress"] for h in history(database, enrollment)] == [
            [0, 25],
            [25, 50],
            [50, 75],
            [75, 100],
        ]

    def test_a_count_without_rows_means_the_first_lessons(
        self, database: Database, ada: Actor
    ) -> None:
        course, lessons = course_of(database, 4)
        enrollment = make_enrollment(database, ada.learner_id, course, progress=50, lessons_done=2)
        assert read_course(database, ada, course).done == frozenset(lessons[:2])
        mark_done(database, ada, course, lessons[0])
        assert rows(database, "SELECT count(*) FROM lesson_done") == [(0,)]
        mark_done(database, ada, course, lessons[3])
        assert rows(database, "SELECT lesson_id FROM lesson_done ORDER BY 1") == [
            (lessons[0],),
            (lessons[1],),
            (lessons[3],),
        ]
        assert statuses_and_progress(database, enrollment) == (0, 0, 75, 3, 2)

    def test_others_and_unknown_lessons_are_not_found(self, database: Database, ada: Actor) -> None:
        course, lessons = course_of(database, 2)
        make_enrollment(database, make_learner(database), course)
        other, foreign = course_of(database, 2)
        make_enrollment(database, ada.learner_id, other)
        attempts: list[tuple[object, object]] = [
            (course, lessons[0]),
            (other, lessons[0]),
            (course, foreign[0]),
            (None, foreign[0]),
            (other, "\x00"),
            (other, 2**70),
            ([], {}),
        ]
        for where, what in attempts:
            with pytest.raises(NotFound):
                mark_done(database, ada, where, what)
        assert rows(database, "SELECT count(*) FROM lesson_done") == [(0,)]

    def test_a_cancelled_enrollment_accepts_no_lesson(self, database: Database, ada: Actor) -> None:
        course, lessons = course_of(database, 2)
        make_enrollment(database, ada.learner_id, course, status=2)
        with pytest.raises(Refused, match="cancelled"):
            mark_done(database, ada, course, lessons[0])

    def test_a_lesson_counts_for_the_active_enrollment(
        self, database: Database, ada: Actor
    ) -> None:
        course, lessons = course_of(database, 2)
        old = make_enrollment(database, ada.learner_id, course, status=2)
        new = make_enrollment(database, ada.learner_id, course)
        mark_done(database, ada, course, lessons[0])
        assert (
            statuses_and_progress(database, old)[2],
            statuses_and_progress(database, new)[2],
        ) == (0, 50)

    def test_the_path_follows(self, database: Database, ada: Actor) -> None:
        course, lessons = course_of(database, 2)
        path = make_enrollment(
            database, ada.learner_id, make_path(database, "Path", (course,), n_lessons=2)
        )
        make_enrollment(database, ada.learner_id, course)
        mark_done(database, ada, course, lessons[0])
        assert statuses_and_progress(database, path)[:3] == (0, 0, 50)
        mark_done(database, ada, course, lessons[1])
        assert statuses_and_progress(database, path)[:3] == (1, 1, 100)

    @pytest.mark.parametrize("graded", [False, True])
    def test_later_requirements_do_not_end_a_completion(
        self, database: Database, ada: Actor, graded: bool
    ) -> None:
        dana = make_admin(database)
        course, (lesson,) = course_of(database, 1)
        enrollment = make_enrollment(database, ada.learner_id, course)
        path = make_enrollment(
            database, ada.learner_id, make_path(database, "Path", (course,), n_lessons=1)
        )
        mark_done(database, ada, course, lesson)
        more = [
            add_lesson(database, dana, course, {"title": title, "content": ""})
            for title in ("Two", "Three")
        ]
        execute(database, f"UPDATE course SET requires_grade = {int(graded)} WHERE id = {course}")
        assert not mark_done(database, ada, course, more[0]).is_completed
        assert statuses_and_progress(database, enrollment) == (1, 1, 100, 2, 2)
        assert statuses_and_progress(database, path) == (1, 1, 100, 2, 2)
        mark_done(database, ada, course, more[1])
        assert statuses_and_progress(database, enrollment) == (1, 1, 100, 3, 2)

    def test_a_completed_path_stays_completed_when_a_course_added_later_is_started(
        self, database: Database, ada: Actor
    ) -> None:
        first, second = make_course(database), make_course(database)
        new, lessons = course_of(database, 2)
        path = make_path(database, "Path", (first, second), n_lessons=20)
        for course in (first, second):
            make_enrollment(
                database, ada.learner_id, course, status=1, progress=100, lessons_done=10
            )
        hers = make_enrollment(
            database, ada.learner_id, path, status=1, progress=100, lessons_done=20
        )
        add_step(database, make_admin(database), path, new)
        begun = start_course(database, ada, new)
        mark_done(database, ada, new, lessons[0])
        assert statuses_and_progress(database, begun)[2] == 50
        assert statuses_and_progress(database, hers) == (1, 1, 100, 20, 1)
        assert history(database, hers) == []

    def test_two_simultaneous_courses_of_a_path_both_count(
        self, database: Database, ada: Actor
    ) -> None:
        (a, in_a), (b, in_b) = course_of(database, 1), course_of(database, 1)
        path = make_enrollment(
            database, ada.learner_id, make_path(database, "Path", (a, b), n_lessons=2)
        )
        for course in (a, b):
            make_enrollment(database, ada.learner_id, course)
        at_once(
            lambda: mark_done(database, ada, a, in_a[0]),
            lambda: mark_done(database, ada, b, in_b[0]),
        )
        assert statuses_and_progress(database, path)[:3] == (1, 1, 100)


class TestGrades:
    def test_after_the_last_lesson_the_grade_completes(
        self, database: Database, ada: Actor
    ) -> None:
        dana = make_admin(database)
        course, lessons = course_of(database, 1, requires_grade=1)
        enrollment = make_enrollment(database, ada.learner_id, course)
        marked = mark_done(database, ada, course, lessons[0])
        assert (marked.is_completed, marked.awaits_grade) == (False, True)
        own = read_course(database, ada, course).enrollment
        assert own is not None
        assert awaits_grade(own)
        assert statuses_and_progress(database, enrollment) == (0, 0, 100, 1, 2)
        save_enrollment(database, dana, enrollment, version=2, typed={"grade": "A"})
        assert statuses_and_progress(database, enrollment) == (1, 1, 100, 1, 3)
        assert history(database, enrollment)[-1][3] == {
            "grade": [None, "A"],
            "status": [0, 1],
            "tracked_status": [0, 1],
        }
        assert rows(database, "SELECT override_seq FROM enrollment") == [(None,)]

    def test_with_a_grade_the_last_lesson_completes(self, database: Database, ada: Actor) -> None:
        course, lessons = course_of(database, 1, requires_grade=1)
        enrollment = make_enrollment(database, ada.learner_id, course, grade="B")
        assert mark_done(database, ada, course, lessons[0]).is_completed
        assert statuses_and_progress(database, enrollment)[:2] == (1, 1)

    def test_a_grade_changes_only_the_tracked_value_under_an_override(
        self, database: Database, ada: Actor
    ) -> None:
        dana = make_admin(database)
        course, lessons = course_of(database, 1, requires_grade=1)
        enrollment = make_enrollment(database, ada.learner_id, course)
        mark_done(database, ada, course, lessons[0])
        save_enrollment(database, dana, enrollment, version=2, typed={"status": "cancelled"})
        save_enrollment(database, dana, enrollment, version=3, typed={"grade": "A"})
        assert statuses_and_progress(database, enrollment)[:2] == (2, 1)
        assert history(database, enrollment)[-1][3] == {
            "grade": [None, "A"],
            "tracked_status": [0, 1],
        }
        assert read_enrollment(database, dana, enrollment).override is not None


class TestOverride:
    def test_the_next_lesson_changes_only_the_tracked_value(
        self, database: Database, ada: Actor
    ) -> None:
        dana = make_admin(database)
        course, lessons = course_of(database, 2)
        enrollment = make_enrollment(database, ada.learner_id, course)
        save_enrollment(database, dana, enrollment, version=1, typed={"status": "completed"})
        (completed_at,) = rows(database, "SELECT completed_at FROM enrollment")[0]
        mark_done(database, ada, course, lessons[0])
        assert statuses_and_progress(database, enrollment) == (1, 0, 50, 1, 3)
        mark_done(database, ada, course, lessons[1])
        assert statuses_and_progress(database, enrollment) == (1, 1, 100, 2, 4)
        assert history(database, enrollment)[-1][3] == {
            "progress": [50, 100],
            "tracked_status": [0, 1],
        }
        assert rows(database, "SELECT completed_at FROM enrollment") == [(completed_at,)]


class TestWriteChanges:
    def test_a_change_with_an_old_version_is_not_written_at_all(self, database: Database) -> None:
        mine, theirs = make_enrollment(database), make_enrollment(database, version=2)
        rules = Context(NOW, CourseRules(n_lessons=10))
        changes = [transition(Snapshot(id_, 1), LessonsDone(1), rules) for id_ in (mine, theirs)]
        with database.write() as session, pytest.raises(StaleVersion):
            write_changes(session, changes, Signature(Author("tracking")))
            # Also if the same transaction continues.
        assert statuses_and_progress(database, mine) == (0, 0, 0, 0, 1)
        assert statuses_and_progress(database, theirs) == (0, 0, 0, 0, 2)
        assert history(database, mine) == []

    def test_many_are_written_without_a_savepoint_on_sqlite(self, database: Database) -> None:
        ids = [make_enrollment(database) for _ in range(3)]
        rules = Context(NOW, CourseRules(n_lessons=10))
        changes = [transition(Snapshot(id_, 1), LessonsDone(1), rules) for id_ in ids]
        savepoints: list[str] = []
        event.listen(database.engine, "savepoint", lambda _conn, name: savepoints.append(name))
        with database.write() as session:
            write_changes(session, changes, Signature(Author("tracking")))
        assert len(savepoints) == (0 if database.is_sqlite else 1)
        assert [statuses_and_progress(database, id_) for id_ in ids] == [(0, 0, 10, 1, 2)] * 3


class TestVisit:
    def test_opening_a_lesson_records_the_visit_once_a_minute_without_history(
        self, database: Database, ada: Actor
    ) -> None:
        course, lessons = course_of(database, 1)
        enrollment = make_enrollment(database, ada.learner_id, course)
        last = "SELECT last_visit_at FROM enrollment"
        read_lesson(database, ada, course, lessons[0])
        ((first,),) = rows(database, last)
        assert first > NOW - 900 * 86_400_000
        execute(database, f"UPDATE enrollment SET last_visit_at = {first - VISIT_MS // 2}")
        read_lesson(database, ada, course, lessons[0])
        assert rows(database, last) == [(first - VISIT_MS // 2,)]
        execute(database, f"UPDATE enrollment SET last_visit_at = {first + 10**9}")
        read_lesson(database, ada, course, lessons[0])
        assert rows(database, last) == [(first + 10**9,)]
        assert statuses_and_progress(database, enrollment)[4] == 1
        assert history(database, enrollment) == []

    @pytest.mark.parametrize("origin", list(Origin))
    def test_only_starting_a_course_oneself_is_a_visit(
        self, database: Database, ada: Actor, origin: Origin
    ) -> None:
        course, _ = course_of(database, 1)
        begun = create_enrollment(
            CreateEnrollment(ada.learner_id or 0, course, origin, None), Context(NOW)
        )
        with database.write() as session:
            write_new_enrollments(session, [begun], Signature(Author("person")))
        last = "SELECT last_visit_at FROM enrollment"
        assert rows(database, last) == [(NOW if origin is Origin.SELF else None,)]
        execute(database, "UPDATE enrollment SET enrolled_at = enrolled_at - 2000000000")
        read_course(database, ada, course, is_visit=False)
        assert rows(database, last) == [(NOW if origin is Origin.SELF else None,)]

    @pytest.mark.parametrize("act", ["course", "lesson", "done"])
    def test_the_first_visit_of_an_enrolled_learner_is_recorded(
        self, database: Database, ada: Actor, act: str
    ) -> None:
        course, lessons = course_of(database, 2)
        enrollment = make_enrollment(database, ada.learner_id, course, origin="admin")
        execute(database, "UPDATE enrollment SET last_visit_at = NULL")
        admin = make_admin(database)
        details = read_enrollment(database, admin, enrollment)
        shown = details_view(details, UTC, UTC, 20_800, NOW)
        assert (shown.last_visit, shown.last_visit_exact) == ("Never", "")
        if act == "course":
            read_course(database, ada, course)
        elif act == "lesson":
            read_lesson(database, ada, course, lessons[0])
        else:
            mark_done(database, ada, course, lessons[0])
        ((visit,),) = rows(database, "SELECT last_visit_at FROM enrollment")
        assert visit >= details.facts.enrolled_at
        details = read_enrollment(database, admin, enrollment)
        assert details_view(details, UTC, UTC, 20_800, visit).last_visit == "just now"

    def test_actions_of_others_are_no_visit(self, database: Database, ada: Actor) -> None:
        course, _ = course_of(database, 2)
        enrollment = make_enrollment(database, ada.learner_id, course, origin="group")
        execute(database, "UPDATE enrollment SET last_visit_at = NULL")
        admin = make_admin(database)
        save_enrollment(database, admin, enrollment, version=1, typed={"grade": "B"})
        save_enrollment(database, admin, enrollment, version=2, typed={"status": "completed"})
        assert rows(database, "SELECT last_visit_at FROM enrollment") == [(None,)]

    @pytest.mark.parametrize("visited", [None, NOW])
    @pytest.mark.parametrize("act", ["course", "lesson"])
    def test_a_completed_enrollment_records_visits(
        self, database: Database, ada: Actor, act: str, visited: int | None
    ) -> None:
        course, lessons = course_of(database, 1)
        enrollment = make_enrollment(
            database, ada.learner_id, course, status=1, enrolled_at=NOW, last_visit_at=visited
        )
        before = statuses_and_progress(database, enrollment)
        if act == "course":
            read_course(database, ada, course)
        else:
            read_lesson(database, ada, course, lessons[0])
        ((visit,),) = rows(database, "SELECT last_visit_at FROM enrollment")
        assert visit > NOW + VISIT_MS
        assert statuses_and_progress(database, enrollment) == before
        assert history(database, enrollment) == []

    def test_a_readable_cancelled_enrollment_records_visits(
        self, database: Database, ada: Actor
    ) -> None:
        course, lessons = course_of(database, 1)
        make_enrollment(
            database, ada.learner_id, course, status=2, enrolled_at=NOW, last_visit_at=NOW
        )
        last = "SELECT last_visit_at FROM enrollment"
        with pytest.raises(Refused):
            read_lesson(database, ada, course, lessons[0])
        assert rows(database, last) == [(NOW,)]
        read_course(database, ada, course)
        assert rows(database, last)[0][0] > NOW + VISIT_MS

    def test_of_several_runs_the_shown_one_records_the_visit(
        self, database: Database, ada: Actor
    ) -> None:
        course, _ = course_of(database, 1)
        ids = [
            make_enrollment(
                *(database, ada.learner_id, course),
                status=status,
                enrolled_at=NOW + n,
                last_visit_at=NOW + n,
            )
            for n, status in enumerate((1, 1, 2))
        ]
        read_course(database, ada, course)
        found = dict(rows(database, "SELECT id, last_visit_at FROM enrollment"))
        assert [id_ for id_ in ids if found[id_] > NOW + VISIT_MS] == [ids[1]]

    @pytest.mark.parametrize("act", ["lesson moved", "lesson done"])
    @pytest.mark.parametrize("is_reopened", [False, True])
    def test_lessons_that_were_only_counted_were_done_before_the_completion(
        self, database: Database, ada: Actor, act: str, is_reopened: bool
    ) -> None:
        course, lessons = course_of(database, 2)
        enrollment = make_enrollment(
            *(database, ada.learner_id, course),
            status=1,
            lessons_done=1,
            enrolled_at=NOW,
            last_visit_at=NOW,
        )
        ((by,),) = rows(database, "SELECT completed_at FROM enrollment")
        if is_reopened:
            admin = make_admin(database)
            save_enrollment(database, admin, enrollment, version=1, typed={"status": "active"})
            ((by,),) = rows(database, "SELECT at FROM enrollment_event")
            later = f"UPDATE enrollment SET last_visit_at = {by + 1_000}"
            execute(database, later)
        else:
            read_course(database, ada, course)
        if act == "lesson moved":
            current.move_lesson(database, make_admin(database), course, lessons[0], down=True)
        else:
            mark_done(database, ada, course, lessons[1])
        done = dict(rows(database, "SELECT lesson_id, at FROM lesson_done"))
        assert done[lessons[0]] <= by
