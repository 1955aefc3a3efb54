"""Test dry runs of bulk changes, and that what was previewed is what runs, on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.jobs import JobState, Outcome
from enrollment_portal.domain.bulk.selection import select_ids, select_matching
from enrollment_portal.domain.ledger.day_ranges import DayRange
from enrollment_portal.domain.ledger.filters import Filters
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, Refused
from enrollment_portal.services.bulk import previewing, selecting
from enrollment_portal.services.bulk.jobs import read_job, start
from enrollment_portal.services.bulk.previewing import (
    Cancelled,
    Changed,
    preview,
    preview_undo,
    previewed_rows,
)
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.storage.bulk import parts
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_path,
)
from tests.integration.actors import make_actor, make_admin
from tests.integration.bulk.bulk_steps import (
    DEADLINE,
    accept,
    change,
    make_rows,
    preview_of,
    run,
)
from tests.integration.stored import execute, rows


@pytest.fixture
def dana(database: Database) -> Actor:
    """An admin who manages enrollments."""
    make_organization(database)
    return make_admin(database)


def deadlines(database: Database) -> dict[int, int | None]:
    return dict(map(tuple, rows(database, "SELECT id, deadline_day FROM enrollment")))


def test_a_preview_says_what_happens_to_each_row_and_changes_none(
    database: Database, dana: Actor
) -> None:
    course = make_course(database, "Fire Safety")
    active = make_rows(database, 2, course)
    without = make_enrollment(database, None, course)
    before = rows(database, "SELECT * FROM enrollment")
    selection = select_matching(LedgerQuery(course=course))
    made = preview_of(database, dana, selection, "move_deadline", amount="7")
    assert (made.title, made.selection) == ("Move deadline by 7 days", "All 3 matching")
    assert (made.summary.change, made.summary.same, made.summary.refused) == (2, 0, 1)
    assert made.summary.reasons == ((messages.NO_DEADLINE, 1),)
    results = {row.enrollment_id: row for row in made.rows}
    assert results[active[0]].changes == (("Deadline", "21 Sep 2026", "28 Sep 2026"),)
    assert (results[active[0]].learner, results[active[0]].course) == ("Learner 0", "Fire Safety")
    assert results[without].outcome is Outcome.REFUSED
    assert rows(database, "SELECT * FROM enrollment") == before
    assert rows(database, "SELECT * FROM enrollment_event") == []
    assert list(previewed_rows(database, dana, made.id)) == list(made.rows)


def test_what_was_previewed_runs_as_one_batch(database: Database, dana: Actor) -> None:
    ids = make_rows(database, 3)
    job = change(database, dana, ids, "move_deadline", amount="4", unit="weekday", reason="Outage")
    assert (job.state, job.n_todo, job.n_changed, job.n_skipped) == (JobState.DONE, 3, 3, 0)
    assert job.percent == 100
    assert set(deadlines(database).values()) == {DEADLINE + 4}  # from Monday to Friday
    events = rows(
        database, "SELECT enrollment_id, batch, reason, actor_name FROM enrollment_event ORDER BY 1"
    )
    assert events == [(id_, job.id, "Outage", "Dana Ruiz") for id_ in ids]


def test_rows_that_moved_since_are_skipped_and_listed(database: Database, dana: Actor) -> None:
    ids = make_rows(database, 12)
    made = preview_of(database, dana, ids, "move_deadline", amount="7")
    typed = {"deadline": "2026-12-24"}
    save_enrollment(database, dana, ids[3], version=1, typed=typed)
    accept(database, dana, made)
    save_enrollment(database, dana, ids[5], version=1, typed={"note": "x"})
    job = run(database, dana, made)
    assert (job.n_changed, job.n_skipped) == (10, 2)
    found = deadlines(database)
    assert found.pop(ids[5]) == DEADLINE
    assert found.pop(ids[3]) == 20_811
    assert set(found.values()) == {DEADLINE + 7}
    items = rows(database, "SELECT enrollment_id, outcome, why FROM bulk_item ORDER BY 1")
    why = messages.CHANGED_SINCE_PREVIEW
    assert items == [(ids[3], "moved", why), (ids[5], "moved", why)]


def test_a_stale_preview_is_shown_again_with_what_moved(database: Database, dana: Actor) -> None:
    ids = make_rows(database, 3)
    made = preview_of(database, dana, ids, "move_deadline", amount="7")
    save_enrollment(database, dana, ids[0], version=1, typed={"deadline": ""})
    with pytest.raises(Changed) as refusal:
        accept(database, dana, made)
    assert [row.enrollment_id for row in refusal.value.moved] == [ids[0]]
    newer = refusal.value.preview
    assert newer.summary.change == 2
    with pytest.raises(Changed):
        start(database, dana, newer.id, made.fingerprint)
    execute(database, "UPDATE bulk_job SET made_at = made_at - 3000000")
    with pytest.raises(Changed) as refusal:
        accept(database, dana, newer)
    assert refusal.value.moved == ()
    job = run(database, dana, refusal.value.preview)
    assert job.n_changed == 2


def test_all_that_pass_a_filter_are_selected_and_again_where_it_is_stale(
    database: Database, dana: Actor
) -> None:
    course, other = make_course(database), make_course(database)
    ids = make_rows(database, 3, course)
    make_rows(database, 2, course, deadline_day=None)
    make_rows(database, 2, other)
    filters = Filters(courses=(course,), deadline=DayRange(DEADLINE - 3, DEADLINE + 3))
    query = LedgerQuery(Tab.ACTIVE, filters=filters)
    made = preview_of(database, dana, select_matching(query, ids[:1]), "note", text="Overdue")
    assert {row.enrollment_id for row in made.rows} == set(ids[1:])
    save_enrollment(database, dana, ids[1], version=1, typed={"grade": "A"})
    with pytest.raises(Changed) as refusal:
        accept(database, dana, made)
    again = refusal.value.preview
    assert {row.enrollment_id for row in again.rows} == set(ids[1:])
    assert run(database, dana, again).n_changed == 2


def test_accepting_twice_starts_once(database: Database, dana: Actor) -> None:
    made = preview_of(database, dana, make_rows(database, 2), "clear_deadline")
    job = run(database, dana, made)
    assert accept(database, dana, made) == job
    assert rows(database, "SELECT count(*) FROM enrollment_event") == [(2,)]


def test_a_preview_that_changes_nothing_is_not_started(database: Database, dana: Actor) -> None:
    made = preview_of(database, dana, make_rows(database, 2), "status", status="active")
    assert made.summary.same == 2
    with pytest.raises(Refused, match=messages.NOTHING_TO_DO):
        accept(database, dana, made)


def test_a_selection_leaves_out_rows_and_spans_many_parts(
    database: Database, dana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "PART_ROWS", 3)
    monkeypatch.setattr(previewing, "N_SHOWN", 4)
    course = make_course(database)
    ids = make_rows(database, 11, course)
    make_rows(database, 1, course, status=2)
    selection = select_matching(LedgerQuery(Tab.ACTIVE, course=course), [ids[4]])
    made = preview_of(database, dana, selection, "clear_deadline")
    assert (made.summary.total, len(made.rows)) == (10, 4)
    assert len(list(previewed_rows(database, dana, made.id))) == 10
    assert run(database, dana, made).n_changed == 10
    assert [id_ for id_ in ids if deadlines(database)[id_]] == [ids[4]]


def test_each_action_does_what_a_save_does(database: Database, dana: Actor) -> None:
    course = make_course(database, "Fire Safety", requires_grade=1)
    one = make_enrollment(database, make_learner(database, "Ada Byström"), course)

    def after(kind: str, **typed: str) -> tuple[Any, ...]:
        assert change(database, dana, [one], kind, **typed).n_changed == 1
        (row,) = rows(
            database,
            "SELECT status, grade, feedback, internal_note, override_seq IS NULL FROM enrollment"
            f" WHERE id = {one}",
        )
        return (*row[:4], not row[4])

    assert after("feedback", text="Hi {first name}: {course}")[2] == "Hi Ada: Fire Safety"
    assert after("note", text="First")[3] == "First"
    assert after("note", text="Second")[3] == "First\nSecond"
    assert after("grade", text="85%")[1] == "85%"
    assert after("status", status="completed", day="2026-01-05")[0] == 1
    assert after("revert") == (0, "85%", "Hi Ada: Fire Safety", "First\nSecond", False)
    assert after("grade", remove="1")[1] is None
    assert after("feedback", remove="1")[2] == ""
    assert after("cancel", reason="The course was stopped")[0] == 2
    reason = rows(database, "SELECT reason FROM enrollment_event ORDER BY seq DESC LIMIT 1")
    assert reason == [("The course was stopped",)]
    with pytest.raises(Invalid):
        preview_of(database, dana, [one], "cancel")


def test_refusals_say_why_for_each_row(database: Database, dana: Actor) -> None:
    course = make_course(database, "Fire Safety", grading_scheme="percent")
    graded = make_enrollment(database, None, course)
    in_path = make_enrollment(database, None, make_path(database, "Path"))
    made = preview_of(database, dana, [graded, in_path, 999_999], "grade", text="B")
    whys = {row.enrollment_id: row.why for row in made.rows}
    assert whys[in_path] == messages.NOT_OF_PATHS
    assert whys[999_999] == messages.NOT_YOURS
    assert "0 to 100" in whys[graded]
    learner = make_learner(database)
    again = [
        make_enrollment(database, learner, course, status=status, enrolled_at=NOW - n * DAY)
        for n, status in ((9, 2), (8, 2))
    ]
    made = preview_of(database, dana, again, "status", status="active")
    assert [row.outcome for row in made.rows] == [Outcome.CHANGE, Outcome.REFUSED]
    assert run(database, dana, made).n_changed == 1


def test_people_are_enrolled_elsewhere_and_again(database: Database, dana: Actor) -> None:
    course, other = make_course(database), make_course(database, "Other")
    ids = make_rows(database, 2, course)
    (completed,) = make_rows(database, 1, course, status=1)
    job = change(database, dana, [*ids, completed], "enroll", course=str(other), day="2150-01-01")
    assert job.n_changed == 3
    found = rows(database, f"SELECT status, deadline_day FROM enrollment WHERE course_id = {other}")
    assert found == [(0, 65_744)] * 3
    made = preview_of(database, dana, [*ids, completed], "retake")
    assert (made.summary.change, made.summary.refused) == (1, 2)
    assert run(database, dana, made).n_changed == 1
    assert rows(database, f"SELECT count(*) FROM enrollment WHERE course_id = {course}") == [(4,)]
    made = preview_of(database, dana, ids, "enroll", course=str(other))
    assert made.summary.same == 2
    logged = rows(database, "SELECT action, subject, detail FROM admin_event ORDER BY id")
    assert logged == [
        ("enrolled", "Enroll in another course", "3 people"),
        ("enrolled", "Enroll again", "1 person"),
    ]


def test_instructors_change_grades_in_their_courses_only(database: Database, dana: Actor) -> None:
    course, other = make_course(database), make_course(database)
    mine, foreign = make_rows(database, 1, course), make_rows(database, 1, other)
    ingrid = make_actor(database, Role.INSTRUCTOR, teaches=(course,))
    made = preview_of(database, ingrid, mine + foreign, "grade", text="A")
    assert [(row.outcome, row.learner) for row in made.rows] == [
        (Outcome.CHANGE, "Learner 0"),
        (Outcome.REFUSED, ""),
    ]
    assert run(database, ingrid, made).n_changed == 1
    assert (
        preview_of(
            database, ingrid, select_matching(LedgerQuery()), "grade", text="B"
        ).summary.total
        == 1
    )
    with pytest.raises(NotFound):
        preview_of(database, ingrid, foreign, "grade", text="A")
    for kind, typed in (("clear_deadline", {}), ("status", {"status": "active"}), ("retake", {})):
        with pytest.raises(NotAllowed):
            preview_of(database, ingrid, mine, kind, **typed)
    lead = make_actor(database, Role.GROUP_LEAD, leads=(make_learner(database),))
    with pytest.raises(NotAllowed):
        preview_of(database, lead, mine, "note", text="x")
    assert rows(database, f"SELECT grade FROM enrollment WHERE id = {foreign[0]}") == [(None,)]


def test_own_enrollments_are_left_or_need_a_reason(database: Database) -> None:
    make_organization(database)
    learner = make_learner(database, "Maya")
    own = make_rows(database, 1)
    execute(database, f"UPDATE enrollment SET learner_id = {learner}")
    other = make_rows(database, 1)
    for role, expected in ((Role.ADMIN, 1), (Role.SUPER_ADMIN, 2)):
        account = make_account(database, role)
        actor = Actor(account, "Maya", "maya@x.example", role, learner_id=learner)
        if role is Role.ADMIN:
            actor = Actor(
                account, "Maya", "m@x.example", role, make_admin(database).sections, learner
            )
        made = preview_of(database, actor, own + other, "clear_deadline", reason="Because")
        assert made.summary.change == expected
        made = preview_of(database, actor, own + other, "clear_deadline")
        assert made.summary.change == 1


def test_a_preview_of_somebody_else_does_not_exist(database: Database, dana: Actor) -> None:
    made = preview_of(database, dana, make_rows(database, 1), "clear_deadline")
    eve = make_admin(database, "Eve")
    for id_ in (made.id, "nonsense", None, 5, "a" * 100, "x\x00"):
        with pytest.raises(NotFound):
            start(database, eve, id_, made.fingerprint)
    with pytest.raises(NotFound):
        read_job(database, dana, made.id)  # it has not been accepted
    with pytest.raises(NotFound):
        list(previewed_rows(database, eve, made.id))


def test_only_the_newest_previews_are_kept(database: Database, dana: Actor) -> None:
    ids = make_rows(database, 1)
    for _ in range(8):
        made = preview_of(database, dana, ids, "clear_deadline")
    assert rows(database, "SELECT count(*) FROM bulk_job") == [(5,)]
    assert rows(database, "SELECT count(*) FROM bulk_part") == [(5,)]
    assert run(database, dana, made).n_changed == 1


def test_parts_hold_what_was_packed() -> None:
    packed = [parts.PartRow(2**40, 7, 1), parts.PartRow(1, 0, 3)]
    assert parts.unpack(parts.pack(packed)) == packed


def test_a_preview_that_nobody_waits_for_ends_and_is_not_kept(
    database: Database, dana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "CHUNK", 2)
    ids = make_rows(database, 7)
    asked: list[int] = []

    def is_wanted() -> bool:
        asked.append(1)
        return len(asked) < 2

    with pytest.raises(Cancelled):
        preview(
            database,
            dana,
            select_ids(ids),
            read_action("clear_deadline", {}),
            is_wanted=is_wanted,
        )
    assert len(asked) == 2
    assert rows(database, "SELECT count(*) FROM bulk_job") == [(0,)]
    job = change(database, dana, ids, "clear_deadline")
    with pytest.raises(Cancelled):
        preview_undo(database, dana, job.id, is_wanted=lambda: False)
