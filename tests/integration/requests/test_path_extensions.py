"""Test granting a later deadline of a path, with and without those of its courses."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.paths.learning_paths import CoursesWouldMove
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import day_to_date
from enrollment_portal.domain.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from enrollment_portal.services.enrollment.enrollments import (
    read_enrollment,
    save_enrollment,
    save_with_courses,
)
from enrollment_portal.services.history.undoing import restore_value, undo_change
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.requests.extension_decisions import decide_extension
from enrollment_portal.services.requests.extensions import request_extension
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_enrollment, make_learner, make_path
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.office import Office, act, open_tab
from tests.integration.stored import history, rows
from tests.security.pipeline import Pipeline


class TestCoursesOfAPath:
    def deadlines(self, database: Database) -> list[int | None]:
        due = organization_of(database).today() + 10
        found = rows(database, "SELECT deadline_day FROM enrollment ORDER BY id")
        return [None if day is None else day - due for (day,) in found]

    def asked(self, database: Database, ada: Actor) -> tuple[int, int]:
        """Return a path's enrollment and a request for 30 more days.

        Its courses end 4 days before it, with it, 40 days after it, never, and before it in
        enrollments that are completed, cancelled, or of somebody else.
        """
        due = organization_of(database).today() + 10
        courses = tuple(make_course(database) for _ in range(6))
        path = make_path(database, "P", courses)
        enrollment = make_enrollment(database, ada.learner_id, path, deadline_day=due)
        for course, days, status in zip(
            courses, (-4, 0, 40, None, -4, -4), (0, 0, 0, 0, 1, 2), strict=True
        ):
            day = None if days is None else due + days
            make_enrollment(database, ada.learner_id, course, deadline_day=day, status=status)
        make_enrollment(database, make_learner(database), courses[0], deadline_day=due)
        make_enrollment(database, ada.learner_id, deadline_day=due)
        until = day_to_date(due + 30).isoformat()
        return enrollment, request_extension(database, ada, enrollment, until, "Leave")

    def test_move_by_as_many_days_and_are_undone_together(
        self, database: Database, ada: Actor
    ) -> None:
        dana = make_admin(database)
        enrollment, asked = self.asked(database, ada)
        before = self.deadlines(database)
        decided = decide_extension(database, dana, asked, True, moves_courses=True)
        assert decided.seq
        assert decided.n_moved == 2
        assert self.deadlines(database) == [30, 26, 30, 40, None, -4, -4, 0, 0]
        assert history(database, enrollment)[-1][4] == "Extension: Leave"
        ((batch, n),) = rows(
            database, "SELECT batch, count(*) FROM enrollment_event WHERE batch <> '' GROUP BY 1"
        )
        assert n == 3
        undo_batch(database, dana, batch)
        assert self.deadlines(database) == before
        assert rows(database, "SELECT state FROM extension_request") == [("open",)]

    def test_are_undone_and_redone_with_the_path_unless_changed_again(
        self, database: Database, ada: Actor
    ) -> None:
        dana = make_admin(database)
        enrollment, asked = self.asked(database, ada)
        before = self.deadlines(database)
        made = decide_extension(database, dana, asked, True, moves_courses=True).seq
        moved = self.deadlines(database)
        for expected in (before, moved, before):
            undone = undo_change(database, dana, enrollment, made)
            assert self.deadlines(database) == expected
            made = undone.history[0].seq
        undone = undo_change(database, dana, enrollment, made)
        course = enrollment + 1
        version = read_enrollment(database, dana, course).facts.version
        save_enrollment(database, dana, course, version=version, typed={"deadline": "2150-01-01"})
        changed = self.deadlines(database)
        undo_change(database, dana, enrollment, undone.history[0].seq)
        assert self.deadlines(database) == [0, changed[1], *before[2:]]

    def test_move_with_an_overridden_deadline(self, database: Database, ada: Actor) -> None:
        dana = make_admin(database)
        enrollment, _asked = self.asked(database, ada)
        before = self.deadlines(database)
        until = day_to_date(organization_of(database).today() + 40).isoformat()
        sent = {"version": 1, "typed": {"deadline": until}, "reason": "Leave", "key": "k" * 12}
        saved = save_with_courses(database, dana, enrollment, **sent)
        assert saved.n_moved == 2
        moved = [30, 26, 30, 40, None, -4, -4, 0, 0]
        assert self.deadlines(database) == moved
        for id_ in (enrollment, enrollment + 1):
            assert history(database, id_)[-1][4] == "Leave"
        # Sent once more, as its answer was lost.
        again = save_with_courses(database, dana, enrollment, **sent)
        assert (again.made, again.n_moved) == (saved.made, 0)
        made = saved.made
        for expected in (before, moved, before):
            undone = undo_change(database, dana, enrollment, made)
            assert self.deadlines(database) == expected
            made = undone.history[0].seq

    def test_are_asked_about_before_restoring_a_later_deadline(
        self, database: Database, ada: Actor
    ) -> None:
        dana, due = make_admin(database), organization_of(database).today() + 10
        enrollment, _asked = self.asked(database, ada)
        for version, days in enumerate((30, 0), 1):
            typed = {"deadline": day_to_date(due + days).isoformat()}
            made = save_enrollment(database, dana, enrollment, version=version, typed=typed).made
        before = self.deadlines(database)
        with pytest.raises(CoursesWouldMove) as asks:
            restore_value(database, dana, enrollment, made, "deadline", version=3)
        assert asks.value.typed == {"deadline": day_to_date(due + 30).isoformat()}
        assert self.deadlines(database) == before
        typed = {"deadline": day_to_date(due + 60).isoformat()}
        save_enrollment(database, dana, enrollment, version=3, typed=typed)
        # An earlier one moves no course.
        restore_value(database, dana, enrollment, made, "deadline", version=4)
        assert self.deadlines(database) == [30, *before[1:]]

    @pytest.mark.parametrize("days", [None, 9, 10])
    def test_are_unchanged_if_a_deadline_is_removed_or_not_later(
        self, database: Database, ada: Actor, days: int | None
    ) -> None:
        dana = make_admin(database)
        enrollment, _asked = self.asked(database, ada)
        before = self.deadlines(database)
        day = day_to_date(organization_of(database).today() + days).isoformat() if days else ""
        typed = {"deadline": day, "note": "Seen"}
        saved = save_with_courses(database, dana, enrollment, version=1, typed=typed)
        assert saved.n_moved == 0
        assert self.deadlines(database)[1:] == before[1:]
        assert rows(database, "SELECT count(*) FROM enrollment_event WHERE batch <> ''") == [(0,)]

    def test_are_unchanged_if_the_save_is_refused(self, database: Database, ada: Actor) -> None:
        dana, teacher = make_admin(database), make_learner_actor(database, "Sam")
        enrollment, _asked = self.asked(database, ada)
        before = self.deadlines(database)
        until = day_to_date(organization_of(database).today() + 40).isoformat()
        for actor, typed, refusal in (
            (dana, {"deadline": "x"}, Invalid),
            (dana, {"deadline": until, "status": "x"}, Invalid),
            (dana, {"deadline": until, "grade": "A"}, NotAllowed),
            (teacher, {"deadline": until}, NotFound),
        ):
            with pytest.raises(refusal):
                save_with_courses(database, actor, enrollment, version=1, typed=typed)
        save_enrollment(database, dana, enrollment, version=1, typed={"deadline": "2149-01-01"})
        with pytest.raises(Conflict):
            save_with_courses(database, dana, enrollment, version=1, typed={"deadline": until})
        assert self.deadlines(database)[1:] == before[1:]

    def test_one_of_two_paths_that_share_a_course_moves_it(
        self, database: Database, ada: Actor
    ) -> None:
        dana, due = make_admin(database), organization_of(database).today() + 10
        course = make_course(database)
        for name in ("A", "B"):
            path = make_path(database, name, (course,))
            make_enrollment(database, ada.learner_id, path, deadline_day=due)
        shared = make_enrollment(database, ada.learner_id, course, deadline_day=due)
        until = day_to_date(due + 5).isoformat()
        saved = save_with_courses(database, dana, shared - 2, version=1, typed={"deadline": until})
        assert self.deadlines(database) == [5, 0, 5]
        undo_change(database, dana, shared - 2, saved.made)
        assert self.deadlines(database) == [0, 0, 0]

    @pytest.mark.parametrize("moves", [False, "on", None, 1, "x"])
    def test_are_unchanged_unless_requested(
        self, database: Database, ada: Actor, moves: object
    ) -> None:
        dana = make_admin(database)
        _enrollment, asked = self.asked(database, ada)
        before = self.deadlines(database)
        decide_extension(database, dana, asked, True, moves_courses=moves)  # type: ignore[arg-type]
        assert self.deadlines(database) == [30, *before[1:]]


class TestManageForm:
    def of_path(self, office: Office, **course: Any) -> None:
        """Make the form that of a path with one course."""
        path = make_path(office.database, "P", (office.course,))
        with office.database.write() as session:
            session.execute(text("DELETE FROM enrollment"))
        office.id = make_enrollment(office.database, office.learner, path, deadline_day=30_000)
        office.path = f"{LEDGER_PATH}/{office.id}/manage"
        make_enrollment(office.database, office.learner, office.course, **course)

    def deadlines(self, office: Office) -> list[int | None]:
        found = rows(office.database, "SELECT deadline_day FROM enrollment ORDER BY id")
        return [day for (day,) in found]

    def test_asks_when_a_typed_deadline_would_move_a_course(self, office: Office) -> None:
        self.of_path(office, deadline_day=29_990)

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            assert not tab.shows["shows_move_courses"]
            for day, asks in ((30_001, True), (30_000, False), (29_000, False), (30_010, True)):
                await tab.type("deadline", day_to_date(day).isoformat())
                assert tab.shows["shows_move_courses"] is asks, day
            for nonsense in ("x", "", "2090-02-31"):
                await tab.type("deadline", nonsense)
                assert not tab.shows["shows_move_courses"]
            await tab.save(deadline=day_to_date(30_010).isoformat(), moves_courses="on")
            assert (
                tab.shows["message"] == "Changes saved. The deadline of 1 course was moved as well."
            )
            assert not tab.shows["shows_move_courses"]
            assert self.deadlines(office) == [30_010, 30_000]
            offer = tab.shows["offer"]
            await tab.call("undo", seq=offer["seq"], key="k" * 12)

        act(work)
        assert self.deadlines(office) == [30_000, 29_990]

    @pytest.mark.parametrize("course", [{}, {"deadline_day": 29_990, "status": 1}])
    def test_asks_nothing_if_no_course_would_move(
        self, office: Office, course: dict[str, int]
    ) -> None:
        self.of_path(office, **course)

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.type("deadline", day_to_date(30_010).isoformat())
            assert not tab.shows["shows_move_courses"]
            await tab.save(deadline=day_to_date(30_010).isoformat(), moves_courses="on")
            assert tab.shows["message"] == "Changes saved."

        act(work)
        assert self.deadlines(office) == [30_010, course.get("deadline_day")]

    @pytest.mark.parametrize("page", ["/manage", ""])
    def test_asks_when_a_later_deadline_is_restored(self, office: Office, page: str) -> None:
        self.of_path(office, deadline_day=29_990)
        for day in (30_010, 30_000):
            office.save(deadline=day_to_date(day).isoformat())
        ((seq,),) = rows(office.database, "SELECT max(seq) FROM enrollment_event")
        office.path = f"{LEDGER_PATH}/{office.id}{page}"

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            await tab.call(
                "restore", seq=seq, field="deadline", which="before", version=3, key="k" * 12
            )
            assert self.deadlines(office) == [30_000, 29_990]
            assert tab.shows["form"]["deadline"] == day_to_date(30_010).isoformat()
            assert (tab.shows["shows_move_courses"], tab.shows["is_dirty"]) == (True, True)
            assert tab.shows["message"].startswith("The new deadline is in the form.")
            led_to = "" if page else f"{LEDGER_PATH}/{office.id}/manage?kind=paths"
            assert tab.redirected == led_to
            await tab.save(moves_courses="on")

        act(work)
        assert self.deadlines(office) == [30_010, 30_000]

    def test_only_the_answer_moves_courses(self, office: Office) -> None:
        self.of_path(office, deadline_day=29_990)

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            nonsense: tuple[Any, ...] = ("", "off", True, 1, ["on"], {"on": "on"}, None)
            for n, moves in enumerate(nonsense, 30_010):
                await tab.save(deadline=day_to_date(n).isoformat(), moves_courses=moves)
                assert self.deadlines(office) == [n, 29_990]

        act(work)
