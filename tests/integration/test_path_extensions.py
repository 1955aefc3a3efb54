"""A later deadline for a path, and whether the deadlines of its courses move along."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.calendar import day_to_date
from enrollment_portal.domain.people import Actor
from enrollment_portal.services.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.extension_decisions import decide_extension
from enrollment_portal.services.extensions import ask_extension
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.undoing import undo_change
from enrollment_portal.services.undoing_batches import undo_batch
from enrollment_portal.storage.database import Database
from tests.builders import make_course, make_enrollment, make_learner, make_organization, make_path
from tests.integration.learners import history, make_admin, make_learner_actor, rows


@pytest.fixture
def ada(database: Database) -> Actor:
    """A learner of an organization."""
    make_organization(database)
    return make_learner_actor(database)


class TestCoursesOfAPath:
    def deadlines(self, database: Database) -> list[int | None]:
        due = organization_of(database).today() + 10
        found = rows(database, "SELECT deadline_day FROM enrollment ORDER BY id")
        return [None if day is None else day - due for (day,) in found]

    def asked(self, database: Database, ada: Actor) -> tuple[int, int]:
        """Return a path's enrollment and the request to put it off by 30 days.

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
        return enrollment, ask_extension(database, ada, enrollment, until, "Leave")

    def test_move_along_by_as_many_days_and_back_together(
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

    def test_go_back_and_forth_with_the_path_unless_changed_again(
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

    @pytest.mark.parametrize("moves", [False, "on", None, 1, "x"])
    def test_stay_where_nobody_asked_for_it(
        self, database: Database, ada: Actor, moves: object
    ) -> None:
        dana = make_admin(database)
        _enrollment, asked = self.asked(database, ada)
        before = self.deadlines(database)
        decide_extension(database, dana, asked, True, moves_courses=moves)  # type: ignore[arg-type]
        assert self.deadlines(database) == [30, *before[1:]]
