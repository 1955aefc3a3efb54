"""Test extension requests and decisions: rules, rights, history, concurrency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from enrollment_portal.domain.ledger.attention.needs import Need
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.requests.extension_requests import read_requested_day
from enrollment_portal.domain.shared.calendar import LAST_DAY, day_to_date
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, Refused
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.history.undoing import restore_value, undo_change
from enrollment_portal.services.learning.learning import (
    cancel_enrollment,
    read_dashboard,
    start_course,
)
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.services.ledger.attention import needs_of
from enrollment_portal.services.requests.extension_decisions import Decided, decide_extension
from enrollment_portal.services.requests.extensions import (
    request_extension,
    see_answer,
    withdraw_extension,
)
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_lessons,
    make_path,
)
from tests.integration import current
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.concurrency import at_once, run_during_write
from tests.integration.stored import execute, history, rows

LATE, LATE_DAY = "2150-01-01", 65_744


@pytest.fixture
def enrollment(database: Database, ada: Actor) -> int:
    """Ada's active enrollment, due in five days."""
    return start_course(database, ada, make_course(database, deadline_days=5))


def due(database: Database) -> int:
    """Return the day on which it is due at first."""
    return organization_of(database).today() + 5


def requests(database: Database) -> list[tuple[object, ...]]:
    """Return state, decider, answer and whether it was seen, of every request."""
    return rows(
        database, "SELECT state, decided_by, answer, is_seen FROM extension_request ORDER BY id"
    )


class TestRequest:
    def test_is_shown_on_the_dashboard_and_to_the_admin(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, " Two weeks\r\nof leave ")
        (mine,) = read_dashboard(database, ada).requests
        assert (mine.id, mine.requested_day, mine.reason) == (
            asked,
            LATE_DAY,
            "Two weeks\nof leave",
        )
        assert read_enrollment(database, dana, enrollment).request == mine
        assert rows(database, "SELECT version, deadline_day FROM enrollment") == [
            (1, due(database))
        ]

    def test_is_not_shown_to_those_who_may_not_decide(
        self, database: Database, ada: Actor, enrollment: int
    ) -> None:
        request_extension(database, ada, enrollment, LATE, "Leave")
        account = make_account(database, Role.GROUP_LEAD, leads=(ada.learner_id or 0,))
        lead = Actor(account, "Lea", "", Role.GROUP_LEAD)
        assert read_enrollment(database, lead, enrollment).request is None

    def test_only_one_is_open_at_a_time(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        results = at_once(
            *[lambda: request_extension(database, ada, enrollment, LATE, "Leave")] * 4
        )
        refused = [r for r in results if isinstance(r, Refused)]
        assert (len(refused), len(requests(database))) == (3, 1)
        first = next(r for r in results if isinstance(r, int))
        decide_extension(database, dana, first, False)
        assert request_extension(database, ada, enrollment, LATE, "Please")

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
            request_extension(database, ada, enrollment, day, reason)
        assert sorted(refusal.value.errors) == fields
        assert requests(database) == []

    def test_others_enrollments_are_not_found(self, database: Database, ada: Actor) -> None:
        theirs = make_enrollment(database)
        for wanted in (theirs, 0, None, "x", 2**70, True):
            with pytest.raises(NotFound):
                request_extension(database, ada, wanted, LATE, "Leave")
        assert requests(database) == []

    def test_an_ended_enrollment_cannot_be_extended(self, database: Database, ada: Actor) -> None:
        over = make_enrollment(database, ada.learner_id, status=1, deadline_day=LATE_DAY)
        with pytest.raises(Refused):
            request_extension(database, ada, over, LATE, "Leave")

    def test_without_a_deadline_there_is_no_request(self, database: Database, ada: Actor) -> None:
        endless = start_course(database, ada, make_course(database))
        with pytest.raises(Refused, match="no deadline"):
            request_extension(database, ada, endless, LATE, "Leave")
        assert requests(database) == []


class TestDecide:
    def test_granting_sets_the_deadline_with_history(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        decide_extension(database, dana, asked, True)
        assert rows(database, "SELECT deadline_day, version FROM enrollment") == [(LATE_DAY, 2)]
        assert history(database, enrollment)[-1] == (
            2,
            "person",
            dana.name,
            {"deadline": [due(database), LATE_DAY]},
            "Extension: Leave",
        )
        assert requests(database) == [("granted", dana.name, "", 0)]
        assert read_enrollment(database, dana, enrollment).request is None

    def test_granting_never_makes_a_deadline_earlier(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        execute(database, f"UPDATE enrollment SET deadline_day = {LATE_DAY + 9}")
        decide_extension(database, dana, asked, True)
        assert rows(database, "SELECT deadline_day, version FROM enrollment") == [(LATE_DAY + 9, 1)]

    @pytest.mark.parametrize(
        ("grant", "action"), [(True, "extension_granted"), (False, "extension_declined")]
    )
    def test_is_recorded_in_the_access_log(
        self, database: Database, ada: Actor, dana: Actor, grant: bool, action: str
    ) -> None:
        enrollment = start_course(database, ada, make_course(database, "SQL", deadline_days=5))
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        decide_extension(database, dana, asked, grant)
        with pytest.raises(Refused):
            decide_extension(database, dana, asked, grant)
        assert rows(
            database,
            "SELECT actor_name, action, subject_kind, subject_id, subject, detail FROM admin_event",
        ) == [(dana.name, action, "user", ada.learner_id, ada.name, "SQL")]

    def test_an_answer_is_shown_on_the_dashboard_until_dismissed(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
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

    def test_a_decided_request_names_who_decided(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        tom = make_admin(database, "Tom Baker")
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        results = at_once(
            lambda: decide_extension(database, dana, asked, True),
            lambda: decide_extension(database, tom, asked, False, "No"),
        )
        refused = [r for r in results if isinstance(r, Refused)]
        assert len(refused) == 1
        winner = requests(database)[0][1]
        assert str(winner) in refused[0].message

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    def test_granting_is_retried_after_a_concurrent_write(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        answer = run_during_write(
            database,
            lambda session: session.execute(text("UPDATE enrollment SET version = 2")),
            lambda: decide_extension(database, dana, asked, True),
        )
        assert isinstance(answer, Decided)
        assert answer.seq
        assert rows(database, "SELECT deadline_day, version FROM enrollment") == [(LATE_DAY, 3)]
        assert [version for version, *_rest in history(database, enrollment)] == [1, 3]

    def test_an_enrollment_that_ended_meanwhile_is_not_extended(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        execute(database, "UPDATE enrollment SET status = 2, cancelled_at = enrolled_at")
        with pytest.raises(Refused, match="no longer active"):
            decide_extension(database, dana, asked, True)
        assert requests(database) == [("open", "", "", 0)]

    def test_overriding_the_status_to_an_end_closes_the_request(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        request_extension(database, ada, enrollment, LATE, "Leave")
        save_enrollment(database, dana, enrollment, version=1, typed={"status": "cancelled"})
        assert requests(database) == [("closed", dana.name, "The enrollment has ended.", 1)]

    @pytest.mark.parametrize("ends", ["lesson", "removal", "cancelling"])
    def test_a_tracked_end_or_the_learners_cancellation_closes_the_request(
        self, database: Database, ada: Actor, dana: Actor, ends: str
    ) -> None:
        course = make_course(database, n_lessons=2, deadline_days=5)
        first, second = make_lessons(database, course, 2)
        begun = start_course(database, ada, course)
        path = make_path(database, "P", (course,), n_lessons=2)
        path = make_enrollment(database, ada.learner_id, path, deadline_day=due(database))
        for enrollment in (path, begun):
            request_extension(database, ada, enrollment, LATE, "Leave")
        mark_done(database, ada, course, first)
        assert [state for state, *_rest in requests(database)] == ["open", "open"]
        if ends == "lesson":
            mark_done(database, ada, course, second)
        elif ends == "removal":
            current.remove_lesson(database, dana, course, second)
        else:
            for enrollment in (path, begun):
                cancel_enrollment(database, ada, enrollment, "No time")
        closed = ("closed", ada.name, "Cancelled by the learner.", 1)
        if ends != "cancelling":
            closed = ("closed", "", "You completed it.", 1)
        assert requests(database) == [closed] * 2

    def test_deciding_requires_the_learning_section(
        self, database: Database, ada: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
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

    def test_unknown_requests_and_invalid_answers_are_refused(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        for wanted in (0, 99, None, "x", 2**70, True):
            with pytest.raises(NotFound):
                decide_extension(database, dana, wanted, True)
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        for answer in ("x" * 501, "a\x00", None):
            with pytest.raises(Invalid):
                decide_extension(database, dana, asked, False, answer)
        assert requests(database) == [("open", "", "", 0)]


class TestGrantingAnotherDay:
    """A past day cannot be granted; another day is required, and may always be chosen."""

    def expired_request(self, database: Database, ada: Actor) -> tuple[int, int]:
        """Return a request for a day that has passed, and that day."""
        over = organization_of(database).today() - 1
        late = make_enrollment(database, ada.learner_id, deadline_day=over - 1)
        asked = request_extension(database, ada, late, LATE, "Leave")
        execute(database, f"UPDATE extension_request SET wanted_day = {over}")
        return asked, over

    @pytest.mark.parametrize("typed", [None, "", "  ", "soon", 5, "2150-02-30", "9999-01-01", "x"])
    def test_a_past_day_is_not_granted_without_another_one(
        self, database: Database, ada: Actor, dana: Actor, typed: object
    ) -> None:
        asked, over = self.expired_request(database, ada)
        with pytest.raises(Invalid) as refusal:
            decide_extension(database, dana, asked, True, "Of course", day=typed)
        words = refusal.value.errors["day"]
        assert ("has passed. Choose another day." in words) == (str(typed or "").strip() == "")
        for day in (over, over + 1):
            with pytest.raises(Invalid):
                decide_extension(database, dana, asked, True, day=day_to_date(day).isoformat())
        assert requests(database) == [("open", "", "", 0)]
        assert rows(database, "SELECT deadline_day, version FROM enrollment") == [(over - 1, 1)]
        decide_extension(database, dana, asked, True, "Of course", day=LATE)
        assert rows(database, "SELECT deadline_day FROM enrollment") == [(LATE_DAY,)]
        (mine,) = read_dashboard(database, ada).requests
        assert (mine.state, mine.answer, mine.granted_day) == ("granted", "Of course", LATE_DAY)

    def test_it_may_be_declined(self, database: Database, ada: Actor, dana: Actor) -> None:
        asked, _over = self.expired_request(database, ada)
        decide_extension(database, dana, asked, False, "Too late")
        assert requests(database) == [("declined", dana.name, "Too late", 0)]

    def test_today_can_be_granted(self, database: Database, ada: Actor, dana: Actor) -> None:
        asked, over = self.expired_request(database, ada)
        execute(database, f"UPDATE extension_request SET wanted_day = {over + 1}")
        decide_extension(database, dana, asked, True)
        assert rows(database, "SELECT deadline_day FROM enrollment") == [(over + 1,)]

    def test_another_day_must_be_after_the_deadline(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        for days in (-1, 0):
            day = day_to_date(due(database) + days).isoformat()
            with pytest.raises(Invalid, match=r"."):
                decide_extension(database, dana, asked, True, day=day)
        earlier = day_to_date(due(database) + 1).isoformat()
        decide_extension(database, dana, asked, True, day=earlier)
        assert rows(database, "SELECT deadline_day FROM enrollment") == [(due(database) + 1,)]


class TestUndo:
    def undo_last(self, database: Database, dana: Actor, enrollment: int) -> None:
        """Undo the newest change, as the button beside its confirmation does."""
        last = read_enrollment(database, dana, enrollment).history[0]
        undo_change(database, dana, enrollment, last.seq)

    @pytest.mark.parametrize("day", [None, "2149-01-01"])
    def test_undoing_a_grant_reopens_the_request(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int, day: str | None
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        made = decide_extension(database, dana, asked, True, "Enjoy", day=day).seq
        assert made == read_enrollment(database, dana, enrollment).history[0].seq
        see_answer(database, ada, asked)
        granted = rows(database, "SELECT deadline_day FROM enrollment")
        for _ in range(2):
            self.undo_last(database, dana, enrollment)
            assert requests(database) == [("open", "", "", 0)]
            assert rows(database, "SELECT deadline_day FROM enrollment") == [(due(database),)]
            request = read_enrollment(database, dana, enrollment).request
            assert request
            assert request.id == asked
            self.undo_last(database, dana, enrollment)
            assert requests(database) == [("granted", dana.name, "", 0)]
            assert rows(database, "SELECT deadline_day FROM enrollment") == granted
        self.undo_last(database, dana, enrollment)
        decide_extension(database, dana, asked, False, "No")
        assert requests(database) == [("declined", dana.name, "No", 0)]

    def test_with_another_open_request_the_first_stays_closed(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        first = request_extension(database, ada, enrollment, LATE, "Leave")
        decide_extension(database, dana, first, True)
        request_extension(database, ada, enrollment, "2160-01-01", "More leave")
        self.undo_last(database, dana, enrollment)
        assert [state for state, *_rest in requests(database)] == ["granted", "open"]

    @pytest.mark.parametrize("typed", [{"deadline": ""}, {"status": "cancelled"}])
    def test_undoing_the_change_that_closed_a_request_reopens_it(
        self,
        database: Database,
        ada: Actor,
        dana: Actor,
        enrollment: int,
        typed: dict[str, str],
    ) -> None:
        request_extension(database, ada, enrollment, LATE, "Leave")
        save_enrollment(database, dana, enrollment, version=1, typed=typed)
        closed = requests(database)
        assert closed[0][0] == "closed"
        self.undo_last(database, dana, enrollment)
        assert requests(database) == [("open", "", "", 0)]
        self.undo_last(database, dana, enrollment)
        assert requests(database) == closed


class TestObsoleteRequests:
    """A request that has become obsolete is closed."""

    def test_removing_the_deadline_closes_it_and_notifies_the_learner(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        save_enrollment(database, dana, enrollment, version=1, typed={"deadline": ""})
        assert requests(database) == [("closed", dana.name, "The deadline was removed.", 0)]
        (told,) = read_dashboard(database, ada).requests
        assert told.state == "closed"
        with pytest.raises(Refused, match="already closed by Dana Ruiz"):
            decide_extension(database, dana, asked, True)
        assert needs_of(database, dana, Kind.COURSES)[Need.REQUESTS] == 0

    @pytest.mark.parametrize(("days", "state"), [(0, "granted"), (30, "granted"), (-1, "open")])
    def test_a_deadline_as_late_as_requested_grants_it(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int, days: int, state: str
    ) -> None:
        request_extension(database, ada, enrollment, LATE, "Leave")
        day = LATE_DAY + days
        typed = {"deadline": day_to_date(day).isoformat()}
        save_enrollment(database, dana, enrollment, version=1, typed=typed)
        assert requests(database)[0][0] == state
        granted = rows(database, "SELECT granted_day FROM extension_request")
        assert granted == [(day if state == "granted" else None,)]

    def test_restoring_an_empty_deadline_closes_it(
        self, database: Database, ada: Actor, dana: Actor
    ) -> None:
        enrollment = start_course(database, ada, make_course(database))
        save_enrollment(database, dana, enrollment, version=1, typed={"deadline": "2149-01-01"})
        request_extension(database, ada, enrollment, LATE, "Leave")
        seq = read_enrollment(database, dana, enrollment).history[0].seq
        restore_value(database, dana, enrollment, seq, "deadline", "before", version=2)
        assert requests(database)[0][:3] == ("closed", dana.name, "The deadline was removed.")

    def test_other_changes_keep_it_open(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        request_extension(database, ada, enrollment, LATE, "Leave")
        typed = {"grade": "B", "feedback": "Good", "note": "x"}
        save_enrollment(database, dana, enrollment, version=1, typed=typed)
        assert requests(database) == [("open", "", "", 0)]


class TestWithdraw:
    def test_a_learner_withdraws_an_unanswered_request(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        withdraw_extension(database, ada, asked)
        assert requests(database) == [("withdrawn", ada.name, "", 1)]
        assert read_dashboard(database, ada).requests == ()
        assert read_enrollment(database, dana, enrollment).request is None
        with pytest.raises(Refused, match="already withdrawn by Ada"):
            decide_extension(database, dana, asked, True)
        with pytest.raises(Refused, match="no longer open"):
            withdraw_extension(database, ada, asked)
        assert request_extension(database, ada, enrollment, LATE, "After all")

    def test_an_answered_request_cannot_be_withdrawn(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        results = at_once(
            lambda: decide_extension(database, dana, asked, True),
            lambda: withdraw_extension(database, ada, asked),
        )
        refused = [r for r in results if isinstance(r, Refused)]
        assert len(refused) == 1
        state = requests(database)[0][0]
        deadline = rows(database, "SELECT deadline_day FROM enrollment")[0][0]
        assert (state, deadline) in (("granted", LATE_DAY), ("withdrawn", due(database)))

    def test_others_enrollments_are_not_found(
        self, database: Database, ada: Actor, dana: Actor, enrollment: int
    ) -> None:
        asked = request_extension(database, ada, enrollment, LATE, "Leave")
        for actor in (make_learner_actor(database, "Bo"), dana):
            with pytest.raises(NotFound):
                withdraw_extension(database, actor, asked)
        for wanted in (0, asked + 1, None, "x", 2**70, True, 1.5):
            with pytest.raises(NotFound):
                withdraw_extension(database, ada, wanted)
        assert requests(database) == [("open", "", "", 0)]


@given(
    today=st.integers(0, LAST_DAY),
    deadline=st.none() | st.integers(0, LAST_DAY),
    ahead=st.integers(-400, 400),
)
def test_a_requested_deadline_must_be_after_today_and_after_the_deadline(
    today: int, deadline: int | None, ahead: int
) -> None:
    day = max(0, (today if deadline is None else deadline) + ahead)
    typed = (day_to_date(0) + timedelta(days=day)).isoformat()
    is_right = today < day <= LAST_DAY and (deadline is None or day > deadline)
    if is_right:
        assert read_requested_day(f" {typed} ", today, deadline) == day
    else:
        with pytest.raises(ValueError, match=r"\.$"):
            read_requested_day(typed, today, deadline)


def test_days_are_counted_in_the_organizations_time_zone(database: Database, ada: Actor) -> None:
    enrollment = start_course(database, ada, make_course(database, deadline_days=0))
    today = day_to_date(organization_of(database).today())
    with pytest.raises(Invalid):
        request_extension(database, ada, enrollment, today.isoformat(), "Leave")
    assert request_extension(
        database, ada, enrollment, (today + timedelta(days=1)).isoformat(), "Leave"
    )
