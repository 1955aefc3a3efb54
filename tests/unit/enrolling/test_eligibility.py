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
    status: Status, started: int = 0, ended: int = MAY_3, **values: object
) -> ExistingEnrollment:
    """Return an enrollment that started and ended on these days."""
    is_completed = status is Status.COMPLETED
    one = ExistingEnrollment(
        *(started + 1, 1, 2, int(status), 40, started * MS_PER_DAY),
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
    def test_nobody_is_enrolled_twice_at_the_same_time(
        self, by: EnrollRequest, course: Learnable
    ) -> None:
        for before in ([ACTIVE], [ACTIVE, COMPLETED], [ACTIVE, CANCELLED]):
            made = decide(ADA, course, before, by, 99_999 * MS_PER_DAY)
            assert (made.outcome, made.why) == (Outcome.ALREADY, "Already active, at 40%.")
            assert not made.has_completed

    @pytest.mark.parametrize(("by", "course"), [*product(ALL, (SQL, AGAIN))])
    def test_somebody_without_an_enrollment_is_enrolled(
        self, by: EnrollRequest, course: Learnable
    ) -> None:
        assert outcome(course, by=by) == Outcome.ENROLLED

    @pytest.mark.parametrize(("by", "course"), [*product(ALL, (SQL, AGAIN))])
    def test_only_people_enroll_again_after_a_cancellation(
        self, by: EnrollRequest, course: Learnable
    ) -> None:
        for before in (CANCELLED, REMOVED):
            made = decide(ADA, course, [before], by, 99_999 * MS_PER_DAY)
            is_rule = by.by is Requester.RULE
            assert made.outcome is (Outcome.REFUSED if is_rule else Outcome.ENROLLED)
            words = {CANCELLED: "They cancelled it themselves", REMOVED: "Removed by Dana"}
            assert made.why.startswith(words[before] if is_rule else "")
            assert bool(made.why) is is_rule

    def test_an_admin_creates_a_retake_only_if_they_choose_it(self) -> None:
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
            # The admin is warned of the completed one only if a new enrollment is created.
            assert (kept.is_retake, made.is_retake) == (False, True)
            assert decide(ADA, course, [], ADMIN).is_retake is False

    def test_the_warning_names_the_last_completion_and_counts_all_enrollments(self) -> None:
        before = [existing_enrollment(Status.COMPLETED, ended=MAY_3 - 400), COMPLETED, CANCELLED]
        made = decide(ADA, SQL, before, request(Requester.ADMIN, again=True))
        assert made.why == "Already completed on 3 May 2026. They start it for the 4th time."
        eleven = decide(ADA, SQL, [COMPLETED] * 10, request(Requester.ADMIN, again=True))
        assert eleven.why.endswith(". They start it for the 11th time.")

    def test_a_learner_starts_a_retake_only_if_the_course_allows_it(self) -> None:
        assert outcome(SQL, COMPLETED, by=LEARNER) == Outcome.ALREADY
        assert outcome(AGAIN, COMPLETED, by=LEARNER) == Outcome.ENROLLED
        assert outcome(SQL, COMPLETED, CANCELLED, by=LEARNER) == Outcome.ALREADY
        assert outcome(AGAIN, COMPLETED, CANCELLED, by=LEARNER) == Outcome.ENROLLED

    def test_a_group_rule_creates_one_retake_for_each_joining_if_the_course_allows_it(self) -> None:
        joined = MAY_3 + 10
        assert outcome(SQL, COMPLETED, by=RULE, since=joined) == Outcome.ALREADY
        assert outcome(AGAIN, COMPLETED, by=RULE, since=joined) == Outcome.ENROLLED
        # Run again after that enrollment ended, the same rule enrolls nobody a third time.
        since = existing_enrollment(Status.COMPLETED, started=joined, ended=joined + 5)
        assert outcome(AGAIN, since, COMPLETED, by=RULE, since=joined) == Outcome.ALREADY
        assert outcome(AGAIN, since, COMPLETED, by=RULE, since=joined + 6) == Outcome.ENROLLED

    def test_a_completion_after_joining_satisfies_the_group_rule(self) -> None:
        assert outcome(AGAIN, COMPLETED, by=RULE, since=MAY_3 - 1) == Outcome.ALREADY
        assert outcome(AGAIN, COMPLETED, by=RULE) == Outcome.ALREADY

    def test_a_group_rule_does_not_enroll_again_after_a_removed_retake(self) -> None:
        removed = existing_enrollment(Status.CANCELLED, started=MAY_3 + 1)
        assert outcome(AGAIN, COMPLETED, removed, by=RULE, since=99_999) == Outcome.ALREADY

    @pytest.mark.parametrize("by", ALL)
    def test_a_completed_path_has_no_retakes(self, by: EnrollRequest) -> None:
        path = replace(AGAIN, kind="path")
        made = decide(ADA, path, [COMPLETED], by, 99_999 * MS_PER_DAY)
        assert made.outcome is Outcome.ALREADY
        assert not made.has_completed
        assert outcome(path, CANCELLED, by=ADMIN) == Outcome.ENROLLED

    @pytest.mark.parametrize("by", ALL)
    def test_only_offered_courses_and_people_with_access_are_accepted(
        self, by: EnrollRequest
    ) -> None:
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


class TestPathEnrollsIn:
    @pytest.mark.parametrize(("requester", "course"), [*product(Requester, (SQL, AGAIN))])
    def test_a_path_enrolls_in_missing_courses_and_those_that_allow_retakes(
        self, requester: Requester, course: Learnable
    ) -> None:
        is_person = requester is not Requester.RULE
        assert path_enrolls_in(course, [], requester) is True
        assert path_enrolls_in(course, [ACTIVE], requester) is False
        assert path_enrolls_in(course, [ACTIVE, COMPLETED], requester) is False
        assert path_enrolls_in(course, [CANCELLED], requester) is is_person
        assert path_enrolls_in(course, [COMPLETED], requester) is (course is AGAIN)
        removed = existing_enrollment(Status.CANCELLED, started=MAY_3 + 1)
        assert path_enrolls_in(course, [COMPLETED, removed], requester) is False
        assert path_enrolls_in(replace(course, state="draft"), [], requester) is False


DONE = Completion(MAY_3 * MS_PER_DAY, {SQL.id: "B"})
BEA = replace(ADA, id=9, name="Bea")


class TestAsCompleted:
    def test_the_reason_names_the_date_and_grade(self) -> None:
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

    def test_a_path_is_refused(self) -> None:
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

    def test_retakes_follow_the_rule_for_learners(self) -> None:
        by = replace(request(Requester.ADMIN, again=True), learner_id=ADA.id)
        assert outcome(SQL, by=by) == Outcome.ENROLLED
        assert outcome(SQL, CANCELLED, by=by) == Outcome.ENROLLED
        assert outcome(SQL, COMPLETED, by=by) == Outcome.REFUSED
        assert outcome(AGAIN, COMPLETED, by=by) == Outcome.ENROLLED

    def test_learners_and_group_rules_are_not_restricted_like_the_admin(self) -> None:
        for by in (RULE, LEARNER):
            requester = replace(by, learner_id=ADA.id, deadline_day=MAY_3)
            assert outcome(SQL, by=requester) == Outcome.ENROLLED


@pytest.mark.parametrize("may_be_retaken", [0, 1])
def test_an_ended_enrollment_may_be_started_again(may_be_retaken: int) -> None:
    answers = [may_start_again(status, may_be_retaken) for status in Status]
    assert answers == [False, bool(may_be_retaken), True]


def test_the_last_completion_is_named_even_with_a_later_cancellation() -> None:
    cancelled = replace(CANCELLED, completed_at=(MAY_3 + 9) * MS_PER_DAY)
    older = existing_enrollment(Status.COMPLETED, ended=MAY_3 - 9)
    made = decide(ADA, SQL, [older, COMPLETED, cancelled], ADMIN)
    assert made.why == "Already completed on 3 May 2026."


def test_a_removal_without_day_or_person_is_shown_as_the_learners_own() -> None:
    for unknown in ({"removed_by": None}, {"removed_at": None}):
        made = decide(ADA, SQL, [replace(REMOVED, **unknown)], RULE)  # type: ignore[arg-type]
        assert made.why == "They cancelled it themselves. A group does not enroll them again."
    named = decide(ADA, SQL, [REMOVED], RULE)
    assert named.why == ("Removed by Dana Ruiz on 3 May 2026. A group does not enroll them again.")


def test_a_completion_at_the_moment_of_joining_satisfies_the_group_rule() -> None:
    assert outcome(AGAIN, COMPLETED, by=RULE, since=MAY_3) == Outcome.ALREADY
    assert outcome(AGAIN, COMPLETED, by=RULE, since=MAY_3 + 1) == Outcome.ENROLLED
    started_since = replace(COMPLETED, enrolled_at=(MAY_3 + 5) * MS_PER_DAY, completed_at=1)
    assert outcome(AGAIN, started_since, by=RULE, since=MAY_3 + 2) == Outcome.ALREADY


def test_an_older_cancellation_does_not_prevent_a_group_rules_retake() -> None:
    completed = existing_enrollment(Status.COMPLETED, started=MAY_3 - 2)
    assert outcome(AGAIN, completed, CANCELLED, by=RULE, since=MAY_3 + 1) == Outcome.ENROLLED
    cancelled_since = existing_enrollment(Status.CANCELLED, started=MAY_3 + 2)
    assert outcome(AGAIN, completed, cancelled_since, by=RULE, since=MAY_3 + 1) == Outcome.ALREADY


def test_retakes_are_off_unless_requested() -> None:
    requester = EnrollRequest(Requester.ADMIN, ZoneInfo("UTC"))
    assert outcome(SQL, COMPLETED, by=requester) == Outcome.ALREADY


def test_of_two_with_the_same_start_the_higher_id_is_the_newest() -> None:
    one, other = replace(COMPLETED, id=1), replace(CANCELLED, id=2)
    assert not path_enrolls_in(AGAIN, [one, other], Requester.ADMIN)
    assert path_enrolls_in(AGAIN, [replace(one, id=3), other], Requester.ADMIN)
