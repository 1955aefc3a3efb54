"""Test enrolling people who have completed a course already, on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from enrollment_portal.domain.enrolling.completed_elsewhere import TypedCompletion
from enrollment_portal.domain.enrolling.enroll_request import Outcome
from enrollment_portal.domain.enrollment.edits import show_typed
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.calendar import day_to_date, zone
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.services.enrolling import enroll_many
from enrollment_portal.services.enrolling.enroll_many import Chosen
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.people.users import enroll_user
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_course, make_learner, make_organization, make_path
from tests.integration.actors import make_admin
from tests.integration.stored import dump, rows

STOCKHOLM = zone("Europe/Stockholm")
TODAY = calendar.day_of(calendar.now_ms(), STOCKHOLM)
DAY = day_to_date(TODAY - 40).isoformat()


class Setup:
    """Dana, two people, and a course of three lessons that is graded by letters."""

    def __init__(self, database: Database) -> None:
        make_organization(database)
        self.database, self.dana = database, make_admin(database)
        self.people = [make_learner(database, name) for name in ("Ada", "Bea")]
        self.course = make_course(
            database, "Welding", n_lessons=3, requires_grade=1, grading_scheme="letters"
        )

    def chosen(self, *courses: int, day: Any = DAY, grade: Any = "b", **values: Any) -> Chosen:
        typed = TypedCompletion(day, grade)
        return Chosen(self.people, (), courses or (self.course,), completed=typed, **values)

    def enroll(self, chosen: Chosen, who: Actor | None = None) -> enroll_many.Preview:
        who = who or self.dana
        shown = enroll_many.preview(self.database, who, chosen)
        return enroll_many.enroll(self.database, who, chosen, shown.fingerprint)


@pytest.fixture
def office(database: Database) -> Setup:
    return Setup(database)


def test_starts_and_completes_them_on_that_day_in_one_batch(office: Setup) -> None:
    made = office.enroll(office.chosen())
    assert [d.outcome for d in made.plan.decisions] == [Outcome.ENROLLED] * 2
    shown = calendar.show_day(TODAY - 40)
    assert made.plan.decisions[0].why == f"As completed on {shown}, grade B."
    facts = rows(
        office.database,
        "SELECT status, tracked_status, progress, grade, deadline_day, origin, version,"
        " completed_at - enrolled_at, last_visit_at FROM enrollment",
    )
    assert facts == [(1, 0, 0, "B", None, "admin", 2, 0, None)] * 2
    details = read_enrollment(office.database, office.dana, 1)
    assert show_typed(Field.COMPLETED, details.facts.completed_at, STOCKHOLM) == DAY
    assert [event.kind for event in details.history] == ["changed", "began"]
    assert details.history[0].changes == {
        Field.STATUS: (0, 1),
        Field.COMPLETED: (None, details.facts.completed_at),
        Field.GRADE: (None, "B"),
    }
    assert details.override == details.history[0]
    assert details.batch_sizes == {made.batch: 2}
    assert rows(office.database, "SELECT detail FROM admin_event WHERE action = 'enrolled'") == [
        (f"2 people, completed on {DAY}",)
    ]
    verify_history(office.database)


def test_undo_cancels_the_batch_and_redo_restores_the_exact_time(
    office: Setup,
) -> None:
    made = office.enroll(office.chosen())
    at = rows(office.database, "SELECT completed_at FROM enrollment ORDER BY id")
    undone = undo_batch(office.database, office.dana, made.batch)
    assert (undone.undone, undone.left) == (2, ())
    assert rows(office.database, "SELECT DISTINCT status, completed_at FROM enrollment") == [
        (2, None)
    ]
    again = undo_batch(office.database, office.dana, undone.batch)
    assert (again.undone, again.left) == (2, ())
    assert rows(office.database, "SELECT completed_at FROM enrollment ORDER BY id") == at
    verify_history(office.database)


def test_undo_skips_later_changed_enrollments(office: Setup) -> None:
    made = office.enroll(office.chosen())
    typed = {"note": "Seen the certificate."}
    save_enrollment(office.database, office.dana, 1, version=2, typed=typed)
    undone = undo_batch(office.database, office.dana, made.batch)
    assert (undone.undone, [left.enrollment_id for left in undone.left]) == (1, [1])


def test_today_and_without_a_grade(office: Setup) -> None:
    office.enroll(office.chosen(day=day_to_date(TODAY).isoformat(), grade=""))
    facts = rows(
        office.database,
        "SELECT DISTINCT status, grade, enrolled_at - updated_at, completed_at - updated_at"
        " FROM enrollment",
    )
    assert facts == [(1, None, 0, 0)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"day": day_to_date(TODAY + 1).isoformat()}, "completed"),
        ({"day": "soon"}, "completed"),
        ({"day": 5}, "completed"),
        ({"day": ""}, "completed"),
        ({"grade": "F"}, "grade"),
        ({"grade": "17/20"}, "grade"),
        ({"grade": "\ud800"}, "grade"),
        ({"grade": None}, "grade"),
        ({"typed_deadline": day_to_date(TODAY + 9).isoformat()}, "deadline"),
    ],
)
def test_is_refused_beside_its_field(office: Setup, values: dict[str, Any], field: str) -> None:
    before = dump(office.database)
    with pytest.raises(Invalid) as refusal:
        office.enroll(office.chosen(**values))
    assert refusal.value.errors.keys() == {field}
    assert dump(office.database) == before


def test_a_path_and_oneself_are_refused(office: Setup) -> None:
    path = make_path(office.database, courses=(office.course,))
    who = replace(office.dana, learner_id=office.people[0])
    made = office.enroll(office.chosen(path, office.course), who)
    refused = {d.why for d in made.plan.decisions if d.outcome is Outcome.REFUSED}
    assert refused == {
        "A learning path is completed by its courses. Choose those instead.",
        "This would complete your own enrollment. Somebody else has to do it.",
    }
    assert rows(office.database, "SELECT learner_id, course_id, status FROM enrollment") == [
        (office.people[1], office.course, 1)
    ]


def test_a_persons_page_has_the_same_rules(office: Setup) -> None:
    (decision,) = enroll_user(
        office.database,
        office.dana,
        office.people[0],
        [office.course],
        completed=TypedCompletion(DAY, "A"),
    )
    assert decision.outcome is Outcome.ENROLLED
    assert rows(office.database, "SELECT status, grade FROM enrollment") == [(1, "A")]
    assert rows(office.database, "SELECT detail FROM admin_event WHERE action = 'enrolled'") == [
        (f"Welding, completed on {DAY}",)
    ]
