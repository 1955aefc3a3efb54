"""Test undoing a batch: all its changes that no later change prevents."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import event, text

from enrollment_portal.domain.enrollment.undo import AlreadyUndone
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.grading.grading import RowEdit, grade_many
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.learning.learning import start_course
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.services.requests.extensions import request_extension
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
from tests.integration.actors import make_actor
from tests.integration.steps import refused, save


@dataclass
class GradedBatch:
    """A course with three learners, its instructor, and the batch in which they were graded."""

    course: int
    ids: list[int]
    teacher: Actor
    batch: str


@pytest.fixture
def sam(database: Database) -> Actor:
    """A Super Admin."""
    make_organization(database)
    account = make_account(database, Role.SUPER_ADMIN, name="Sam Okafor")
    return Actor(account, "Sam Okafor", "sam@x.example", Role.SUPER_ADMIN)


@pytest.fixture
def graded_batch(database: Database, sam: Actor) -> GradedBatch:
    """Three graded learners; the grade completed the course for the first one."""
    course = make_course(database, "Welding", requires_grade=1)
    ids = [
        make_enrollment(
            database,
            make_learner(database, name),
            course,
            grade="C",
            feedback="Hello.",
            progress=progress,
            lessons_done=progress // 10,
        )
        for name, progress in (("Ada", 100), ("Bo", 50), ("Cy", 0))
    ]
    teacher = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
    changes = [RowEdit(id_, 1, {"grade": "A", "feedback": "Good."}) for id_ in ids]
    made = grade_many(database, teacher, course, changes)
    assert made.count == 3
    return GradedBatch(course, ids, teacher, made.batch)


def grades(database: Database, by: Actor, ids: list[int]) -> list[str | None]:
    """Return the grades of enrollments."""
    return [read_enrollment(database, by, id_).facts.grade for id_ in ids]


def acts(database: Database) -> list[tuple[str, ...]]:
    """Return the access log, oldest first."""
    sql = "SELECT actor_name, action, subject_kind, subject, detail FROM admin_event ORDER BY id"
    with database.read() as session:
        return [tuple(row) for row in session.execute(text(sql))]


class TestPastedGrades:
    def test_are_undone_together(
        self, database: Database, sam: Actor, graded_batch: GradedBatch
    ) -> None:
        assert read_enrollment(database, sam, graded_batch.ids[0]).facts.status == 1
        undone = undo_batch(database, graded_batch.teacher, graded_batch.batch)
        assert (undone.undone, undone.left) == (3, ())
        assert grades(database, sam, graded_batch.ids) == ["C"] * 3
        assert read_enrollment(database, sam, graded_batch.ids[0]).facts.status == 0
        events = [read_enrollment(database, sam, id_).history[0] for id_ in graded_batch.ids]
        assert {event.batch for event in events} == {undone.batch} != {graded_batch.batch}
        assert all(event.undoes for event in events)

    def test_are_restored_by_undoing_the_undo(
        self, database: Database, sam: Actor, graded_batch: GradedBatch
    ) -> None:
        undone = undo_batch(database, graded_batch.teacher, graded_batch.batch)
        assert undo_batch(database, graded_batch.teacher, undone.batch).undone == 3
        assert grades(database, sam, graded_batch.ids) == ["A"] * 3
        assert read_enrollment(database, sam, graded_batch.ids[0]).facts.status == 1

    def test_one_that_was_changed_again_is_kept_and_named(
        self, database: Database, sam: Actor, graded_batch: GradedBatch
    ) -> None:
        save(database, sam, graded_batch.ids[1], grade="B")
        save(database, sam, graded_batch.ids[0], status="active")
        undone = undo_batch(database, graded_batch.teacher, graded_batch.batch)
        assert undone.undone == 1
        assert [(one.enrollment_id, one.learner) for one in undone.left] == [
            (graded_batch.ids[0], "Ada"),
            (graded_batch.ids[1], "Bo"),
        ]
        assert undone.left[1].why == (
            "Grade was changed again by Sam Okafor, just now. Undoing this would lose that."
        )
        assert grades(database, sam, graded_batch.ids) == ["A", "B", "C"]
        assert read_enrollment(database, sam, graded_batch.ids[0]).facts.status == 0

    def test_are_undone_once(
        self, database: Database, sam: Actor, graded_batch: GradedBatch
    ) -> None:
        undo_batch(database, graded_batch.teacher, graded_batch.batch)
        refused(database, lambda: undo_batch(database, sam, graded_batch.batch), AlreadyUndone)

    def test_one_that_was_already_undone_is_skipped(
        self, database: Database, sam: Actor, graded_batch: GradedBatch
    ) -> None:
        change = read_enrollment(database, sam, graded_batch.ids[2]).history[0].seq
        undo_change(database, sam, graded_batch.ids[2], change)
        undone = undo_batch(database, graded_batch.teacher, graded_batch.batch)
        assert (undone.undone, undone.left) == (2, ())

    def test_undo_requires_the_right_to_change_all_of_them(
        self, database: Database, sam: Actor, graded_batch: GradedBatch
    ) -> None:
        other = make_actor(database, Role.INSTRUCTOR, teaches=(make_course(database),))
        refused(database, lambda: undo_batch(database, other, graded_batch.batch), NotFound)
        people = make_actor(database, Role.ADMIN, sections=Section.PEOPLE)
        refused(database, lambda: undo_batch(database, people, graded_batch.batch), NotFound)
        with database.read() as session:
            learners = session.execute(text("SELECT id FROM learner ORDER BY id")).scalars()
            leads = tuple(learners)
        lead = make_actor(database, Role.GROUP_LEAD, leads=leads)
        refused(database, lambda: undo_batch(database, lead, graded_batch.batch), NotAllowed)

    @pytest.mark.parametrize("batch", ["", "x", None, 5, ["a"], "a" * 65, "a\0", True])
    def test_forged_batches_are_not_found(
        self, database: Database, sam: Actor, graded_batch: GradedBatch, batch: object
    ) -> None:
        refused(database, lambda: undo_batch(database, sam, batch), NotFound)


class TestEnrolling:
    def enroll(
        self, database: Database, by: Actor, people: list[int], courses: list[int]
    ) -> tuple[str, dict[tuple[int, int], int]]:
        """Enroll people and return the batch, and the enrollments by learner and course."""
        chosen = Chosen(people=people, courses=courses)
        shown = enroll_many.preview(database, by, chosen)
        made = enroll_many.enroll(database, by, chosen, shown.fingerprint)
        with database.read() as session:
            rows = session.execute(text("SELECT learner_id, course_id, id FROM enrollment"))
            return made.batch, {(learner, course): id_ for learner, course, id_ in rows}

    def test_undo_cancels_unchanged_enrollments(self, database: Database, sam: Actor) -> None:
        course = make_course(database, "Welding", n_lessons=2, deadline_days=5)
        lesson, _ = make_lessons(database, course, 2)
        ada, bo, cy, di = (make_learner(database, name) for name in ("Ada", "Bo", "Cy", "Di"))
        batch, ids = self.enroll(database, sam, [ada, bo, cy, di], [course])
        mia = Actor(1, "Ada", "m@x.example", Role.LEARNER, learner_id=ada)
        mark_done(database, mia, course, lesson)
        save(database, sam, ids[bo, course], deadline="2099-01-01")
        ask = Actor(1, "Cy", "m@x.example", Role.LEARNER, learner_id=cy)
        request_extension(database, ask, ids[cy, course], "2099-01-01", "Ill")
        undone = undo_batch(database, sam, batch)
        assert undone.undone == 2
        assert [(one.learner, one.why) for one in undone.left] == [
            ("Ada", "Changed since by Tracking, just now: Progress."),
            ("Bo", "Changed since by Sam Okafor, just now: Deadline."),
        ]
        facts = {name: read_enrollment(database, sam, ids[name, course]) for name in (cy, di)}
        for details in facts.values():
            assert (details.facts.status, details.facts.tracked_status) == (2, 0)
            assert details.facts.cancelled_at
            assert details.override == details.history[0]
            assert details.history[0].reason == "Undid enrolling"
            assert details.history[0].undoes == details.history[1].seq
        with database.read() as session:
            states = session.execute(text("SELECT state FROM extension_request")).scalars()
            assert list(states) == ["closed"]
            counts = session.execute(
                text("SELECT n_active, n_cancelled FROM learner WHERE id = :id"), {"id": cy}
            )
            assert tuple(counts.one()) == (0, 1)

    def test_undo_keeps_enrollments_with_lessons_done_at_0_percent(
        self, database: Database, sam: Actor
    ) -> None:
        course = make_course(database, "Welding", n_lessons=101)
        lesson = make_lessons(database, course, 101)[0]
        batch, ids = self.enroll(database, sam, [ada := make_learner(database, "Ada")], [course])
        mark_done(database, Actor(1, "Ada", "", Role.LEARNER, learner_id=ada), course, lesson)
        undone = undo_batch(database, sam, batch)
        assert undone.undone == 0
        assert [one.why for one in undone.left] == ["The learner has worked on it since."]
        assert read_enrollment(database, sam, ids[ada, course]).facts.status == 0

    def test_can_be_redone_and_undone_again(self, database: Database, sam: Actor) -> None:
        courses = [make_course(database), make_course(database)]
        path = make_path(database, "Path", tuple(courses))
        ada = make_learner(database, "Ada")
        batch, ids = self.enroll(database, sam, [ada], [path])
        assert len(ids) == 3
        first = undo_batch(database, sam, batch)
        assert first.undone == 3
        assert undo_batch(database, sam, first.batch).undone == 3
        for id_ in ids.values():
            facts = read_enrollment(database, sam, id_).facts
            assert (facts.status, facts.override_seq) == (0, None)
        assert undo_batch(database, sam, batch).undone == 3
        refused(database, lambda: undo_batch(database, sam, batch), AlreadyUndone)

    @pytest.mark.parametrize("n_done", [1, 2])
    def test_undo_cancels_a_path_whose_courses_were_done_before(
        self, database: Database, sam: Actor, n_done: int
    ) -> None:
        courses = [make_course(database, n_lessons=1) for _ in range(2)]
        lessons = [make_lessons(database, course, 1)[0] for course in courses]
        path = make_path(database, "Path", tuple(courses))
        ada = make_learner(database, "Ada")
        actor = Actor(1, "Ada", "m@x.example", Role.LEARNER, learner_id=ada)
        for course, lesson in [*zip(courses, lessons, strict=True)][:n_done]:
            start_course(database, actor, course)
            mark_done(database, actor, course, lesson)
        batch, ids = self.enroll(database, sam, [ada], [path])
        enrolled = ids[ada, path]

        def held() -> tuple[object, ...]:
            facts = read_enrollment(database, sam, enrolled).facts
            return facts.status, facts.tracked_status, facts.progress, facts.completed_at

        before = held()
        assert before[:3] == ((0, 0, 50) if n_done == 1 else (1, 1, 100))
        for _ in range(2):
            undone = undo_batch(database, sam, batch)
            assert (undone.undone, undone.left) == (3 - n_done, ())
            assert held()[0] == 2
            batch = undo_batch(database, sam, undone.batch).batch
            assert held() == before

    def test_undo_keeps_a_path_with_further_progress(self, database: Database, sam: Actor) -> None:
        courses = [make_course(database, n_lessons=1) for _ in range(3)]
        lessons = [make_lessons(database, course, 1)[0] for course in courses]
        path = make_path(database, "Path", tuple(courses))
        ada = make_learner(database, "Ada")
        actor = Actor(1, "Ada", "m@x.example", Role.LEARNER, learner_id=ada)
        start_course(database, actor, courses[0])
        mark_done(database, actor, courses[0], lessons[0])
        batch, ids = self.enroll(database, sam, [ada], [path])
        began = read_enrollment(database, sam, ids[ada, path]).history[0].at
        while calendar.now_ms() <= began:
            pass  # the next moment
        mark_done(database, actor, courses[1], lessons[1])
        undone = undo_batch(database, sam, batch)
        assert undone.undone == 1
        assert {one.enrollment_id for one in undone.left} == {ids[ada, path], ids[ada, courses[1]]}

    def test_each_undo_is_recorded_in_the_access_log(self, database: Database, sam: Actor) -> None:
        course, path = make_course(database, "Welding"), make_course(database, "Joining")
        path = make_path(database, "Metal", (path,))
        ada, bo = make_learner(database, "Ada"), make_learner(database, "Bo")
        batch, ids = self.enroll(database, sam, [ada, bo], [course, path])
        save(database, sam, ids[bo, course], deadline="2099-01-01")
        undone = undo_batch(database, sam, batch)
        undo_batch(database, sam, undone.batch)
        assert acts(database)[2:] == [
            ("Sam Okafor", "enrolling_undone", "path", "Metal", "2 people"),
            ("Sam Okafor", "enrolling_undone", "course", "Welding", "1 person"),
            ("Sam Okafor", "enrolled", "path", "Metal", "2 people"),
            ("Sam Okafor", "enrolled", "course", "Welding", "1 person"),
        ]

    def test_for_one_person_the_access_log_has_their_name(
        self, database: Database, sam: Actor
    ) -> None:
        courses = [make_course(database, "Welding"), make_course(database, "Riveting")]
        ada = make_learner(database, "Ada")
        batch, ids = self.enroll(database, sam, [ada], courses)
        undo_batch(database, sam, batch)
        undone = read_enrollment(database, sam, ids[ada, courses[0]]).history[0]
        redone = undo_change(database, sam, ids[ada, courses[0]], undone.seq).history[0]
        assert redone.reason == "Redid enrolling"
        again = undo_change(database, sam, ids[ada, courses[0]], redone.seq).history[0]
        assert again.reason == "Undid enrolling"
        assert acts(database)[2:] == [
            ("Sam Okafor", "enrolling_undone", "user", "Ada", "Riveting, Welding"),
            ("Sam Okafor", "enrolled", "user", "Ada", "Welding"),
            ("Sam Okafor", "enrolling_undone", "user", "Ada", "Welding"),
        ]

    def test_a_refused_undo_is_not_in_the_access_log(self, database: Database, sam: Actor) -> None:
        course, ada = make_course(database), make_learner(database)
        batch, ids = self.enroll(database, sam, [ada], [course])
        before = acts(database)
        save(database, sam, ids[ada, course], deadline="2099-01-01")
        assert undo_batch(database, sam, batch).undone == 0
        assert acts(database) == before

    def test_an_instructor_cannot_undo_it(self, database: Database, sam: Actor) -> None:
        course = make_course(database)
        batch, _ids = self.enroll(database, sam, [make_learner(database)], [course])
        teacher = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
        refused(database, lambda: undo_batch(database, teacher, batch), NotAllowed)

    def test_of_many_takes_a_limited_number_of_statements(
        self, database: Database, sam: Actor
    ) -> None:
        course = make_course(database)
        people = [make_learner(database) for _ in range(300)]
        batch, _ids = self.enroll(database, sam, people, [course])
        statements: list[str] = []
        event.listen(
            database.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
        )
        assert undo_batch(database, sam, batch).undone == 300
        # Rows that are added are numbered one by one on SQLite.
        assert len([one for one in statements if not one.startswith("INSERT")]) < 20

    def test_undo_does_not_change_other_batches(self, database: Database, sam: Actor) -> None:
        course, ada, bo = make_course(database), make_learner(database), make_learner(database)
        batch, _ids = self.enroll(database, sam, [ada], [course])
        _other, ids = self.enroll(database, sam, [bo], [course])
        undo_batch(database, sam, batch)
        assert read_enrollment(database, sam, ids[ada, course]).facts.status == 2
        assert read_enrollment(database, sam, ids[bo, course]).facts.status == 0
