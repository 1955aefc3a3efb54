"""Test who may be enrolled: existing enrollments × requester × course settings."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.catalog.messages import NOTHING_COMPLETES
from enrollment_portal.domain.enrolling.eligibility import decide, may_start_again, path_enrolls_in
from enrollment_portal.domain.enrolling.enroll_request import (
    Completion,
    EnrollRequest,
    ExistingEnrollment,
    Learnable,
    Outcome,
    Person,
    Requester,
)
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

ADA = Person(1, "Ada", None, 0)
SQL = Learnable(2, "SQL", "course", "published", None, 3, 0, 0)
AGAIN = replace(SQL, may_be_retaken=1)
MAY_3 = 20_576
"""2026-05-03 in days."""


def existing_enrollment(
    status: Status, began: int = 0, ended: int = MAY_3, **values: object
) -> ExistingEnrollment:
    """Return an enrollment that began and ended on these days."""
    is_completed = status is Status.COMPLETED
    one = ExistingEnrollment(
        *(began + 1, 1, 2, int(status), 40, began * MS_PER_DAY),
        *(ended * MS_PER_DAY if is_completed else None, None, None),
    )
    return replace(one, **values)  # type: ignore[arg-type]


ACTIVE, COMPLETED = existing_enrollment(Status.ACTIVE), existing_enrollment(Status.COMPLETED)
CANCELLED = existing_enrollment(Status.CANCELLED)
REMOVED = replace(CANCELLED, removed_by="Dana Ruiz", removed_at=MAY_3 * MS_PER_DAY)


def request(by: Requester, again: bool = False) -> EnrollRequest:
    return EnrollRequest(by, ZoneInfo("UTC"), again)


ADMIN, RULE, LEARNER = (request(by) for by in Requester)
ALL = (ADMIN, request(Requester.ADMIN, again=True), RULE, LEARNER)


def outcome(
    course: Learnable, *existing: ExistingEnrollment, by: EnrollRequest, since: int | None = None
) -> str:
    moment = None if since is None else since * MS_PER_DAY
    return decide(ADA, course, existing, by, moment).outcome


class TestDecide:
    @pytest.mark.parametrize(("by", "course"), [*product(ALL, (SQL, AGAIN))])
    def test_nobody_is_active_twice(self, by: EnrollRequest, course: Learnable) -> None:
        for before in ([ACTIVE], [ACTIVE, COMPLETED], [ACTIVE, CANCELLED]):
            made = decide(ADA, course, before, by, 99_999 * MS_PER_DAY)
            assert (made.outcome, made.why) == (Outcome.ALREADY, "Already active, at 40%.")
            assert not made.has_completed

    @pytest.mark.parametrize(("by", "course"), [*product(ALL, (SQL, AGAIN))])
    def test_who_has_nothing_there_begins(self, by: EnrollRequest, course: Learnable) -> None:
        assert outcome(course, by=by) == Outcome.ENROLLED

    @pytest.mark.parametrize(("by", "course"), [*product(ALL, (SQL, AGAIN))])
    def test_what_was_cancelled_is_begun_again_by_people_only(
        self, by: EnrollRequest, course: Learnable
    ) -> None:
        for before in (CANCELLED, REMOVED):
            made = decide(ADA, course, [before], by, 99_999 * MS_PER_DAY)
            is_rule = by.by is Requester.RULE
            assert made.outcome is (Outcome.REFUSED if is_rule else Outcome.ENROLLED)
            words = {CANCELLED: "They cancelled it themselves", REMOVED: "Removed by Dana"}
            assert made.why.startswith(words[before] if is_rule else "")
            assert bool(made.why) is is_rule

    def test_an_admin_begins_a_completed_course_again_only_where_they_say_so(self) -> None:
        for course in (SQL, AGAIN):
            kept = decide(ADA, course, [COMPLETED], ADMIN)
            assert (kept.outcome, kept.why) == (
                Outcome.ALREADY,
                "Already completed on 3 May 2026.",
            )
            made = decide(ADA, course, [COMPLETED], request(Requester.ADMIN, again=True))
            assert (made.outcome, made.why) == (
                Outcome.ENROLLED,
                "Already completed on 3 May 2026. They start it for the 2nd time.",
            )
            assert kept.has_completed
            assert made.has_completed
            # Only where a new enrollment begins is the admin warned of the completed one.
            assert (kept.is_retake, made.is_retake) == (False, True)
            assert decide(ADA, course, [], ADMIN).is_retake is False

    def test_the_warning_names_the_last_completion_and_counts_all_enrollments(self) -> None:
        before = [existing_enrollment(Status.COMPLETED, ended=MAY_3 - 400), COMPLETED, CANCELLED]
        made = decide(ADA, SQL, before, request(Requester.ADMIN, again=True))
        assert made.why == "Already completed on 3 May 2026. They start it for the 4th time."
        eleven = decide(ADA, SQL, [COMPLETED] * 10, request(Requester.ADMIN, again=True))
        assert eleven.why.endswith(". They start it for the 11th time.")

    def test_a_learner_begins_a_completed_course_again_where_the_course_allows_it(self) -> None:
        assert outcome(SQL, COMPLETED, by=LEARNER) == Outcome.ALREADY
        assert outcome(AGAIN, COMPLETED, by=LEARNER) == Outcome.ENROLLED
        assert outcome(SQL, COMPLETED, CANCELLED, by=LEARNER) == Outcome.ALREADY
        assert outcome(AGAIN, COMPLETED, CANCELLED, by=LEARNER) == Outcome.ENROLLED

    def test_a_rule_begins_again_once_for_each_joining_where_the_course_allows_it(self) -> None:
        joined = MAY_3 + 10
        assert outcome(SQL, COMPLETED, by=RULE, since=joined) == Outcome.ALREADY
        assert outcome(AGAIN, COMPLETED, by=RULE, since=joined) == Outcome.ENROLLED
        # The same rule runs again, once what it began is over: it enrolls nobody a third time.
        since = existing_enrollment(Status.COMPLETED, began=joined, ended=joined + 5)
        assert outcome(AGAIN, since, COMPLETED, by=RULE, since=joined) == Outcome.ALREADY
        assert outcome(AGAIN, since, COMPLETED, by=RULE, since=joined + 6) == Outcome.ENROLLED

    def test_a_completion_since_they_joined_fulfils_the_rule(self) -> None:
        assert outcome(AGAIN, COMPLETED, by=RULE, since=MAY_3 - 1) == Outcome.ALREADY
        assert outcome(AGAIN, COMPLETED, by=RULE) == Outcome.ALREADY

    def test_a_rule_does_not_begin_again_what_was_removed_after_a_completion(self) -> None:
        removed = existing_enrollment(Status.CANCELLED, began=MAY_3 + 1)
        assert outcome(AGAIN, COMPLETED, removed, by=RULE, since=99_999) == Outcome.ALREADY

    @pytest.mark.parametrize("by", ALL)
    def test_a_completed_path_is_not_begun_again(self, by: EnrollRequest) -> None:
        path = replace(AGAIN, kind="path")
        made = decide(ADA, path, [COMPLETED], by, 99_999 * MS_PER_DAY)
        assert made.outcome is Outcome.ALREADY
        assert not made.has_completed
        assert outcome(path, CANCELLED, by=ADMIN) == Outcome.ENROLLED

    @pytest.mark.parametrize("by", ALL)
    def test_only_what_is_offered_to_who_may_come_in(self, by: EnrollRequest) -> None:
        for course, why in (
            (replace(AGAIN, state="draft"), "This is a draft. Publish it first."),
            (replace(AGAIN, state="archived"), "This is archived."),
            (replace(AGAIN, n_lessons=0), NOTHING_COMPLETES),
        ):
            assert decide(ADA, course, [], by).why == why
            again = decide(ADA, course, [COMPLETED], by, 99_999 * MS_PER_DAY)
            assert again.outcome is not Outcome.ENROLLED
        suspended = decide(replace(ADA, is_suspended=1), SQL, [], by)
        assert (suspended.outcome, suspended.why) == (
            Outcome.REFUSED,
            "Their access is suspended.",
        )


class TestIsBrought:
    @pytest.mark.parametrize(("requester", "course"), [*product(Requester, (SQL, AGAIN))])
    def test_a_path_begins_what_is_missing_and_what_may_be_taken_again(
        self, requester: Requester, course: Learnable
    ) -> None:
        is_person = requester is not Requester.RULE
        assert path_enrolls_in(course, [], requester) is True
        assert path_enrolls_in(course, [ACTIVE], requester) is False
        assert path_enrolls_in(course, [ACTIVE, COMPLETED], requester) is False
        assert path_enrolls_in(course, [CANCELLED], requester) is is_person
        assert path_enrolls_in(course, [COMPLETED], requester) is (course is AGAIN)
        removed = existing_enrollment(Status.CANCELLED, began=MAY_3 + 1)
        assert path_enrolls_in(course, [COMPLETED, removed], requester) is False
        assert path_enrolls_in(replace(course, state="draft"), [], requester) is False


DONE = Completion(MAY_3 * MS_PER_DAY, {SQL.id: "B"})
BEA = replace(ADA, id=9, name="Bea")


class TestAsCompleted:
    def test_it_says_when_and_with_which_grade(self) -> None:
        by = replace(ADMIN, completion=DONE)
        made = decide(ADA, SQL, [], by)
        assert (made.outcome, made.why) == (
            Outcome.ENROLLED,
            "As completed on 3 May 2026, grade B.",
        )
        other = decide(ADA, replace(SQL, id=3), [CANCELLED], by)
        assert (other.outcome, other.why) == (Outcome.ENROLLED, "As completed on 3 May 2026.")
        kept = decide(ADA, SQL, [COMPLETED], by)
        assert kept.outcome is Outcome.ALREADY
        again = decide(ADA, SQL, [COMPLETED], replace(by, again=True))
        assert again.why == (
            "As completed on 3 May 2026, grade B. Already completed on 3 May 2026; both are kept."
        )

    def test_a_path_is_not(self) -> None:
        path, by = replace(SQL, kind="path"), replace(ADMIN, completion=DONE)
        made = decide(ADA, path, [], by)
        assert made.outcome is Outcome.REFUSED
        assert made.why.startswith("A learning path is completed by its courses.")


class TestEnrollingThemselves:
    @pytest.mark.parametrize("values", [{"completion": DONE}, {"deadline_day": MAY_3}])
    def test_an_admin_sets_neither_a_completion_nor_a_deadline(self, values: Any) -> None:
        by = replace(ADMIN, learner_id=ADA.id, **values)
        own = decide(ADA, SQL, [], by)
        assert own.outcome is Outcome.REFUSED
        assert "your own" in own.why
        assert decide(BEA, SQL, [], by).outcome is Outcome.ENROLLED
        assert decide(ADA, SQL, [], replace(by, learner_id=None)).outcome is Outcome.ENROLLED

    def test_again_only_where_a_learner_may(self) -> None:
        by = replace(request(Requester.ADMIN, again=True), learner_id=ADA.id)
        assert outcome(SQL, by=by) == Outcome.ENROLLED
        assert outcome(SQL, CANCELLED, by=by) == Outcome.ENROLLED
        assert outcome(SQL, COMPLETED, by=by) == Outcome.REFUSED
        assert outcome(AGAIN, COMPLETED, by=by) == Outcome.ENROLLED

    def test_the_learner_and_a_rule_are_not_the_admin(self) -> None:
        for by in (RULE, LEARNER):
            requester = replace(by, learner_id=ADA.id, deadline_day=MAY_3)
            assert outcome(SQL, by=requester) == Outcome.ENROLLED


@pytest.mark.parametrize("may_be_retaken", [0, 1])
def test_what_is_over_may_be_started_again(may_be_retaken: int) -> None:
    answers = [may_start_again(status, may_be_retaken) for status in Status]
    assert answers == [False, bool(may_be_retaken), True]


def test_the_last_completion_is_named_also_beside_a_later_cancelling() -> None:
    cancelled = replace(CANCELLED, completed_at=(MAY_3 + 9) * MS_PER_DAY)
    older = existing_enrollment(Status.COMPLETED, ended=MAY_3 - 9)
    made = decide(ADA, SQL, [older, COMPLETED, cancelled], ADMIN)
    assert made.why == "Already completed on 3 May 2026."


def test_a_removal_whose_day_or_person_is_unknown_reads_as_the_learners_own() -> None:
    for unknown in ({"removed_by": None}, {"removed_at": None}):
        made = decide(ADA, SQL, [replace(REMOVED, **unknown)], RULE)  # type: ignore[arg-type]
        assert made.why == "They cancelled it themselves. A group does not enroll them again."
    named = decide(ADA, SQL, [REMOVED], RULE)
    assert named.why == ("Removed by Dana Ruiz on 3 May 2026. A group does not enroll them again.")


def test_a_rule_counts_from_the_very_moment_it_applies() -> None:
    assert outcome(AGAIN, COMPLETED, by=RULE, since=MAY_3) == Outcome.ALREADY
    assert outcome(AGAIN, COMPLETED, by=RULE, since=MAY_3 + 1) == Outcome.ENROLLED
    begun_since = replace(COMPLETED, enrolled_at=(MAY_3 + 5) * MS_PER_DAY, completed_at=1)
    assert outcome(AGAIN, begun_since, by=RULE, since=MAY_3 + 2) == Outcome.ALREADY


def test_a_rule_begins_again_a_completion_that_an_older_cancelling_preceded() -> None:
    completed = existing_enrollment(Status.COMPLETED, began=MAY_3 - 2)
    assert outcome(AGAIN, completed, CANCELLED, by=RULE, since=MAY_3 + 1) == Outcome.ENROLLED
    cancelled_since = existing_enrollment(Status.CANCELLED, began=MAY_3 + 2)
    assert outcome(AGAIN, completed, cancelled_since, by=RULE, since=MAY_3 + 1) == Outcome.ALREADY


def test_whoever_asks_does_not_mean_those_who_have_completed_it_unless_they_say_so() -> None:
    requester = EnrollRequest(Requester.ADMIN, ZoneInfo("UTC"))
    assert outcome(SQL, COMPLETED, by=requester) == Outcome.ALREADY


def test_of_two_that_began_together_the_later_id_is_the_newest() -> None:
    one, other = replace(COMPLETED, id=1), replace(CANCELLED, id=2)
    assert not path_enrolls_in(AGAIN, [one, other], Requester.ADMIN)
    assert path_enrolls_in(AGAIN, [replace(one, id=3), other], Requester.ADMIN)
