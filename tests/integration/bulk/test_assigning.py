"""Test assigning instructors to enrollments, and what the ledger shows of it, on both engines."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.jobs import JobState
from enrollment_portal.domain.enrollment.messages import (
    NOT_TEACHING,
    OF_THE_COURSE,
    PATHS_ARE_NOT_TAUGHT,
    TEACHES_NO_MORE,
)
from enrollment_portal.domain.ledger.filters import FilterName, Filters
from enrollment_portal.domain.ledger.layout.columns import ColumnKey
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, Refused
from enrollment_portal.services.access.role_assignments import remove_role_assignments
from enrollment_portal.services.bulk.previewing import preview_undo
from enrollment_portal.services.bulk.register import read_batch_rows
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.services.catalog.courses import find_all_instructors, remove_teacher
from enrollment_portal.services.enrollment.assigning import unassign
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.ledger.columns import read_facts
from enrollment_portal.services.ledger.filter_values import filter_values
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.storage.catalog import courses as stored_courses
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)
from tests.integration.actors import make_actor, make_admin
from tests.integration.bulk.bulk_steps import accept, change, make_rows, preview_of, run
from tests.integration.concurrency import run_during_write
from tests.integration.stored import execute, history, rows


class Office:
    """Two instructors of one course, one of whom teaches another course too."""

    def __init__(self, database: Database) -> None:
        make_organization(database)
        self.database = database
        self.dana = make_admin(database)
        self.fire, self.data = make_course(database, "Fire"), make_course(database, "Data")
        self.ingrid = make_account(
            database, Role.INSTRUCTOR, name="Ingrid Berg", teaches=(self.fire,)
        )
        self.tom = make_account(
            database, Role.INSTRUCTOR, name="Tom Adler", teaches=(self.fire, self.data)
        )
        self.ids = make_rows(database, 3, self.fire)
        self.other = make_rows(database, 1, self.data)[0]

    def assign(self, account: int, ids: list[int] | None = None, **typed: str) -> str:
        """Assign an instructor; return the batch."""
        job = change(
            self.database,
            self.dana,
            self.ids[:2] if ids is None else ids,
            "instructor",
            account=str(account),
            **typed,
        )
        assert job.state is JobState.DONE
        return job.id

    def instructors(self) -> list[str]:
        """Return the column Instructor of all rows, in the order of their ids."""
        found = read_ledger(self.database, self.dana, LedgerQuery()).rows
        facts = read_facts(self.database, self.dana, found, (ColumnKey.INSTRUCTOR,))
        return [facts[id_].instructors for id_ in sorted(facts)]

    def found_by(self, account: int) -> list[int]:
        """Return the rows of the filter by an instructor."""
        query = LedgerQuery(filters=Filters(instructor=account))
        page = read_ledger(self.database, self.dana, query)
        assert page.total == len(page.rows)
        return sorted(row.id for row in page.rows)

    def counted(self) -> dict[str, int]:
        """Return the values of the filter by instructor, with their numbers."""
        found = filter_values(self.database, self.dana, LedgerQuery(), FilterName.INSTRUCTOR, "")
        return {one.name: one.n or 0 for one in found.values}


@pytest.fixture
def office(database: Database) -> Office:
    """The company of these tests."""
    return Office(database)


BOTH = "Ingrid Berg, Tom Adler"


def test_the_ledger_goes_by_the_assigned_instructor(office: Office) -> None:
    first, second, third = office.ids
    assert office.instructors() == [BOTH, BOTH, BOTH, "Tom Adler"]
    assert office.counted() == {"Ingrid Berg": 3, "Tom Adler": 4}
    office.assign(office.ingrid)
    assert office.instructors() == ["Ingrid Berg", "Ingrid Berg", BOTH, "Tom Adler"]
    assert office.found_by(office.ingrid) == [first, second, third]
    assert office.found_by(office.tom) == [third, office.other]
    assert office.counted() == {"Ingrid Berg": 3, "Tom Adler": 2}
    office.assign(0, [first], remove="1")
    assert office.found_by(office.tom) == [first, third, office.other]


def test_it_is_previewed_recorded_and_undone(office: Office) -> None:
    database, dana = office.database, office.dana
    path = make_enrollment(
        database, make_learner(database), make_course(database, kind="path"), deadline_day=None
    )
    ids = [*office.ids[:2], office.other, path]
    made = preview_of(
        database, dana, ids, "instructor", account=str(office.ingrid), reason="Tom is away"
    )
    assert made.title == "Reassign to Ingrid Berg"
    assert made.rows[0].changes == (("Instructor", OF_THE_COURSE, "Ingrid Berg"),)
    assert [row.why for row in made.rows[2:]] == [NOT_TEACHING, PATHS_ARE_NOT_TAUGHT]
    assert run(database, dana, made).n_changed == 2
    again = preview_of(database, dana, ids, "instructor", account=str(office.ingrid))
    assert (again.summary.change, again.summary.same, again.summary.refused) == (0, 2, 2)
    version, *_, changes, reason = history(database, office.ids[0])[-1]
    assert (version, reason) == (2, "Tom is away")
    assert changes == {
        "instructor": [None, "Ingrid Berg"],
        "instructor_id": [None, office.ingrid],
    }
    details = read_enrollment(database, dana, office.ids[0])
    assert details.facts.instructor == "Ingrid Berg"

    undo = preview_undo(database, dana, made.id)
    assert undo.rows[0].changes == (("Instructor", "Ingrid Berg", OF_THE_COURSE),)
    assert run(database, dana, undo).n_changed == 2
    assert office.instructors()[0] == BOTH
    redo = preview_undo(database, dana, undo.id)
    assert run(database, dana, redo).n_changed == 2
    assert office.instructors()[0] == "Ingrid Berg"


def test_a_later_assignment_is_not_undone_with_an_earlier_one(office: Office) -> None:
    database, dana, first = office.database, office.dana, office.ids[0]
    batch = office.assign(office.ingrid)
    office.assign(office.tom, [first])
    undo = preview_undo(database, dana, batch)
    assert (undo.summary.change, undo.summary.refused) == (1, 1)
    run(database, dana, undo)
    assert office.instructors()[:2] == ["Tom Adler", BOTH]
    newest = read_enrollment(database, dana, first).history[0]
    undo_change(database, dana, first, newest.seq)
    assert office.instructors()[0] == "Ingrid Berg"


def test_who_stops_teaching_is_assigned_to_nothing(office: Office) -> None:
    database, dana, (first, second, _) = office.database, office.dana, office.ids
    batch = office.assign(office.tom, [first, office.other])
    office.assign(office.ingrid, [second])
    remove_teacher(database, dana, office.fire, office.tom)
    assert office.instructors() == ["Ingrid Berg", "Ingrid Berg", "Ingrid Berg", "Tom Adler"]
    assert history(database, first)[-1][-1] == TEACHES_NO_MORE
    assert rows(database, "SELECT instructor_id FROM enrollment ORDER BY id") == [
        (None,),
        (office.ingrid,),
        (None,),
        (office.tom,),
    ]
    # Nor does undo bring it back.
    seq = read_enrollment(database, dana, first).history[0].seq
    with pytest.raises(Refused, match=NOT_TEACHING):
        undo_change(database, dana, first, seq)
    assert preview_undo(database, dana, batch).summary.change == 1

    execute(database, f"UPDATE account SET role = 'learner' WHERE id = {office.ingrid}")
    with database.write() as session:
        remove_role_assignments(session, dana, office.ingrid, Role.LEARNER)
    assert office.instructors() == ["", "", "", "Tom Adler"]
    assert office.found_by(office.ingrid) == []


def test_only_instructors_who_can_sign_in_are_assigned(office: Office) -> None:
    database, dana = office.database, office.dana
    names = [one.name for one in find_all_instructors(database, dana, "")]
    assert names == ["Ingrid Berg", "Tom Adler"]
    made = preview_of(database, dana, office.ids, "instructor", account=str(office.ingrid))
    execute(database, f"UPDATE account SET is_suspended = 1 WHERE id = {office.ingrid}")
    assert run(database, dana, made).n_changed == 0
    assert find_all_instructors(database, dana, "Ingrid") == []
    for account in (office.ingrid, dana.account_id, 9_999):
        with pytest.raises(Invalid) as refusal:
            preview_of(database, dana, office.ids, "instructor", account=str(account))
        assert refusal.value.errors == {"account": messages.NO_INSTRUCTOR}
    for nonsense in ("", "x", "-1", None, 2**70):
        with pytest.raises(Invalid) as refusal:
            read_action("instructor", {"account": nonsense})
        assert refusal.value.errors == {"account": messages.CHOOSE_INSTRUCTOR}


def test_instructors_may_not_assign_nor_take_it_back(office: Office) -> None:
    database = office.database
    tom = Actor(office.tom, "Tom Adler", "tom@northwind.example", Role.INSTRUCTOR)
    for typed in ({"account": str(office.tom)}, {"remove": "1"}):
        with pytest.raises(NotAllowed):
            preview_of(database, tom, office.ids, "instructor", **typed)
    batch = office.assign(office.ingrid)
    seq = read_enrollment(database, tom, office.ids[0]).history[0].seq
    with pytest.raises(NotAllowed):
        undo_change(database, tom, office.ids[0], seq)
    with pytest.raises(NotAllowed):
        run(database, tom, preview_undo(database, tom, batch))
    assert office.instructors()[0] == "Ingrid Berg"


def test_a_lead_sees_no_trace_of_it(office: Office) -> None:
    database, first = office.database, office.ids[0]
    learner = rows(database, f"SELECT learner_id FROM enrollment WHERE id = {first}")[0][0]
    lead = make_actor(database, Role.GROUP_LEAD, leads=(learner,))
    batch = office.assign(office.ingrid)
    details = read_enrollment(database, lead, first)
    assert (details.facts.instructor, details.facts.instructor_id) == (None, None)
    assert details.history == ()
    with pytest.raises(NotFound):
        read_batch_rows(database, lead, batch)
    found = read_ledger(database, lead, LedgerQuery()).rows
    facts = read_facts(database, lead, found, tuple(ColumnKey))
    assert [one.instructors for one in facts.values()] == [""]


def test_an_assignment_never_meets_the_end_of_teaching_halfway(office: Office) -> None:
    database, dana = office.database, office.dana
    if database.is_sqlite:
        return  # it has one writer at a time
    made = preview_of(database, dana, office.ids, "instructor", account=str(office.tom))
    accept(database, dana, made)

    def stop(session: object) -> None:
        stored_courses.remove_teacher(session, office.fire, office.tom)  # type: ignore[arg-type]
        unassign(session, dana, office.tom, [office.fire])  # type: ignore[arg-type]

    run_during_write(database, stop, Worker(database).carry_out_next)
    assert office.instructors()[0] == "Ingrid Berg"
    assert rows(database, "SELECT DISTINCT instructor_id FROM enrollment") == [(None,)]
