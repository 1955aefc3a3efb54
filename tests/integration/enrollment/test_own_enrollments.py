"""Test that only a Super Admin, with a reason, may change their own enrollment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enrollment_portal.domain.access.permissions import editable_fields
from enrollment_portal.domain.enrolling.completed_elsewhere import TypedCompletion
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.calendar import day_to_date, now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, OwnEnrollment
from enrollment_portal.services.catalog import courses
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.enrolling.retaking import create_retake
from enrollment_portal.services.enrollment.enrollment_details import own_refusal
from enrollment_portal.services.enrollment.enrollments import (
    read_enrollment,
    revert_to_tracked,
    save_enrollment,
)
from enrollment_portal.services.grading.grading import Outcome, RowEdit, grade_cell, grade_many
from enrollment_portal.services.grading.pasting import preview_paste
from enrollment_portal.services.history.undoing import restore_value, undo_change
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.learning.learning import start_course
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.services.people.users import enroll_user
from enrollment_portal.services.requests.extension_decisions import decide_extension
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration import current
from tests.integration.actors import make_admin
from tests.integration.stored import execute, rows

_COMPLETED = "SELECT id FROM enrollment WHERE status = 1"
SENTENCE = "This is your own enrollment. Somebody else has to change it."


class Own:
    """Somebody of the staff, enrolled in a course that they may grade, beside somebody else."""

    def __init__(self, database: Database, role: Role) -> None:
        make_organization(database)
        self.course = make_course(database, "Knots")
        learner = make_learner(database, "Ingrid Berg")
        sections = Section.LEARNING if role is Role.ADMIN else Section(0)
        account = make_account(
            database,
            role,
            name="Ingrid Berg",
            learner_id=learner,
            sections=sections,
            teaches=(self.course,) if role is Role.INSTRUCTOR else (),
        )
        self.actor = Actor(account, "Ingrid Berg", "", role, sections, learner_id=learner)
        self.id = make_enrollment(database, learner, self.course, deadline_day=NOW // DAY + 20)
        self.other = make_enrollment(database, None, self.course)


def stored(database: Database, enrollment: int) -> tuple[Any, ...]:
    sql = "SELECT status, grade, deadline_day, version FROM enrollment"
    return rows(database, f"{sql} WHERE id = {enrollment}")[0]


def ask(database: Database, enrollment: int, day: int) -> int:
    execute(
        database,
        "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state, asked_at,"
        f" decided_by, answer, is_seen) VALUES ({enrollment}, {day}, 'Ill', 'open', 1, '', '', 0)",
    )
    return rows(database, "SELECT max(id) FROM extension_request")[0][0]


STAFF = pytest.mark.parametrize("role", [Role.ADMIN, Role.INSTRUCTOR])


@pytest.mark.parametrize("role", list(Role))
def test_only_a_super_admin_may_set_fields_of_their_own(role: Role) -> None:
    actor = Actor(1, "", "", role, Section.all(), learner_id=7)
    expected = frozenset(Field) if role is Role.SUPER_ADMIN else frozenset()
    assert editable_fields(actor, 7) == expected
    assert editable_fields(actor, 8) == editable_fields(actor)
    without = Actor(1, "", "", role, Section.all())
    assert editable_fields(without, 7) == editable_fields(without)


class TestStaff:
    @STAFF
    def test_their_own_is_read_only(self, database: Database, role: Role) -> None:
        own = Own(database, role)
        details = read_enrollment(database, own.actor, own.id)
        assert (details.is_own, details.editable) == (True, frozenset())
        other = read_enrollment(database, own.actor, own.other)
        assert not other.is_own
        # The message of the grading grid for each row.
        assert own_refusal(own.actor, details.facts.learner_id) == SENTENCE
        assert own_refusal(own.actor, other.facts.learner_id) == ""
        assert Field.GRADE in other.editable

    @STAFF
    def test_no_service_changes_it(self, database: Database, role: Role) -> None:
        own = Own(database, role)
        other_admin = make_admin(database)
        save_enrollment(database, other_admin, own.id, version=1, typed={"grade": "B"})
        ((seq,),) = rows(database, "SELECT max(seq) FROM enrollment_event")
        before = stored(database, own.id)
        for typed in ({"grade": "A"}, {"status": "completed"}, {"deadline": "2030-01-01"}, {}):
            with pytest.raises(OwnEnrollment, match=SENTENCE):
                save_enrollment(database, own.actor, own.id, version=2, typed=typed, reason="I may")
        with pytest.raises(OwnEnrollment):
            revert_to_tracked(database, own.actor, own.id, version=2)
        with pytest.raises(OwnEnrollment):
            undo_change(database, own.actor, own.id, seq)
        with pytest.raises(OwnEnrollment):
            restore_value(database, own.actor, own.id, seq, "grade", version=2)
        cell = grade_cell(database, own.actor, own.id, "grade", "A", 2)
        assert (cell.outcome, cell.message) == (Outcome.REFUSED, SENTENCE)
        changes = [RowEdit(id_, v, {"grade": "A"}) for id_, v in ((own.other, 1), (own.id, 2))]
        with pytest.raises(Invalid) as refused:
            grade_many(database, own.actor, own.course, changes)
        assert refused.value.errors == {str(own.id): SENTENCE}
        pasted = preview_paste(
            database, own.actor, own.course, [own.id, own.other], "grade", "A\nB"
        )
        assert [row.refusal for row in pasted] == [SENTENCE, ""]
        assert pasted[0].change is None
        assert stored(database, own.id) == before
        assert stored(database, own.other)[1] is None

    def test_an_admin_does_not_decide_their_own_request(self, database: Database) -> None:
        own = Own(database, Role.ADMIN)
        request = ask(database, own.id, NOW // DAY + 30)
        assert read_enrollment(database, own.actor, own.id).request is None
        for grant in (True, False):
            with pytest.raises(NotAllowed, match=SENTENCE):
                decide_extension(database, own.actor, request, grant, "Because")
        assert rows(database, "SELECT state FROM extension_request") == [("open",)]


class TestSuperAdmin:
    def test_gives_a_reason_and_history_marks_it(self, database: Database) -> None:
        own = Own(database, Role.SUPER_ADMIN)
        assert read_enrollment(database, own.actor, own.id).is_own
        with pytest.raises(Invalid) as refused:
            save_enrollment(
                database, own.actor, own.id, version=1, typed={"status": "completed"}, reason=" "
            )
        assert refused.value.errors == {"reason": "This is your own enrollment. Enter a reason."}
        details = save_enrollment(
            database,
            own.actor,
            own.id,
            version=1,
            typed={"status": "completed"},
            reason="Passed the exam in Oslo",
        )
        assert details.history[0].reason == "Own enrollment: Passed the exam in Oslo"
        with pytest.raises(Invalid):
            revert_to_tracked(database, own.actor, own.id, version=2)
        details = revert_to_tracked(database, own.actor, own.id, version=2, reason="A mistake")
        assert details.history[0].reason == "Own enrollment: A mistake"
        other = save_enrollment(database, own.actor, own.other, version=1, typed={"grade": "A"})
        assert other.history[0].reason == ""

    def test_actions_without_a_reason_change_nothing(self, database: Database) -> None:
        own = Own(database, Role.SUPER_ADMIN)
        typed, why = {"grade": "B"}, "Graded by the board"
        details = save_enrollment(database, own.actor, own.id, version=1, typed=typed, reason=why)
        before = stored(database, own.id)
        seq = details.history[0].seq
        with pytest.raises(OwnEnrollment, match="with a reason"):
            undo_change(database, own.actor, own.id, seq)
        with pytest.raises(OwnEnrollment, match="with a reason"):
            restore_value(database, own.actor, own.id, seq, "grade", version=2)
        cell = grade_cell(database, own.actor, own.id, "grade", "A", 2)
        assert cell.outcome is Outcome.REFUSED
        assert cell.message.endswith("with a reason.")
        with pytest.raises(Invalid) as refused:
            grade_many(database, own.actor, own.course, [RowEdit(own.id, 2, {"grade": "A"})])
        assert list(refused.value.errors) == [str(own.id)]
        assert stored(database, own.id) == before

    def test_grants_their_own_request_with_a_reason(self, database: Database) -> None:
        own = Own(database, Role.SUPER_ADMIN)
        day = NOW // DAY + 30
        request = ask(database, own.id, day)
        with pytest.raises(Invalid) as refused:
            decide_extension(database, own.actor, request, True, "", day="2030-01-01")
        assert list(refused.value.errors) == ["answer"]
        decide_extension(database, own.actor, request, True, "Leave", day="2030-01-01")
        history = read_enrollment(database, own.actor, own.id).history
        assert history[0].reason == "Own enrollment: Leave"


ADMINS = pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPER_ADMIN])
TODAY = now_ms() // DAY
COMPLETED = TypedCompletion(day_to_date(TODAY - 3).isoformat(), "A")
LATER = day_to_date(TODAY + 300).isoformat()


class Enrolling(Own):
    """An admin who enrolls themselves, beside somebody else, in a course with 30 days."""

    def __init__(self, database: Database, role: Role, *, retaken: int = 0) -> None:
        super().__init__(database, role)
        self.database, self.me = database, self.actor.learner_id or 0
        self.bea = make_learner(database, "Bea")
        self.splices = make_course(
            database, "Splices", n_lessons=3, deadline_days=30, may_be_retaken=retaken
        )

    def complete(self, learner: int) -> int:
        return make_enrollment(
            self.database, learner, self.splices, status=1, completed_at=NOW, progress=100
        )

    def through(self, service: str, **chosen: Any) -> dict[int, str]:
        """Return the outcome of each person, by learner, of one service or the other."""
        if service == "many":
            wanted = Chosen([self.me, self.bea], (), [self.splices], **chosen)
            shown = enroll_many.preview(self.database, self.actor, wanted)
            made = enroll_many.enroll(self.database, self.actor, wanted, shown.fingerprint)
            assert made.plan == shown.plan
            return {d.person.id: d.outcome.value for d in made.plan.decisions}
        deadline = chosen.pop("typed_deadline", "")
        return {
            person: enroll_user(
                self.database, self.actor, person, [self.splices], deadline, **chosen
            )[0].outcome.value
            for person in (self.me, self.bea)
        }

    def held(self, learner: int) -> list[tuple[Any, ...]]:
        return rows(
            self.database,
            "SELECT status, grade, deadline_day FROM enrollment"
            f" WHERE learner_id = {learner} AND course_id = {self.splices} ORDER BY id",
        )


DOORS = pytest.mark.parametrize("service", ["many", "one"])


@ADMINS
@DOORS
class TestEnrollingThemselves:
    @pytest.mark.parametrize("chosen", [{"completed": COMPLETED}, {"typed_deadline": LATER}])
    def test_not_as_completed_and_not_with_a_deadline(
        self, database: Database, service: str, role: Role, chosen: dict[str, Any]
    ) -> None:
        own = Enrolling(database, role)
        assert own.through(service, **chosen) == {own.me: "refused", own.bea: "enrolled"}
        assert own.held(own.me) == []
        assert len(own.held(own.bea)) == 1

    def test_is_allowed_as_for_a_learner(
        self, database: Database, service: str, role: Role
    ) -> None:
        own = Enrolling(database, role)
        assert own.through(service) == {own.me: "enrolled", own.bea: "enrolled"}
        ((status, grade, deadline),) = own.held(own.me)
        assert (status, grade) == (0, None)
        assert TODAY + 29 <= deadline <= TODAY + 31

    def test_retakes_only_if_the_course_allows_them(
        self, database: Database, service: str, role: Role
    ) -> None:
        own = Enrolling(database, role)
        own.complete(own.me)
        own.complete(own.bea)
        assert own.through(service, again=True) == {own.me: "refused", own.bea: "enrolled"}
        execute(database, f"UPDATE course SET may_be_retaken = 1 WHERE id = {own.splices}")
        again = own.through(service, again=True, typed_deadline=LATER)
        assert again == {own.me: "refused", own.bea: "already"}
        assert own.through(service, again=True)[own.me] == "enrolled"
        assert [status for status, _grade, _deadline in own.held(own.me)] == [1, 0]


class TestRetake:
    def test_an_admin_starts_their_own_retake_only_as_a_learner(self, database: Database) -> None:
        own = Enrolling(database, Role.ADMIN)
        first = own.complete(own.me)
        with pytest.raises(OwnEnrollment, match=SENTENCE):
            create_retake(database, own.actor, first, "I want to")
        assert len(own.held(own.me)) == 1
        execute(database, f"UPDATE course SET may_be_retaken = 1 WHERE id = {own.splices}")
        with pytest.raises(OwnEnrollment, match=SENTENCE):
            create_retake(database, own.actor, first, "I want to")
        assert start_course(database, own.actor, own.splices)

    def test_a_super_admin_gives_a_reason_and_history_marks_it(self, database: Database) -> None:
        own = Enrolling(database, Role.SUPER_ADMIN)
        first = own.complete(own.me)
        with pytest.raises(Invalid) as refused:
            create_retake(database, own.actor, first, " ")
        assert list(refused.value.errors) == ["reason"]
        second = create_retake(database, own.actor, first, "The certificate is over")
        details = read_enrollment(database, own.actor, second)
        assert details.history[0].reason == "Own enrollment: The certificate is over"


@ADMINS
def test_undoing_a_batch_does_not_restore_their_own(database: Database, role: Role) -> None:
    own = Enrolling(database, role)
    wanted = Chosen([own.me], (), [own.splices])
    shown = enroll_many.preview(database, own.actor, wanted)
    made = enroll_many.enroll(database, own.actor, wanted, shown.fingerprint)
    undone = undo_batch(database, own.actor, made.batch)
    assert [status for status, _grade, _deadline in own.held(own.me)] == [2]
    with pytest.raises(OwnEnrollment):
        undo_batch(database, own.actor, undone.batch)
    assert [status for status, _grade, _deadline in own.held(own.me)] == [2]


class OwnLearning(Own):
    """Somebody of the staff in a course of two lessons, and maybe in a path that holds it."""

    def __init__(self, database: Database, role: Role) -> None:
        super().__init__(database, role)
        self.database, self.admin = database, make_admin(database)
        self.lessons = make_lessons(database, self.course, 2)
        execute(database, f"UPDATE course SET n_lessons = 2 WHERE id = {self.course}")
        self.path = self.open_course = 0
        self.change: Callable[[Actor], object] = lambda actor: None

    def be_in_path(self, state: str = "published") -> None:
        self.open_course = make_course(self.database, "Splices", n_lessons=1, state=state)
        make_lessons(self.database, self.open_course, 1)
        steps = (self.course, self.open_course)
        self.path = make_path(self.database, "Ropes", steps, state="published")
        chosen = Chosen(people=[self.actor.learner_id], courses=[self.path])
        preview = enroll_many.preview(self.database, self.admin, chosen)
        enroll_many.enroll(self.database, self.admin, chosen, preview.fingerprint)
        published = f"UPDATE course SET state = 'published' WHERE id = {self.open_course}"
        execute(self.database, published)
        self.do_lessons()

    def do_lessons(self) -> None:
        for lesson in self.lessons:
            mark_done(self.database, self.actor, self.course, lesson)

    def everything(self) -> list[list[tuple[Any, ...]]]:
        """Return everything that a change of a course or path writes."""
        tables = ("course", "lesson", "path_step", "enrollment", "enrollment_event", "admin_event")
        return [rows(self.database, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


def _save(own: OwnLearning, typed: dict[str, str], actor: Actor | None = None) -> None:
    course = courses.read_course(own.database, own.admin, own.course).course
    typed = courses.typed_course(course) | typed
    courses.save_course(
        own.database, actor or own.admin, own.course, version=course.version, typed=typed
    )


def _lower_the_pass_mark(own: OwnLearning) -> None:
    _save(own, {"requires_grade": "on", "scheme": "percent", "pass_percent": "50"})
    own.do_lessons()
    save_enrollment(own.database, own.admin, own.id, version=3, typed={"grade": "30"})
    own.change = lambda actor: _save(own, {"pass_percent": "10"}, actor)


def _change_the_scheme(own: OwnLearning) -> None:
    _save(own, {"requires_grade": "on", "scheme": "points", "points": "100"})
    own.do_lessons()
    save_enrollment(own.database, own.admin, own.id, version=3, typed={"grade": "30"})
    own.change = lambda actor: _save(own, {"scheme": "percent", "pass_percent": "20"}, actor)


def _require_no_grade(own: OwnLearning) -> None:
    _save(own, {"requires_grade": "on"})
    own.do_lessons()
    own.change = lambda actor: _save(own, {"requires_grade": ""}, actor)


def _remove_the_last_open_lesson(own: OwnLearning) -> None:
    mark_done(own.database, own.actor, own.course, own.lessons[0])
    own.change = lambda actor: current.remove_lesson(
        own.database, actor, own.course, own.lessons[1]
    )


def _remove_the_last_open_course(own: OwnLearning) -> None:
    own.be_in_path()
    own.change = lambda actor: current.remove_step(own.database, actor, own.path, own.open_course)


def _archive_the_last_open_course(own: OwnLearning) -> None:
    # Published after they joined, it is not started; archived, it does not count.
    own.be_in_path("draft")
    own.change = lambda actor: current.set_course_state(
        own.database, actor, own.open_course, "archived"
    )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPER_ADMIN])
@pytest.mark.parametrize(
    "service",
    [
        _lower_the_pass_mark,
        _change_the_scheme,
        _require_no_grade,
        _remove_the_last_open_lesson,
        _remove_the_last_open_course,
        _archive_the_last_open_course,
    ],
)
def test_no_change_of_a_course_or_path_completes_their_own(
    database: Database, role: Role, service: Callable[[OwnLearning], None]
) -> None:
    own = OwnLearning(database, role)
    service(own)
    before, completed = own.everything(), rows(database, _COMPLETED)
    with pytest.raises(OwnEnrollment, match="Ask somebody else to do it"):
        own.change(own.actor)
    assert own.everything() == before
    # Somebody else may, and it is completed then.
    own.change(own.admin)
    assert len(rows(database, _COMPLETED)) > len(completed)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPER_ADMIN])
@pytest.mark.parametrize(
    ("grade", "eased"),
    [
        ("30", {"pass_percent": "30"}),
        ("30", {"scheme": "letters", "pass_percent": "10"}),
        ("30", {"requires_grade": ""}),
        ("", {"requires_grade": ""}),
    ],
)
def test_no_change_lets_them_complete_it_with_their_next_lesson(
    database: Database, role: Role, grade: str, eased: dict[str, str]
) -> None:
    own = OwnLearning(database, role)
    _save(own, {"requires_grade": "on", "scheme": "percent", "pass_percent": "50"})
    if grade:
        save_enrollment(database, own.admin, own.id, version=1, typed={"grade": grade})
    before = own.everything()
    with pytest.raises(OwnEnrollment, match="is waiting for a passing grade"):
        _save(own, eased, own.actor)
    assert own.everything() == before
    # What leaves the grade failing, or asks for more, is theirs to change.
    _save(own, {"title": "Bends", "pass_percent": "60"}, own.actor)
    _save(own, eased)
    own.do_lessons()
    assert stored(database, own.id)[0] == 1


def test_somebody_who_has_completed_it_may_make_it_easier(database: Database) -> None:
    own = OwnLearning(database, Role.ADMIN)
    own.do_lessons()
    _save(own, {"requires_grade": "on", "pass_percent": "80"}, own.actor)
    _save(own, {"requires_grade": ""}, own.actor)
    assert stored(database, own.id)[0] == 1


def test_a_change_that_completes_only_others_is_allowed(database: Database) -> None:
    own = OwnLearning(database, Role.ADMIN)
    _save(own, {"requires_grade": "on", "scheme": "percent", "pass_percent": "50"})
    for enrollment, grade in ((own.id, "5"), (own.other, "30")):
        save_enrollment(database, own.admin, enrollment, version=1, typed={"grade": grade})
    execute(database, f"UPDATE enrollment SET lessons_done = 2 WHERE id = {own.other}")
    _save(own, {"pass_percent": "10"}, own.actor)
    assert [stored(database, one)[0] for one in (own.id, own.other)] == [0, 1]
