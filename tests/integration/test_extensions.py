"""Asking for more time and deciding it: rules, rights, history, two people at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from enrollment_portal.domain.calendar import LAST_DAY, day_to_date
from enrollment_portal.domain.errors import Invalid, NotAllowed, NotFound
from enrollment_portal.domain.learning import Refused, read_wanted_day
from enrollment_portal.domain.people import Actor, Role, Section
from enrollment_portal.services.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.extensions import ask_extension, decide_extension, see_answer
from enrollment_portal.services.learning import cancel_enrollment, read_dashboard, start_course
from enrollment_portal.services.lessons import remove_lesson
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.tracking import mark_done
from enrollment_portal.storage.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_lessons,
    make_organization,
    make_path,
)
from tests.integration.learners import (
    at_once,
    execute,
    history,
    make_admin,
    make_learner_actor,
    meet,
    rows,
)

LATE, LATE_DAY = "2150-01-01", 65_744


@pytest.fixture
def ada(database: Database) -> Actor:
    """A learner of an organization in Stockholm."""
    make_organization(database)
    return make_learner_actor(database)


@pytest.fixture
def dana(database: Database) -> Actor:
    """An admin who manages enrollments."""
    return make_admin(database)


@pytest.fixture
def enrollment(database: Database, ada: Actor) -> int:
    """Ada's active enrollment, without a deadline."""
    return start_course(database, ada, make_course(database))


def requests(database: Database) -> list[tuple[object, ...]]:
    """Return state, who decided, the answer, and whether it was seen, of every request."""
    return rows(
        database, "SELECT state, decided_by, answer, is_seen FROM extension_request ORDER BY id"
    )


class TestAsk:
    def test_stands_on_the_dashboard_and_before_the_admin(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = ask_extension(database, ada, enrollment, LATE, " Two weeks\r\nof leave ")
        (mine,) = read_dashboard(database, ada).requests
        assert (mine.id, mine.wanted_day, mine.reason) == (
            asked,
            LATE_DAY,
            "Two weeks\nof leave",
        )
        assert read_enrollment(database, dana, enrollment).request == mine
        assert rows(database, "SELECT version, deadline_day FROM enrollment") == [(1, None)]

    def test_is_not_shown_to_those_who_may_not_decide(
        self, database: Database, ada: Actor, enrollment: int
    ) -> None:
        ask_extension(database, ada, enrollment, LATE, "Leave")
        account = make_account(database, Role.GROUP_LEAD, leads=(ada.learner_id or 0,))
        lead = Actor(account, "Lea", "", Role.GROUP_LEAD)
        assert read_enrollment(database, lead, enrollment).request is None

    def test_only_one_is_open_at_a_time(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        results = at_once(*[lambda: ask_extension(database, ada, enrollment, LATE, "Leave")] * 4)
        refused = [r for r in results if isinstance(r, Refused)]
        assert (len(refused), len(requests(database))) == (3, 1)
        first = next(r for r in results if isinstance(r, int))
        decide_extension(database, dana, first, False)
        assert ask_extension(database, ada, enrollment, LATE, "Please")

    @pytest.mark.parametrize(
        ("day", "reason", "fields"),
        [
            ("", "Leave", ["day"]),
            ("soon", "Leave", ["day"]),
            (None, "Leave", ["day"]),
            ("2020-01-01", "Leave", ["day"]),
            ("9999-01-01", "Leave", ["day"]),
            (LATE, " ", ["reason"]),
            (LATE, "x" * 501, ["reason"]),
            (LATE, "a\x00", ["reason"]),
            (5, [], ["day", "reason"]),
        ],
    )
    def test_a_refusal_names_its_field_and_writes_nothing(
        self,
        database: Database,
        ada: Actor,
        enrollment: int,
        day: object,
        reason: object,
        fields: list[str],
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            ask_extension(database, ada, enrollment, day, reason)
        assert sorted(refusal.value.errors) == fields
        assert requests(database) == []

    def test_of_others_is_nothing_there(self, database: Database, ada: Actor) -> None:
        theirs = make_enrollment(database)
        for wanted in (theirs, 0, None, "x", 2**70, True):
            with pytest.raises(NotFound):
                ask_extension(database, ada, wanted, LATE, "Leave")
        assert requests(database) == []

    def test_an_enrollment_that_is_over_has_nothing_to_extend(
        self, database: Database, ada: Actor
    ) -> None:
        over = make_enrollment(database, ada.learner_id, status=1)
        with pytest.raises(Refused):
            ask_extension(database, ada, over, LATE, "Leave")


class TestDecide:
    def test_granting_sets_the_deadline_with_history(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        decide_extension(database, dana, asked, True)
        assert rows(database, "SELECT deadline_day, version FROM enrollment") == [(LATE_DAY, 2)]
        assert history(database, enrollment)[-1] == (
            2,
            "person",
            dana.name,
            {"deadline": [None, LATE_DAY]},
            "Extension: Leave",
        )
        assert requests(database) == [("granted", dana.name, "", 0)]
        assert read_enrollment(database, dana, enrollment).request is None

    def test_granting_never_brings_a_deadline_forward(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        execute(database, f"UPDATE enrollment SET deadline_day = {LATE_DAY + 9}")
        decide_extension(database, dana, asked, True)
        assert rows(database, "SELECT deadline_day, version FROM enrollment") == [(LATE_DAY + 9, 1)]

    @pytest.mark.parametrize(
        ("grant", "action"), [(True, "extension_granted"), (False, "extension_declined")]
    )
    def test_stands_in_the_access_log(
        self, database: Database, ada: Actor, dana: Actor, grant: bool, action: str
    ) -> None:
        enrollment = start_course(database, ada, make_course(database, "SQL"))
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        decide_extension(database, dana, asked, grant)
        with pytest.raises(Refused):
            decide_extension(database, dana, asked, grant)
        assert rows(
            database,
            "SELECT actor_name, action, subject_kind, subject_id, subject, detail FROM admin_event",
        ) == [(dana.name, action, "user", ada.learner_id, ada.name, "SQL")]

    def test_an_answer_stands_on_the_dashboard_until_it_is_put_away(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        see_answer(database, ada, asked)
        assert len(read_dashboard(database, ada).requests) == 1
        decide_extension(database, dana, asked, False, " The exam is fixed. ")
        (answer,) = read_dashboard(database, ada).requests
        assert (answer.state, answer.answer) == ("declined", "The exam is fixed.")
        somebody = make_learner_actor(database, "Bo")
        see_answer(database, somebody, asked)
        assert len(read_dashboard(database, ada).requests) == 1
        see_answer(database, ada, asked)
        assert read_dashboard(database, ada).requests == ()

    def test_what_was_decided_already_says_by_whom(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        tom = make_admin(database, "Tom Baker")
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        results = at_once(
            lambda: decide_extension(database, dana, asked, True),
            lambda: decide_extension(database, tom, asked, False, "No"),
        )
        refused = [r for r in results if isinstance(r, Refused)]
        assert len(refused) == 1
        winner = requests(database)[0][1]
        assert str(winner) in refused[0].message

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    def test_granting_is_done_again_where_somebody_wrote_in_the_same_moment(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        answer = meet(
            database,
            lambda connection: connection.execute(text("UPDATE enrollment SET version = 2")),
            lambda: decide_extension(database, dana, asked, True),
        )
        assert answer is None
        assert rows(database, "SELECT deadline_day, version FROM enrollment") == [(LATE_DAY, 3)]
        assert [version for version, *_rest in history(database, enrollment)] == [1, 3]

    def test_an_enrollment_that_ended_meanwhile_is_not_extended(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        execute(database, "UPDATE enrollment SET status = 2, cancelled_at = enrolled_at")
        with pytest.raises(Refused, match="no longer active"):
            decide_extension(database, dana, asked, True)
        assert requests(database) == [("open", "", "", 0)]

    def test_ending_an_enrollment_by_hand_closes_its_request(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        ask_extension(database, ada, enrollment, LATE, "Leave")
        save_enrollment(database, dana, enrollment, version=1, typed={"status": "cancelled"})
        assert requests(database)[0][0] == "declined"

    @pytest.mark.parametrize("ends", ["lesson", "removal", "cancelling"])
    def test_what_ends_by_itself_or_by_the_learner_asks_no_more(
        self, database: Database, ada: Actor, dana: Actor, ends: str
    ) -> None:
        course = make_course(database, n_lessons=2)
        first, second = make_lessons(database, course, 2)
        begun = start_course(database, ada, course)
        path = make_path(database, "P", (course,), n_lessons=2)
        path = make_enrollment(database, ada.learner_id, path)
        for enrollment in (path, begun):
            ask_extension(database, ada, enrollment, LATE, "Leave")
        mark_done(database, ada, course, first)
        assert [state for state, *_rest in requests(database)] == ["open", "open"]
        if ends == "lesson":
            mark_done(database, ada, course, second)
        elif ends == "removal":
            remove_lesson(database, dana, course, second)
        else:
            for enrollment in (path, begun):
                cancel_enrollment(database, ada, enrollment, "No time")
        closed = ("declined", ada.name, "Cancelled by the learner.", 1)
        if ends != "cancelling":
            closed = ("declined", "", "You completed it.", 1)
        assert requests(database) == [closed] * 2

    def test_only_admins_with_learning_decide(
        self, database: Database, ada: Actor, enrollment: int
    ) -> None:
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        for role, sections in (
            (Role.ADMIN, Section.PEOPLE),
            (Role.INSTRUCTOR, Section(0)),
            (Role.GROUP_LEAD, Section(0)),
            (Role.LEARNER, Section(0)),
        ):
            account = make_account(database, role, sections=sections)
            with pytest.raises(NotAllowed):
                decide_extension(database, Actor(account, "X", "", role, sections), asked, True)
        with pytest.raises(NotAllowed):
            decide_extension(database, ada, asked, True)
        assert requests(database) == [("open", "", "", 0)]

    def test_what_does_not_exist_or_cannot_be_kept_is_refused(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        for wanted in (0, 99, None, "x", 2**70, True):
            with pytest.raises(NotFound):
                decide_extension(database, dana, wanted, True)
        asked = ask_extension(database, ada, enrollment, LATE, "Leave")
        for answer in ("x" * 501, "a\x00", None):
            with pytest.raises(Invalid):
                decide_extension(database, dana, asked, False, answer)
        assert requests(database) == [("open", "", "", 0)]


@given(
    today=st.integers(0, LAST_DAY),
    deadline=st.none() | st.integers(0, LAST_DAY),
    ahead=st.integers(-400, 400),
)
def test_a_wanted_day_lies_after_today_and_after_the_deadline(
    today: int, deadline: int | None, ahead: int
) -> None:
    day = max(0, (today if deadline is None else deadline) + ahead)
    typed = (day_to_date(0) + timedelta(days=day)).isoformat()
    is_right = today < day <= LAST_DAY and (deadline is None or day > deadline)
    if is_right:
        assert read_wanted_day(f" {typed} ", today, deadline) == day
    else:
        with pytest.raises(ValueError, match=r"\.$"):
            read_wanted_day(typed, today, deadline)


def test_days_are_counted_in_the_organizations_zone(database: Database, ada: Actor) -> None:
    enrollment = start_course(database, ada, make_course(database))
    today = day_to_date(organization_of(database).today())
    with pytest.raises(Invalid):
        ask_extension(database, ada, enrollment, today.isoformat(), "Leave")
    assert ask_extension(
        database, ada, enrollment, (today + timedelta(days=1)).isoformat(), "Leave"
    )
