"""Test raw events about one's own enrollment: each is refused with a message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.enrollment.messages import OWN_ELSEWHERE
from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared.calendar import day_to_date, now_ms
from enrollment_portal.domain.shared.errors import OwnEnrollment
from enrollment_portal.services import runtime
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.settings import settings
from enrollment_portal.state.catalog.course_page import CoursePage
from enrollment_portal.state.catalog.courses import Lessons
from enrollment_portal.state.catalog.paths import PathPage
from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.enrolling.retaking import Retaking
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.enrollment.history import History
from enrollment_portal.state.enrollment.reopening import Reopening
from enrollment_portal.state.enrollment.saving import Saving
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.grading_views import GRID_PATH
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.history.undoing import Undoing
from enrollment_portal.state.people.group_changes import GroupChanges
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.people_search import EnrollPeople, LearnablePicker
from enrollment_portal.state.people.user_page import EnrollUser, UserPage
from enrollment_portal.state.requests.decisions import RequestDecision
from enrollment_portal.state.shared.views import (
    COURSES_PATH,
    ENROLL_PATH,
    GROUPS_PATH,
    LEDGER_PATH,
    PATHS_PATH,
    USERS_PATH,
)
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
    make_session,
)
from tests.security.pipeline import as_json, event_name, pipeline

SENTENCE = OwnEnrollment.message

TODAY = now_ms() // DAY
LATER, EARLIER = (day_to_date(TODAY + n).isoformat() for n in (300, -3))

Call = Callable[..., Awaitable[dict[str, Any]]]


class Staff:
    """Ingrid, who teaches or manages a course and is enrolled in it, beside Bea."""

    def __init__(self, database: Database, role: Role) -> None:
        self.database = database
        make_organization(database)
        self.course = make_course(database, "Knots", requires_grade=1, n_lessons=2)
        self.lessons = make_lessons(database, self.course, 2)
        self.me, self.bea = make_learner(database, "Ingrid Berg"), make_learner(database, "Bea")
        account = make_account(
            database,
            role,
            name="Ingrid Berg",
            learner_id=self.me,
            sections=Section.all() if role is Role.ADMIN else Section(0),
            teaches=(self.course,) if role is Role.INSTRUCTOR else (),
        )
        self.session = make_session(database, account)
        self.id = make_enrollment(
            database, self.me, self.course, lessons_done=2, progress=100, deadline_day=TODAY + 20
        )
        self.other = make_enrollment(database, self.bea, self.course)
        maya = make_session(database, make_account(database, name="Maya Lindqvist"))
        self.maya = who_is(database, maya)
        self.seq = self.save(self.id, 1, feedback="Nearly there.")
        self.path = f"{LEDGER_PATH}/{self.id}/manage"
        self.grid = f"{GRID_PATH}/{self.course}"

    def save(self, enrollment: int, version: int, **typed: str) -> int:
        """Save fields of an enrollment as Maya, a Super Admin; return the change."""
        assert self.maya
        saved = save_enrollment(self.database, self.maya, enrollment, version=version, typed=typed)
        assert saved.made
        return saved.made

    def ask(self, enrollment: int) -> int:
        """Write an extension request of an enrollment's learner."""
        with self.database.write() as session:
            session.execute(
                text(
                    "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state,"
                    " asked_at, decided_by, answer, is_seen)"
                    " VALUES (:id, :day, 'Ill', 'open', 1, '', '', 0)"
                ),
                {"id": enrollment, "day": TODAY + 30},
            )
            return session.execute(text("SELECT max(id) FROM extension_request")).scalar_one()

    def held(self, learner: int) -> list[tuple[Any, ...]]:
        """Return somebody's enrollments."""
        sql = (
            "SELECT course_id, status, grade, deadline_day FROM enrollment"
            " WHERE learner_id = :learner ORDER BY id"
        )
        with self.database.read() as session:
            return [tuple(row) for row in session.execute(text(sql), {"learner": learner})]

    def dump(self) -> list[tuple[Any, ...]]:
        """Return everything that these events could change."""
        tables = (
            *("enrollment", "enrollment_event", "extension_request", "group_member"),
            *("course", "lesson", "path_step", "admin_event"),
        )
        with self.database.read() as session:
            return [
                tuple(row)
                for table in tables
                for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))
            ]

    def send(self, work: Callable[[Call], Awaitable[None]]) -> None:
        """Send events as Ingrid.

        Args:
            work: sends them by what it gets: a state, a handler, the page, and what goes with it.
                Each returns what the page has been told of that state so far.
        """

        async def act() -> None:
            async with pipeline() as running:
                client = running.client("t1", self.session)
                await client.open()
                told: dict[str, dict[str, Any]] = {}

                async def call(
                    shown: type, state: type, handler: str, path: str, **payload: Any
                ) -> dict[str, Any]:
                    updates = await client.call(event_name(state, handler), path, **payload)
                    for update in as_json(updates):
                        for name, values in (update["delta"] or {}).items():
                            known = told.setdefault(name, {})
                            known.update(
                                {key.removesuffix("_rx_state_"): v for key, v in values.items()}
                            )
                    return told.setdefault(shown.get_full_name(), {})  # type: ignore[attr-defined]

                await work(call)

        asyncio.run(act())

    def refuses(self, work: Callable[[Call], Awaitable[None]]) -> None:
        """Send events as Ingrid, none of which may change anything."""
        before = self.dump()
        self.send(work)
        assert self.dump() == before


@pytest.fixture
def make_staff(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Role], Staff]]:
    """Return a function that fills the running app's database."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    database = runtime.database()
    yield lambda role: Staff(database, role)
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


MakeStaff = Callable[[Role], Staff]
STAFF = pytest.mark.parametrize("role", [Role.ADMIN, Role.INSTRUCTOR])
ALL = pytest.mark.parametrize(
    ("role", "why"),
    [
        (Role.ADMIN, SENTENCE),
        (Role.INSTRUCTOR, SENTENCE),
        (Role.SUPER_ADMIN, OWN_ELSEWHERE),
    ],
)
"""Without a reason field a Super Admin is refused too, with a message that says where to do it."""


class TestManage:
    @STAFF
    @pytest.mark.parametrize(
        "typed",
        [
            {"grade": "A"},
            {"status": "completed", "completed_on": EARLIER},
            {"deadline": LATER},
            {"feedback": "Well done.", "note": "Brilliant."},
            {"moves_courses": "on", "deadline": LATER},
            {},
        ],
    )
    def test_saving_is_refused(
        self, make_staff: MakeStaff, role: Role, typed: dict[str, str]
    ) -> None:
        staff = make_staff(role)

        async def work(call: Call) -> None:
            form = await call(ManageForm, Details, "load", staff.path)
            sent = {**form["form"], **typed, "reason": "I may", "filled": form["form_key"]}
            shown = await call(Details, Saving, "save", staff.path, form=sent)
            assert (shown["refusal"], shown["message"]) == (SENTENCE, "")

        staff.refuses(work)

    @ALL
    def test_undoing_and_restoring_are_refused(
        self, make_staff: MakeStaff, role: Role, why: str
    ) -> None:
        staff = make_staff(role)
        redone = staff.save(staff.id, 2, feedback="Again.")

        async def work(call: Call) -> None:
            await call(Details, Details, "load", staff.path)
            for n, seq in enumerate((staff.seq, redone)):
                shown = await call(History, Undoing, "undo", staff.path, seq=seq, key=f"k{n}")
                assert (shown["refused_seq"], shown["refused_why"]) == (seq, why)
            for field, which in (("feedback", "before"), ("feedback", "after"), ("grade", "after")):
                payload = {"seq": staff.seq, "field": field, "which": which, "version": 3}
                shown = await call(
                    History, Undoing, "restore", staff.path, **payload, key=f"{field}{which}"
                )
                assert (shown["refused_seq"], shown["refused_why"]) == (staff.seq, why)

        staff.refuses(work)

    def test_reverting_is_refused(self, make_staff: MakeStaff) -> None:
        staff = make_staff(Role.ADMIN)
        staff.save(staff.id, 2, status="cancelled")

        async def work(call: Call) -> None:
            await call(Details, Details, "load", staff.path)
            shown = await call(Details, Saving, "revert", staff.path)
            assert shown["refusal"] == SENTENCE

        staff.refuses(work)

    @pytest.mark.parametrize("handler", ["reopen", "start_new"])
    def test_reopening_and_retaking_are_refused(self, make_staff: MakeStaff, handler: str) -> None:
        staff = make_staff(Role.ADMIN)
        staff.save(staff.id, 2, status="completed")

        async def work(call: Call) -> None:
            form = await call(ManageForm, Details, "load", staff.path)
            sent = {**form["form"], "status": "active", "filled": form["form_key"]}
            shown = await call(Details, Saving, "save", staff.path, form=sent)
            assert shown["refusal"] == SENTENCE
            asked = await call(Reopening, Retaking, handler, staff.path)
            assert asked["is_open"] is False
            assert shown["refusal"] == SENTENCE

        staff.refuses(work)

    @pytest.mark.parametrize("handler", ["grant_extension", "decline_extension"])
    def test_deciding_their_own_request_is_refused(
        self, make_staff: MakeStaff, handler: str
    ) -> None:
        staff = make_staff(Role.ADMIN)
        staff.ask(staff.id)
        form = {"day": LATER, "answer": "Because", "moves_courses": "on"}

        async def work(call: Call) -> None:
            await call(Details, Details, "load", staff.path)
            shown = await call(Details, RequestDecision, handler, staff.path, form=form)
            assert shown["refusal"] == SENTENCE

        staff.refuses(work)


class TestGrid:
    @ALL
    def test_a_cell_is_neither_saved_nor_undone(
        self, make_staff: MakeStaff, role: Role, why: str
    ) -> None:
        staff = make_staff(role)

        async def work(call: Call) -> None:
            await call(Grading, Grading, "load", staff.grid)
            cell = {"enrollment": staff.id, "version": 2, "ticket": 1, "save_key": "k"}
            for field, typed in (("grade", "A"), ("feedback", "Well done."), ("note", "x")):
                shown = await call(
                    Grading, Grading, "save_cell", staff.grid, **cell, field=field, typed=typed
                )
                told = shown["cells"][f"{staff.id}.{field}"]
                assert (told["outcome"], told["message"]) == ("refused", why)
            undo = {"enrollment": staff.id, "field": "grade", "ticket": 2, "save_key": "k"}
            shown = await call(Grading, Grading, "undo_cell", staff.grid, **undo)
            told = shown["cells"][f"{staff.id}.grade"]
            assert (told["outcome"], told["message"]) == ("not_undone", "Nothing to undo.")

        staff.refuses(work)

    @ALL
    def test_pasting_grades_only_others(self, make_staff: MakeStaff, role: Role, why: str) -> None:
        staff = make_staff(role)
        before = staff.held(staff.me)

        async def work(call: Call) -> None:
            shown = await call(Grading, Grading, "load", staff.grid)
            first = shown["rows"][0]["id"]
            paste = {"enrollment": first, "field": "grade", "clipboard": "A\nA"}
            shown = await call(Pasting, Pasting, "paste", staff.grid, **paste)
            rows = {row["name"]: row["refusal"] for row in shown["rows"]}
            assert rows == {"Ingrid Berg": why, "Bea": ""}
            await call(Pasting, Pasting, "choose", staff.grid, enrollment=staff.id)
            shown = await call(Pasting, Pasting, "apply", staff.grid)
            assert shown["done"] == "1 learner graded."

        staff.send(work)
        assert staff.held(staff.me) == before
        assert [grade for _course, _status, grade, _day in staff.held(staff.bea)] == ["A"]

    def test_pasting_only_their_own_grade_writes_nothing(self, make_staff: MakeStaff) -> None:
        staff = make_staff(Role.INSTRUCTOR)

        async def work(call: Call) -> None:
            await call(Grading, Grading, "load", staff.grid)
            paste = {"enrollment": staff.id, "field": "grade", "clipboard": "A\t"}
            shown = await call(Pasting, Pasting, "paste", staff.grid, **paste)
            assert shown["rows"][0]["refusal"] == SENTENCE
            shown = await call(Pasting, Pasting, "apply", staff.grid)
            assert (shown["can_confirm"], shown["confirm"]) == (False, "Nothing to grade")

        staff.refuses(work)


class TestEnrolling:
    """Staff who enroll themselves may do only what a learner may."""

    CHOSEN = (
        ("deadline", LATER, "This would set your own deadline. Clear it, or"),
        (
            "completed",
            EARLIER,
            "This would complete your own enrollment. Somebody else has to do it.",
        ),
        ("again", True, "You have already completed it. Somebody else has to enroll you again."),
    )

    @pytest.mark.parametrize(("chosen", "value", "why"), CHOSEN)
    def test_on_the_enroll_page_it_is_refused(
        self, make_staff: MakeStaff, chosen: str, value: Any, why: str
    ) -> None:
        staff = make_staff(Role.ADMIN)
        course = self.splices(staff, is_completed=chosen == "again")

        async def work(call: Call) -> None:
            await self.choose(call, course)
            if chosen == "deadline":
                await call(Enroll, Enroll, "choose_deadline", ENROLL_PATH, typed=value)
            elif chosen == "completed":
                for name, typed in (("completed", value), ("grade", "A")):
                    payload = {"name": name, "typed": typed}
                    await call(Enroll, Enroll, "choose_completion", ENROLL_PATH, **payload)
            else:
                await call(Enroll, Enroll, "choose_again", ENROLL_PATH, again=True)
            shown = await call(Enroll, Enroll, "show", ENROLL_PATH)
            assert why in str(shown)
            await call(Enroll, Enroll, "enroll", ENROLL_PATH)

        staff.refuses(work)

    @pytest.mark.parametrize(("chosen", "value", "why"), CHOSEN)
    def test_on_their_own_user_page_it_is_refused(
        self, make_staff: MakeStaff, chosen: str, value: Any, why: str
    ) -> None:
        staff = make_staff(Role.ADMIN)
        course = self.splices(staff, is_completed=chosen == "again")
        path = f"{USERS_PATH}/{staff.me}"

        async def work(call: Call) -> None:
            await call(UserPage, UserPage, "load", path)
            await call(EnrollUser, EnrollUser, "open_form", path, is_open=True)
            await call(LearnablePicker, LearnablePicker, "search", path, typed="Spl")
            await call(EnrollUser, EnrollUser, "choose", path, course=course)
            if chosen == "deadline":
                shown = await call(EnrollUser, EnrollUser, "change_deadline", path, typed=value)
            elif chosen == "completed":
                payload = {"name": "completed", "typed": value}
                shown = await call(EnrollUser, EnrollUser, "change_completion", path, **payload)
            else:
                shown = await call(EnrollUser, EnrollUser, "choose_again", path, again=True)
            assert why in str(shown["decisions"])
            assert shown["can_enroll"] is False
            shown = await call(EnrollUser, EnrollUser, "enroll", path)
            assert shown["message"] == "Enrolled in 0 courses or learning paths."

        staff.refuses(work)

    def test_an_undone_batch_is_not_redone(self, make_staff: MakeStaff) -> None:
        staff = make_staff(Role.ADMIN)
        course = self.splices(staff)
        shown: list[dict[str, Any]] = []

        async def work(call: Call) -> None:
            await self.choose(call, course)
            await call(Enroll, Enroll, "show", ENROLL_PATH)
            await call(Enroll, Enroll, "enroll", ENROLL_PATH)
            told = await call(Enroll, Enroll, "undo", ENROLL_PATH)
            assert (told["message"], told["offer_label"]) == ("Undone for 1 enrollment.", "Redo")
            shown.append({"dump": staff.dump()})
            told = await call(Enroll, Enroll, "undo", ENROLL_PATH)
            assert (told["message"], told["refusal"]) == ("", SENTENCE)

        staff.send(work)
        assert staff.dump() == shown[0]["dump"]
        assert [row[:2] for row in staff.held(staff.me)][-1] == (course, 2)

    @pytest.mark.parametrize("is_pasted", [False, True])
    def test_a_group_enrolls_them_with_the_rules_for_learners(
        self, make_staff: MakeStaff, is_pasted: bool
    ) -> None:
        staff = make_staff(Role.ADMIN)
        course = self.splices(staff)
        done = make_course(staff.database, "Done", n_lessons=1)
        make_enrollment(
            staff.database, staff.me, done, status=1, completed_at=1_750_000_000_000, progress=100
        )
        path = f"{GROUPS_PATH}/{make_group(staff.database, 'Sailors', courses=(course, done))}"
        with staff.database.write() as session:
            mail = {"mail": "ingrid@x.example", "id": staff.me}
            session.execute(text("UPDATE learner SET email = :mail WHERE id = :id"), mail)

        async def work(call: Call) -> None:
            await call(GroupPage, GroupPage, "load", path)
            if is_pasted:
                await call(GroupPage, GroupPage, "open_paste", path, is_open=True)
                form = {"emails": "ingrid@x.example"}
                shown = await call(GroupPage, GroupPage, "paste", path, form=form)
            else:
                shown = await call(GroupPage, GroupChanges, "add_person", path, person=staff.me)
            assert shown["message"] == "1 person joined the group. 1 enrollment created."
            await call(GroupPage, GroupPage, "undo", path)
            shown = await call(GroupPage, GroupPage, "undo", path)
            assert (shown["message"], shown["refusal"]) == ("", SENTENCE)

        staff.send(work)
        ((status, grade, day),) = [row[1:] for row in staff.held(staff.me) if row[0] == course]
        assert (status, grade) == (2, None)
        assert TODAY + 29 <= day <= TODAY + 31
        assert len([row for row in staff.held(staff.me) if row[0] == done]) == 1

    @staticmethod
    def splices(staff: Staff, *, is_completed: bool = False) -> int:
        """Return another course with 30 days, that Ingrid may have completed."""
        course = make_course(staff.database, "Splices", n_lessons=3, deadline_days=30)
        if is_completed:
            moment = 1_750_000_000_000
            make_enrollment(
                staff.database, staff.me, course, status=1, completed_at=moment, progress=100
            )
        return course

    @staticmethod
    async def choose(call: Call, course: int) -> None:
        """Choose Ingrid and a course on the page that enrolls."""
        await call(Enroll, Enroll, "load", ENROLL_PATH)
        found = await call(EnrollPeople, EnrollPeople, "search", ENROLL_PATH, typed="Ingrid")
        person = found["found"][0]["id"]
        await call(Enroll, Enroll, "add", ENROLL_PATH, kind="people", chosen_id=person)
        await call(LearnablePicker, LearnablePicker, "search", ENROLL_PATH, typed="Spl")
        await call(Enroll, Enroll, "add", ENROLL_PATH, kind="courses", chosen_id=course)


class TestCoursesAndPaths:
    """No change of a course or path completes its author's enrollment."""

    COMPLETES = "This would complete your own enrollment. Ask somebody else to do it."

    def test_a_grade_that_is_no_longer_required(self, make_staff: MakeStaff) -> None:
        staff = make_staff(Role.ADMIN)
        path = f"{COURSES_PATH}/{staff.course}"

        async def work(call: Call) -> None:
            shown = await call(CoursePage, CoursePage, "load", path)
            form = {**shown["form"], "requires_grade": "", "base_version": shown["base_version"]}
            shown = await call(CoursePage, CoursePage, "save", path, form=form)
            assert shown["refusal"] == self.COMPLETES

        staff.refuses(work)

    def test_a_lesson_that_is_removed(self, make_staff: MakeStaff) -> None:
        staff = make_staff(Role.ADMIN)
        with staff.database.write() as session:
            session.execute(text("UPDATE course SET requires_grade = 0"))
            session.execute(text("UPDATE enrollment SET lessons_done = 1, progress = 50"))
        path = f"{COURSES_PATH}/{staff.course}/lessons"

        async def work(call: Call) -> None:
            await call(Lessons, Lessons, "load", path)
            await call(Lessons, Lessons, "ask_to_remove", path, lesson_id=staff.lessons[1])
            shown = await call(Lessons, Lessons, "remove", path)
            assert self.COMPLETES in str(shown)

        staff.refuses(work)

    def test_a_course_that_leaves_a_path(self, make_staff: MakeStaff) -> None:
        staff = make_staff(Role.ADMIN)
        staff.save(staff.id, 2, status="completed")
        open_course = make_course(staff.database, "Splices", n_lessons=1)
        of_path = make_path(staff.database, "Ropes", (staff.course, open_course))
        make_enrollment(staff.database, staff.me, of_path, progress=66, lessons_done=2)
        path = f"{PATHS_PATH}/{of_path}"

        async def work(call: Call) -> None:
            await call(PathPage, PathPage, "load", path)
            await call(PathPage, PathPage, "ask_to_remove", path, course_id=open_course)
            shown = await call(PathPage, PathPage, "remove", path)
            assert self.COMPLETES in str(shown)

        staff.refuses(work)
