"""Test pages of an enrollment's history, with filters, without revealing internal notes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.history.timeline import PAGE_SIZE, Timeline, newest, read_older
from enrollment_portal.storage.enrollment.timeline import HISTORY_SIZE
from enrollment_portal.storage.shared.database import Database
from tests.builders import NOW, make_account, make_enrollment, make_learner, make_organization

GRADED = '{"grade":["A","B"]}'
NOTED = '{"note":["x","y"]}'
Write = Callable[..., int]


@pytest.fixture
def enrollment(database: Database) -> int:
    """An enrollment without any history."""
    make_organization(database)
    return make_enrollment(database, make_learner(database, "Ada"), version=1000)


@pytest.fixture
def write(database: Database, enrollment: int) -> Write:
    """Return a function that records changes one after another, oldest first."""

    def write(*changes: str, by: str = "Dana", source: str = "person") -> int:
        with database.write() as session:
            for n, change in enumerate(changes):
                seq = session.execute(
                    text(
                        "INSERT INTO enrollment_event (enrollment_id, version, at, actor_name,"
                        " source, kind, changes, reason) VALUES (:id, :n, :at, :by, :source,"
                        " 'changed', :changes, '') RETURNING seq"
                    ),
                    {
                        "id": enrollment,
                        "n": n + 2,
                        "at": NOW + n,
                        "by": by,
                        "source": source,
                        "changes": change,
                    },
                ).scalar_one()
        return seq

    return write


@pytest.fixture
def maya(database: Database, enrollment: int) -> Actor:
    """A Super Admin, who reads internal notes."""
    account = make_account(database, Role.SUPER_ADMIN, name="Maya")
    return Actor(account, "Maya", "maya@x.example", Role.SUPER_ADMIN)


@pytest.fixture
def lead(database: Database, enrollment: int) -> Actor:
    """Ada's group lead, who may not read internal notes."""
    with database.read() as session:
        learner = session.execute(text("SELECT learner_id FROM enrollment")).scalar_one()
    account = make_account(database, Role.GROUP_LEAD, name="Lee", leads=(learner,))
    return Actor(account, "Lee", "lee@x.example", Role.GROUP_LEAD)


def first(database: Database, actor: Actor, enrollment: int) -> Timeline:
    """Return the newest page."""
    return newest(read_enrollment(database, actor, enrollment))


class TestOlder:
    def test_pages_follow_each_other_without_a_gap(
        self, database: Database, enrollment: int, write: Write, maya: Actor
    ) -> None:
        write(*[GRADED] * (HISTORY_SIZE + PAGE_SIZE + 5))
        shown, part = [], first(database, maya, enrollment)
        while True:
            shown += [entry.event.version for entry in part.entries]
            if not part.has_older:
                break
            part = read_older(database, maya, enrollment, part.before)
        assert shown == list(range(HISTORY_SIZE + PAGE_SIZE + 6, 1, -1))

    @pytest.mark.parametrize("n", [PAGE_SIZE, HISTORY_SIZE])
    def test_there_is_no_older_page_after_the_last(
        self, database: Database, enrollment: int, write: Write, maya: Actor, n: int
    ) -> None:
        write(*[GRADED] * n)
        details = read_enrollment(database, maya, enrollment)
        assert not newest(details, size=n).has_older
        assert newest(details, size=n - 1).has_older

    def test_is_filtered_by_field_and_by_person(
        self, database: Database, enrollment: int, write: Write, maya: Actor
    ) -> None:
        write(GRADED, '{"status":[0,2]}', by="Sam")
        write(GRADED, by="Dana")
        last = write(GRADED)

        def found(**only: str) -> list[tuple[str, list[Field]]]:
            page = read_older(database, maya, enrollment, last, **only)
            return [(e.event.actor_name, list(e.event.changes)) for e in page.entries]  # type: ignore[misc]

        assert found(field="status") == [("Sam", [Field.STATUS])]
        assert found(person="Sam") == [("Sam", [Field.STATUS]), ("Sam", [Field.GRADE])]
        assert found(field="grade", person="Sam") == [("Sam", [Field.GRADE])]
        for nobody in ("Nobody", "Sam\0", "S\ud800am", "\0", "Tracking"):
            assert found(field="grade", person=nobody) == []

    def test_a_group_whose_rule_created_it_is_found_by_name(
        self, database: Database, enrollment: int, write: Write, maya: Actor
    ) -> None:
        began = write('{"status":[null,0]}', by="Sailors", source="group")
        last = write(GRADED)
        page = read_older(database, maya, enrollment, last, person="Sailors")
        assert [entry.event.seq for entry in page.entries] == [began]


class TestNotes:
    """For people who may not read them, changes of internal notes do not exist."""

    @pytest.mark.parametrize("n", [1, PAGE_SIZE, PAGE_SIZE + 1, HISTORY_SIZE])
    def test_older_ones_are_not_revealed(
        self, database: Database, enrollment: int, write: Write, maya: Actor, lead: Actor, n: int
    ) -> None:
        write(*[NOTED] * n)
        seq = write(GRADED)
        newer = write(GRADED)
        assert read_older(database, maya, enrollment, seq).entries
        page = read_older(database, lead, enrollment, newer)
        assert [entry.event.seq for entry in page.entries] == [seq]
        assert not page.has_older
        assert page.before == seq

    def test_more_of_them_than_fit_a_page_are_not_revealed(
        self, database: Database, enrollment: int, write: Write, maya: Actor, lead: Actor
    ) -> None:
        write(*[NOTED] * HISTORY_SIZE)
        write(GRADED)
        assert first(database, maya, enrollment).has_older
        assert not first(database, lead, enrollment).has_older

    def test_older_changes_behind_them_are_reached(
        self, database: Database, enrollment: int, write: Write, lead: Actor
    ) -> None:
        oldest = write(GRADED)
        write(*[NOTED] * (HISTORY_SIZE + PAGE_SIZE))
        write(GRADED)
        part = first(database, lead, enrollment)
        assert part.has_older
        older = read_older(database, lead, enrollment, part.before)
        assert [entry.event.seq for entry in older.entries] == [oldest]
        assert not older.has_older

    def test_they_cannot_be_requested(
        self, database: Database, enrollment: int, write: Write, lead: Actor
    ) -> None:
        last = write(NOTED, GRADED)
        with pytest.raises(NotFound):
            read_older(database, lead, enrollment, last, field="note")
