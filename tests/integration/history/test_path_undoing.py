"""Test undoing and redoing the status of a learning path, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from enrollment_portal.domain.enrollment.edits import show_typed
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.enrollment.undo import ChangedSince
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound
from enrollment_portal.services.catalog.paths import add_step
from enrollment_portal.services.enrollment.enrollments import (
    read_enrollment,
    revert_to_tracked,
    save_enrollment,
)
from enrollment_portal.services.history.history_check import verify_history
from enrollment_portal.services.history.timeline import newest
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.history.undoing_batches import undo_batch
from enrollment_portal.services.learning.learning import start_course
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    make_account,
    make_course,
    make_group,
    make_lessons,
    make_path,
)
from tests.integration.actors import make_admin
from tests.integration.steps import STOCKHOLM, day, enroll_in_path, save
from tests.integration.stored import execute, history, rows, version_of

COLUMNS = "status, tracked_status, progress, completed_at, cancelled_at, deadline_day, override_seq"


def person(database: Database, role: Role, ada: Actor, course: int) -> Actor:
    """Return somebody of a role who sees Ada's enrollments, as far as the role may."""
    if role is Role.LEARNER:
        return ada
    if role is Role.ADMIN:
        return make_admin(database)
    account = make_account(
        database, role, name="Pia", teaches=(course,) if role is Role.INSTRUCTOR else ()
    )
    if role is Role.GROUP_LEAD:
        make_group(database, "G", members=(ada.learner_id or 0,), leads=(account,))
    return Actor(account, "Pia", "p@x.example", role, Section(0))


def held(database: Database, enrollment: int) -> tuple[Any, ...]:
    """Return everything that undo restores; of the override only whether there is one."""
    *values, override = rows(database, f"SELECT {COLUMNS} FROM enrollment WHERE id = {enrollment}")[
        0
    ]
    return (*values, override is not None)


def offered(database: Database, by: Actor, enrollment: int, seq: int) -> bool:
    """Tell whether the timeline offers undo to somebody."""
    entries = newest(read_enrollment(database, by, enrollment)).entries
    return next(entry.may_undo for entry in entries if entry.event.seq == seq)


FORMS = {
    "reopened": (True, {"status": "active"}),
    "reopened-with-deadline": (True, {"status": "active", "deadline": "2199-01-01"}),
    "completed": (False, {"status": "completed"}),
    "completed-earlier": (False, {"status": "completed", "completed_on": day(3)}),
    "completed-with-deadline": (False, {"status": "completed", "deadline": "2199-01-01"}),
    "cancelled": (False, {"status": "cancelled"}),
}


@pytest.mark.parametrize("role", [Role.SUPER_ADMIN, Role.ADMIN])
@pytest.mark.parametrize("name", FORMS)
def test_a_status_is_undone_and_redone_by_people_who_may_set_it(
    database: Database, ada: Actor, role: Role, name: str
) -> None:
    is_done, form = FORMS[name]
    course = make_course(database, n_lessons=1)
    (lesson,) = make_lessons(database, course, 1)
    path = enroll_in_path(database, ada, make_path(database, "P", (course,), n_lessons=1))
    execute(database, f"UPDATE enrollment SET enrolled_at = enrolled_at - {90 * DAY}")
    if is_done:
        mark_done(database, ada, course, lesson)
    by = person(database, role, ada, course)
    before = held(database, path)
    assert before[0] == is_done
    seq = save(database, by, path, **form)
    after = held(database, path)
    for expected in (before, after, before):
        assert offered(database, by, path, seq)
        undone = undo_change(database, by, path, seq)
        assert held(database, path) == expected
        seq = undone.history[0].seq
    verify_history(database)


@pytest.mark.parametrize("is_batch", [False, True])
@pytest.mark.parametrize("way", ["reopened", "reactivated", "reverted"])
def test_tracked_changes_that_followed_a_status_are_undone_and_redone_with_it(
    database: Database, ada: Actor, way: str, is_batch: bool
) -> None:
    dana, course = make_admin(database), make_course(database, n_lessons=1)
    (lesson,) = make_lessons(database, course, 1)
    of_path = make_path(database, "P", (course,), n_lessons=1, state="published")
    path = enroll_in_path(database, ada, of_path)
    execute(database, f"UPDATE enrollment SET enrolled_at = enrolled_at - {90 * DAY}")
    if way != "reopened":  # A cancelled path does not follow its courses.
        save(database, dana, path, status="cancelled")
    mark_done(database, ada, course, lesson)
    if way == "reopened":
        added = make_course(database, "LaterChange", n_lessons=2)
        add_step(database, dana, of_path, added)
        start_course(database, ada, added)
        mark_done(database, ada, added, make_lessons(database, added, 2)[0])
    before, n_before = held(database, path), len(history(database, path))
    assert before[:3] == ((1, 1, 100) if way == "reopened" else (2, 0, 0))
    version, batch = version_of(database, path), "b" if is_batch else None
    if way == "reverted":
        revert_to_tracked(database, dana, path, version=version)
    else:
        typed = {"status": "active"}
        save_enrollment(database, dana, path, version=version, typed=typed, batch=batch)
    after = held(database, path)
    assert after[:3] == ((0, 0, 66) if way == "reopened" else (1, 1, 100))
    assert [row[1] for row in history(database, path)[n_before:]] == ["person", "tracking"]
    made = first = read_enrollment(database, dana, path).history[1].seq
    for expected in (before, after, before, after):
        if batch and way != "reverted":
            undone = undo_batch(database, dana, batch)
            assert undone.left == ()
            batch = undone.batch
        else:
            assert offered(database, dana, path, made)
            undo_change(database, dana, path, made)
            events = read_enrollment(database, dana, path).history
            made = next(event.seq for event in events if event.undoes == made)
        assert held(database, path) == expected
    # Redone, the change itself can be undone, too.
    undo_change(database, dana, path, first)
    assert held(database, path) == before
    verify_history(database)


def test_later_actions_of_the_learner_still_prevent_undo(database: Database, ada: Actor) -> None:
    dana, course = make_admin(database), make_course(database, n_lessons=1)
    (lesson,) = make_lessons(database, course, 1)
    path = enroll_in_path(database, ada, make_path(database, "P", (course,), n_lessons=1))
    save(database, dana, path, status="cancelled")
    made = save(database, dana, path, status="active")
    moment = read_enrollment(database, dana, path).history[0].at
    while now_ms() <= moment:
        pass  # the next moment
    mark_done(database, ada, course, lesson)
    with pytest.raises(ChangedSince, match="Status was changed again by Tracking"):
        undo_change(database, dana, path, made)


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.GROUP_LEAD, Role.LEARNER])
def test_a_status_is_not_undone_by_people_who_may_not_set_it(
    database: Database, ada: Actor, role: Role
) -> None:
    course = make_course(database, n_lessons=1)
    of_path = make_path(database, "P", (course,), n_lessons=1)
    path = enroll_in_path(database, ada, of_path)
    seq = save(database, make_admin(database), path, status="completed")
    before = held(database, path)
    by = person(database, role, ada, of_path)
    if role is not Role.LEARNER:
        assert not offered(database, by, path, seq)
    with pytest.raises(NotFound if role is Role.LEARNER else NotAllowed):
        undo_change(database, by, path, seq)
    assert held(database, path) == before


def test_a_paths_completion_date_can_be_overridden(database: Database, ada: Actor) -> None:
    course = make_course(database, n_lessons=1)
    path = enroll_in_path(database, ada, make_path(database, "P", (course,), n_lessons=1))
    dana = make_admin(database)
    execute(database, f"UPDATE enrollment SET enrolled_at = enrolled_at - {90 * DAY}")
    save(database, dana, path, status="completed", completed_on=day(9))
    before = held(database, path)
    assert show_typed(Field.COMPLETED, before[3], STOCKHOLM) == day(9)
    seq = save(database, dana, path, completed_on=day(20))
    after = held(database, path)
    assert show_typed(Field.COMPLETED, after[3], STOCKHOLM) == day(20)
    for expected in (before, after):
        seq = undo_change(database, dana, path, seq).history[0].seq
        assert held(database, path) == expected
    verify_history(database)


@pytest.mark.parametrize("is_reopened", [False, True])
def test_undoing_changes_of_a_course_restores_its_path(
    database: Database, ada: Actor, is_reopened: bool
) -> None:
    dana, course = make_admin(database), make_course(database, n_lessons=1)
    (lesson,) = make_lessons(database, course, 1)
    path = enroll_in_path(database, ada, make_path(database, "P", (course,), n_lessons=1))
    mark_done(database, ada, course, lesson)
    if is_reopened:
        save(database, dana, path, status="active")
    (in_course,) = (
        id_ for (id_,) in rows(database, f"SELECT id FROM enrollment WHERE course_id = {course}")
    )

    def of_path() -> tuple[Any, ...]:
        return tuple(rows(database, f"SELECT {COLUMNS} FROM enrollment WHERE id = {path}")[0])

    states, seqs = [of_path()], []
    for status in ("active", "completed"):
        seqs.append(save(database, dana, in_course, status=status))
        states.append(of_path())
    assert states[0] != states[2], "it was completed anew"
    for _ in range(2):
        for number in (1, 0):
            seqs[number] = undo_change(database, dana, in_course, seqs[number]).history[0].seq
            assert of_path() == states[number]
        # Redone, they take it again.
        seqs[0] = undo_change(database, dana, in_course, seqs[0]).history[0].seq
        assert of_path() == states[1]
        seqs[1] = undo_change(database, dana, in_course, seqs[1]).history[0].seq
        assert of_path() == states[2]
    verify_history(database)
