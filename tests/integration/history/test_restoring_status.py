"""Test that restoring Active on a completed course asks the same question as the form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from enrollment_portal.domain.enrollment.edits import WouldReopen
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotAllowed, Refused
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.history.undoing import restore_value
from enrollment_portal.services.learning.learning import start_course
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.state.shared.views import LEDGER_PATH
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
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.office import Office, act, open_tab
from tests.integration.stored import rows
from tests.security.pipeline import Pipeline


def tracked(database: Database) -> tuple[int, int]:
    """Return an enrollment that its only lesson completed, and its course."""
    ada = make_learner_actor(database)
    course = make_course(database, "SQL", n_lessons=1)
    (lesson,) = make_lessons(database, course, 1)
    enrollment = start_course(database, ada, course)
    mark_done(database, ada, course, lesson)
    return enrollment, course


def overridden(database: Database) -> tuple[int, int]:
    """Return an enrollment that an admin completed, and its course."""
    ada, course = make_learner_actor(database), make_course(database, "SQL", n_lessons=3)
    enrollment = start_course(database, ada, course)
    typed = {"status": "completed"}
    save_enrollment(database, make_admin(database), enrollment, version=1, typed=typed)
    return enrollment, course


class TestRestoringActive:
    @pytest.mark.parametrize("complete", [tracked, overridden])
    def test_on_a_completed_course_fills_the_form(
        self, database: Database, complete: Callable[[Database], tuple[int, int]]
    ) -> None:
        make_organization(database)
        enrollment, course = complete(database)
        dana = make_admin(database)
        account = make_account(database, Role.INSTRUCTOR, teaches=(course,))
        teacher = Actor(account, "Tea", "", Role.INSTRUCTOR)
        details = read_enrollment(database, dana, enrollment)
        seq, version = details.history[0].seq, details.facts.version
        for admin, error in ((dana, WouldReopen), (teacher, NotAllowed)):
            with pytest.raises(error):
                restore_value(database, admin, enrollment, seq, "status", version=version)
        assert read_enrollment(database, dana, enrollment) == details
        # Somebody who has not seen the completion gets that message instead.
        with pytest.raises(Refused, match="changed meanwhile"):
            restore_value(database, dana, enrollment, seq, "status", version=1)

    def test_on_a_cancelled_course_and_a_completed_path_asks_nothing(
        self, database: Database
    ) -> None:
        make_organization(database)
        dana, learner = make_admin(database), make_learner(database)
        path = make_path(database, "Path", (make_course(database),))
        for course, status in ((make_course(database), "cancelled"), (path, "completed")):
            wanted = make_enrollment(database, learner, course)
            saved = save_enrollment(database, dana, wanted, version=1, typed={"status": status})
            seq = saved.history[0].seq
            restored = restore_value(database, dana, wanted, seq, "status", version=2)
            assert restored.facts.status == 0


class TestInTheTimeline:
    @pytest.mark.parametrize("page", ["/manage", ""])
    def test_fills_the_form_which_asks_before_it_saves(self, office: Office, page: str) -> None:
        office.save(status="completed")
        ((seq,),) = rows(office.database, "SELECT max(seq) FROM enrollment_event")
        office.path = f"{LEDGER_PATH}/{office.id}{page}"
        statuses = "SELECT status FROM enrollment ORDER BY id"

        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            restored = {"field": "status", "which": "before", "version": 2, "key": "k" * 12}
            await tab.call("restore", seq=seq, **restored)
            assert rows(office.database, statuses) == [(1,)]
            assert (tab.shows["form"]["status"], tab.shows["is_dirty"]) == ("active", True)
            assert tab.shows["message"].startswith("The form is set to Active.")
            assert tab.redirected == ("" if page else f"{LEDGER_PATH}/{office.id}/manage")
            await tab.save()
            assert tab.shows["is_open"]
            assert rows(office.database, statuses) == [(1,)]
            await tab.call("start_new")
            assert rows(office.database, statuses) == [(1,), (0,)]

        act(work)
