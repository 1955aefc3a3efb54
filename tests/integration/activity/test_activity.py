"""Test the history of all enrollments: pages, filters, scopes and internal notes."""

from __future__ import annotations

import itertools
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from enrollment_portal.domain.activity.activity_query import ActivityFilters, Source, What
from enrollment_portal.domain.ledger.day_ranges import read_days
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import day_to_date
from enrollment_portal.domain.shared.errors import NotAllowed
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.services.activity.activity import (
    Change,
    filter_titles,
    find_filters,
    list_changes,
    read_again,
)
from enrollment_portal.services.activity.activity_file import ActivityFile
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.storage.activity import activity as stored
from enrollment_portal.storage.shared import bulk
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW, make_course, make_enrollment, make_learner
from tests.integration.activity.office import Office, write_change
from tests.integration.actors import make_actor
from tests.integration.stored import rows

UTC = ZoneInfo("UTC")


@pytest.fixture
def office(database: Database) -> Office:
    """An organization without any history."""
    return Office(database)


def read(database: Database, actor: Actor, filters: ActivityFilters) -> list[Change]:
    """Return all changes, by pages of seven, which must be the same backwards."""

    def walk(start: Place | None, step: str) -> list[Change]:
        found: list[Change] = []
        place = start
        while True:
            page = list_changes(database, actor, filters, place, UTC, 7)
            found = [*found, *page.rows] if step == "next" else [*page.rows, *found]
            place = page.next if step == "next" else page.previous
            if place is None:
                return found

    forwards, backwards = walk(None, "next"), walk(Place("last"), "previous")
    # The first page is filled up with rows that the second one has as well.
    assert [one.seq for one in forwards] == sorted(
        {one.seq for one in backwards}, key=[one.seq for one in backwards].index
    )
    return forwards


def expected(office: Office, actor: Actor, filters: ActivityFilters) -> list[int]:
    """Return the `seq` of each change that the actor is to see, newest first."""
    reads_notes = actor is not office.lead
    codes = {"tracking": Source.TRACKING, "group": Source.GROUP, "import": Source.IMPORT}

    def source(row: dict[str, Any]) -> Source:
        if row["undoes"] is not None:
            return Source.UNDO
        if row["batch"] is not None:
            return Source.BULK
        return codes.get(row["source"], Source.PERSON)

    def is_meant(row: dict[str, Any]) -> bool:
        scope = {
            office.teacher: row["course"] in office.taught,
            office.lead: row["learner"] in office.led,
            office.idle: False,
        }
        return (
            scope.get(actor, True)
            and (reads_notes or set(row["changes"]) != {"note"})
            and filters.person in (None, row["actor_id"])
            and filters.course in (None, row["course"])
            and filters.learner in (None, row["learner"])
            and filters.source in (None, source(row))
            and (filters.field is None or filters.field.value in row["changes"])
        )

    found = [(row["at"], row["seq"]) for row in office.history if is_meant(row)]
    return [seq for _at, seq in sorted(found, reverse=True)]


class TestListChanges:
    @pytest.mark.parametrize("most", [60, 0])
    def test_everybody_sees_their_changes_by_any_filters(
        self, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch, most: int
    ) -> None:
        # Without room for ranges, a scope is a condition on the rows of another index.
        monkeypatch.setattr(stored, "MOST_COURSES", most)
        monkeypatch.setattr(stored, "MOST_LEARNERS", most)
        office.write(120)
        alone: tuple[dict[str, Any], ...] = (
            *({"person": one.account_id} for one in (office.admin, office.teacher)),
            *({"field": what} for what in (What.GRADE, What.STATUS, What.PROGRESS)),
            *({"source": source} for source in (Source.PERSON, Source.BULK, Source.UNDO)),
            *({"course": id_} for id_ in office.courses[1:3]),
            *({"learner": id_} for id_ in office.learners[2:4]),
        )
        pairs = [one | other for one, other in itertools.combinations(alone, 2)]
        for actor in office.actors:
            for values in ({}, *alone, *pairs[::3]):
                filters = ActivityFilters(**values)
                found = read(database, actor, filters)
                assert [one.seq for one in found] == expected(office, actor, filters), values

    def test_days_are_those_of_the_reader(self, database: Database, office: Office) -> None:
        id_ = office.enrollments[0][0]
        midnight = 20_000 * 86_400_000
        for at in (midnight - 1, midnight, midnight + 86_400_000):
            write_change(database, id_, {"grade": ["A", "B"]}, at=at)
        filters = ActivityFilters(when=read_days("2024-10-04..2024-10-04"))
        page = list_changes(database, office.admin, filters, None, UTC)
        assert [one.at for one in page.rows] == [midnight]
        berlin = list_changes(database, office.admin, filters, None, ZoneInfo("Europe/Berlin"))
        assert [one.at for one in berlin.rows] == [midnight, midnight - 1]

    @pytest.mark.parametrize("at", [0, NOW, NOW + 2 * DAY, 2**50])
    def test_a_place_from_elsewhere_shows_only_the_chosen_days(
        self, database: Database, office: Office, at: int
    ) -> None:
        day = NOW // DAY
        for n in range(-1, 3):
            write_change(
                database, office.enrollments[0][0], {"grade": ["A", "B"]}, at=(day + n) * DAY
            )
        chosen = f"{day_to_date(day)}..{day_to_date(day + 1)}"
        filters = ActivityFilters(when=read_days(chosen))
        for kind, actor in itertools.product(("after", "before"), office.actors[:3]):
            page = list_changes(database, actor, filters, Place(kind, (at, 2**52)), UTC, 3)
            assert {one.at // DAY for one in page.rows} <= {day, day + 1}
            assert page.rows

    def test_a_change_is_shown_with_its_source_reason_and_undo(
        self, database: Database, office: Office
    ) -> None:
        id_, learner, course = office.enrollments[0]
        save_enrollment(
            database, office.admin, id_, version=1, typed={"grade": "B"}, reason="Second marking"
        )
        [change] = list_changes(database, office.admin, ActivityFilters(), None, UTC).rows
        assert (change.learner_id, change.course_id, change.enrollment_id) == (learner, course, id_)
        assert change.changes == (("Grade", "none", "B"),)
        assert (change.who, change.source) == ("Super Admin", Source.PERSON)
        assert (change.reason, change.may_undo) == ("Second marking", True)
        undo_change(database, office.admin, id_, change.seq)
        undo, undone = list_changes(database, office.admin, ActivityFilters(), None, UTC).rows
        assert (undone.undone_by, undone.may_undo) == ("Super Admin", False)
        assert undo.source is Source.UNDO

    def test_leads_may_undo_nothing(self, database: Database, office: Office) -> None:
        id_ = office.enrollments[0][0]
        save_enrollment(database, office.admin, id_, version=1, typed={"grade": "B"})
        [change] = list_changes(database, office.lead, ActivityFilters(), None, UTC).rows
        assert not change.may_undo

    @pytest.mark.parametrize("role", [Role.LEARNER, Role.ADMIN])
    def test_who_has_no_ledger_is_refused(
        self, database: Database, office: Office, role: Role
    ) -> None:
        actor = make_actor(database, role)
        for call in (
            lambda: list_changes(database, actor, ActivityFilters(), None, UTC),
            lambda: read_again(database, actor, [1]),
            lambda: find_filters(database, actor, "a"),
            lambda: filter_titles(database, actor, ActivityFilters(), []),
            lambda: ActivityFile(database, actor, ActivityFilters(), UTC, lambda: actor),
        ):
            with pytest.raises(NotAllowed):
                call()


class TestInternalNotes:
    def test_changes_of_notes_do_not_exist_for_leads(
        self, database: Database, office: Office
    ) -> None:
        office.write(80)
        seqs = [row["seq"] for row in office.history]
        found = [
            *read(database, office.lead, ActivityFilters()),
            *read(database, office.lead, ActivityFilters(field=What.NOTE)),
            *read_again(database, office.lead, seqs).values(),
        ]
        assert found
        assert "CANARY" not in repr(found)
        assert "Internal Note" not in repr(found)
        # A filter by notes is none: what it leaves would tell which enrollments have some.
        assert len(read(database, office.lead, ActivityFilters(field=What.NOTE))) == len(
            read(database, office.lead, ActivityFilters())
        )
        file = ActivityFile(
            database, office.lead, ActivityFilters(field=What.NOTE), UTC, lambda: office.lead
        )
        text_ = b"".join(iter(file.read, b"")).decode()
        assert "Grade" in text_
        assert "CANARY" not in text_
        assert "Internal Note" not in text_

    def test_a_reason_given_with_a_note_is_hidden_with_it(
        self, database: Database, office: Office
    ) -> None:
        write_change(
            database,
            office.enrollments[0][0],
            {"grade": ["A", "B"], "note": ["", "x"]},
            reason="CANARY",
        )
        [change] = list_changes(database, office.lead, ActivityFilters(), None, UTC).rows
        assert (change.reason, len(change.changes)) == ("", 1)


class TestReadAgain:
    def test_changes_out_of_scope_are_left_out(self, database: Database, office: Office) -> None:
        office.write(60)
        seqs = [row["seq"] for row in office.history]
        for actor in office.actors:
            assert sorted(read_again(database, actor, seqs)) == sorted(
                expected(office, actor, ActivityFilters())
            )


class TestFilterTitles:
    def test_what_is_not_the_actors_stays_unnamed(self, database: Database, office: Office) -> None:
        filters = ActivityFilters(
            person=office.admin.account_id, course=office.courses[3], learner=office.learners[5]
        )
        assert set(filter_titles(database, office.admin, filters, [])) == {
            "person",
            "course",
            "learner",
        }
        for actor in (office.teacher, office.idle):
            assert filter_titles(database, actor, filters, []) == {}
        gone = ActivityFilters(person=10**6, course=10**6, learner=10**6)
        assert filter_titles(database, office.admin, gone, []) == {}


class TestFindFilters:
    def test_only_who_sees_everything_finds_who_makes_changes(
        self, database: Database, office: Office
    ) -> None:
        course = make_course(database, "Welding")
        learner = make_learner(database, "Wella Wolf")
        make_enrollment(database, learner, course)
        make_actor(database, Role.INSTRUCTOR, teaches=(course,))
        found = find_filters(database, office.admin, "wel")
        assert [(one.name, one.title) for one in found] == [
            ("learner", "Wella Wolf"),
            ("course", "Welding"),
        ]
        assert [one.name for one in find_filters(database, office.admin, "super")] == ["person"]
        for actor in (office.teacher, office.lead, office.idle):
            assert find_filters(database, actor, "wel") == []
            assert find_filters(database, actor, "super") == []


class TestActivityFile:
    def test_it_has_a_line_for_each_changed_field(self, database: Database, office: Office) -> None:
        id_ = office.enrollments[0][0]
        changes = {"grade": [None, "=1+1"], "deadline": [None, 20_000]}
        write_change(database, id_, changes, actor_name="Dana", batch="b1", reason="Late")
        file = ActivityFile(database, office.admin, ActivityFilters(), UTC, lambda: office.admin)
        head, *lines, last = b"".join(iter(file.read, b"")).decode().split("\r\n")
        assert head.startswith('\ufeff"When","By","Source"')
        assert last == ""
        assert [line.split(",")[6:9] for line in lines] == [
            ['"Deadline"', '"none"', '"4 Oct 2024"'],
            ['"Grade"', '"none"', '"\'=1+1"'],
        ]
        assert rows(database, "SELECT action, subject FROM admin_event") == [
            ("exported", "Changes of enrollments")
        ]

    def test_it_ends_when_its_reader_may_see_less(self, database: Database, office: Office) -> None:
        office.write(5)
        file = ActivityFile(database, office.admin, ActivityFilters(), UTC, lambda: office.lead)
        with pytest.raises(NotAllowed):
            file.read()

    def test_it_has_all_pages(
        self, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("enrollment_portal.services.activity.activity_file.ROWS_AT_ONCE", 7)
        office.write(30)
        file = ActivityFile(
            database, office.teacher, ActivityFilters(), UTC, lambda: office.teacher
        )
        lines = b"".join(iter(file.read, b"")).decode().split("\r\n")[1:-1]
        seen = expected(office, office.teacher, ActivityFilters())
        n = {row["seq"]: len(row["changes"]) for row in office.history}
        assert len(lines) == sum(n[seq] for seq in seen)


def test_loading_a_history_fills_what_the_trigger_writes(
    database: Database, office: Office
) -> None:
    office.write(60)
    written = rows(database, "SELECT * FROM activity ORDER BY seq")
    assert len(written) == 60
    with database.write() as session, bulk.bulk_load(session):
        session.execute(text("DELETE FROM activity"))
    assert rows(database, "SELECT * FROM activity ORDER BY seq") == written
    write_change(database, office.enrollments[0][0], {"grade": ["A", "B"]})
    assert len(rows(database, "SELECT seq FROM activity")) == 61


def test_undoing_in_place_uses_the_right_of_the_enrollment(
    database: Database, office: Office
) -> None:
    id_ = office.enrollments[0][0]
    save_enrollment(database, office.admin, id_, version=1, typed={"deadline": "2027-01-01"})
    [change] = list_changes(database, office.teacher, ActivityFilters(), None, UTC).rows
    assert not change.may_undo
    with pytest.raises(NotAllowed):
        undo_change(database, office.teacher, id_, change.seq)
    assert read_enrollment(database, office.admin, id_).facts.deadline_day is not None
