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
from enrollment_portal.domain.enrolling.new_enrollment import (
    CreateEnrollment,
    ImportEnrollment,
    create_enrollment,
    with_id,
)
from enrollment_portal.domain.enrollment.fields import THIS_CHANGE, Field, Origin, Snapshot, Status
from enrollment_portal.domain.enrollment.lifecycle import Context, CourseRules, Effect
from enrollment_portal.domain.enrollment.messages import TWO_ACTIVE
from enrollment_portal.domain.enrollment.runs import run_text
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.domain.shared.errors import Invalid

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


class TestBegin:
    @pytest.mark.parametrize("origin", Origin)
    def test_it_is_active_with_nothing_done_and_visited_only_by_who_began_it(
        self, origin: Origin
    ) -> None:
        made = create_enrollment(CreateEnrollment(1, 2, origin, 20_600), Context(5_000))
        begun, is_own = made.after, origin is Origin.SELF
        assert (begun.learner_id, begun.course_id, begun.origin) == (1, 2, origin)
        assert (begun.version, begun.status, begun.tracked_status) == (1, 0, 0)
        assert (begun.progress, begun.lessons_done, begun.grade) == (0, 0, None)
        assert (begun.enrolled_at, begun.updated_at, begun.deadline_day) == (5_000, 5_000, 20_600)
        assert (begun.completed_at, begun.cancelled_at, begun.override_seq) == (None, None, None)
        assert begun.last_visit_at == (5_000 if is_own else None)
        assert made.effects == {Effect.REFRESH_PATHS} | ({Effect.VISIT} if is_own else set())
        assert made.completion is None


def test_the_run_of_an_enrollment_in_words() -> None:
    assert [run_text(n) for n in (13, 111, 113)] == ["13th time", "111th time", "113th time"]
    assert [run_text(n) for n in (1, 2, 3, 4, 11, 21, 112)] == [
        *("", "2nd time", "3rd time", "4th time", "11th time", "21st time", "112th time")
    ]


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

    def test_begins_then_and_is_completed_by_hand_at_once(self) -> None:
        command = CreateEnrollment(1, 2, Origin.ADMIN, None, 3_000, "B")
        made = create_enrollment(command, Context(5_000, CourseRules(3)))
        begun = made.after
        assert (begun.enrolled_at, begun.updated_at) == (3_000, 5_000)
        assert (
            create_enrollment(
                command._replace(completed_at=6_000), Context(5_000)
            ).after.enrolled_at
            == 5_000
        )
        assert made.completion
        change = with_id(made.completion, 7)
        assert change.before == replace(begun, id=7)
        after = change.after
        assert after.id == 7
        assert (after.status, after.tracked_status) == (Status.COMPLETED, Status.ACTIVE)
        assert (after.completed_at, after.grade, after.override_seq) == (3_000, "B", THIS_CHANGE)
        assert change.recorded == {
            Field.STATUS: (0, 1),
            Field.COMPLETED: (None, 3_000),
            Field.GRADE: (None, "B"),
        }
        required = create_enrollment(command, Context(5_000, CourseRules(0, requires_grade=True)))
        assert required.completion
        assert required.completion.after.follows_tracking
        without = create_enrollment(command._replace(grade=None), Context(5_000, CourseRules(3)))
        assert without.completion
        assert Field.GRADE not in without.completion.recorded


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


@pytest.mark.parametrize(
    ("status", "progress", "completed_at", "cancelled_at"),
    [
        (Status.ACTIVE, 0, None, None),
        (Status.COMPLETED, 100, 3_000, None),
        (Status.CANCELLED, 0, None, 3_000),
    ],
)
def test_an_import_holds_what_the_other_system_tells(
    status: Status, progress: int, completed_at: int | None, cancelled_at: int | None
) -> None:
    made = create_enrollment(ImportEnrollment(1, 2, status, 2_000, 3_000, "C"), Context(5_000))
    assert (made.effects, made.completion) == ({Effect.REFRESH_PATHS}, None)
    assert made.after == Snapshot(
        version=1,
        learner_id=1,
        course_id=2,
        status=status,
        tracked_status=status,
        progress=progress,
        enrolled_at=2_000,
        updated_at=5_000,
        completed_at=completed_at,
        cancelled_at=cancelled_at,
        origin=Origin.IMPORT,
        grade="C",
    )


@pytest.mark.parametrize(
    ("requires_grade", "grade", "status"),
    [
        (True, "Fail", Status.ACTIVE),
        (True, "F", Status.ACTIVE),
        (True, "49%", Status.ACTIVE),
        (True, "Pass", Status.COMPLETED),
        (True, None, Status.COMPLETED),
        (False, "Fail", Status.COMPLETED),
    ],
)
def test_an_imported_failing_grade_completes_no_course_that_requires_one(
    requires_grade: bool, grade: str | None, status: Status
) -> None:
    context = Context(5_000, CourseRules(requires_grade=requires_grade))
    command = ImportEnrollment(1, 2, Status.COMPLETED, 2_000, 3_000, grade)
    made = create_enrollment(command, context).after
    assert (made.status, made.tracked_status, made.grade) == (status, status, grade)
    is_completed = status is Status.COMPLETED
    assert (made.progress, made.completed_at) == ((100, 3_000) if is_completed else (0, None))
    assert made.cancelled_at is None
    if not is_completed:
        with pytest.raises(Invalid):
            create_enrollment(command, replace(context, has_other_active=True))


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
@pytest.mark.parametrize(
    ("began", "ended", "moments"),
    [
        (2_000, 1_000, (2_000, 2_000)),
        (2_000, 9_000, (2_000, 5_000)),
        (8_000, 9_000, (5_000, 5_000)),
        (2_000, None, (2_000, 5_000)),
    ],
)
def test_an_import_ends_neither_before_it_began_nor_in_the_future(
    status: Status, began: int, ended: int | None, moments: tuple[int, int]
) -> None:
    made = create_enrollment(
        ImportEnrollment(1, 2, status, began, ended, None), Context(5_000)
    ).after
    assert (made.enrolled_at, made.completed_at or made.cancelled_at) == moments


@pytest.mark.parametrize(
    "command",
    [
        CreateEnrollment(1, 2, Origin.ADMIN, None),
        CreateEnrollment(1, 2, Origin.ADMIN, None, 3_000),
        ImportEnrollment(1, 2, Status.ACTIVE, 1_000, None, None),
    ],
)
def test_a_learner_who_is_active_in_a_course_does_not_begin_it_again(command: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        create_enrollment(command, Context(5_000, has_other_active=True))
    assert refusal.value.errors == {Field.STATUS: TWO_ACTIVE}


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
