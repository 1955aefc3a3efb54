"""Test creating enrollments: active, completed already, or imported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from enrollment_portal.domain.enrolling.new_enrollment import (
    CreateEnrollment,
    ImportEnrollment,
    create_enrollment,
    with_id,
)
from enrollment_portal.domain.enrollment.commands import Context, CourseRules, Effect
from enrollment_portal.domain.enrollment.fields import THIS_CHANGE, Field, Origin, Snapshot, Status
from enrollment_portal.domain.enrollment.messages import TWO_ACTIVE
from enrollment_portal.domain.shared.errors import Invalid


class TestCreateEnrollment:
    @pytest.mark.parametrize("origin", Origin)
    def test_is_active_without_progress_and_visited_only_if_the_learner_started_it(
        self, origin: Origin
    ) -> None:
        made = create_enrollment(CreateEnrollment(1, 2, origin, 20_600), Context(5_000))
        created, is_own = made.after, origin is Origin.SELF
        assert (created.learner_id, created.course_id, created.origin) == (1, 2, origin)
        assert (created.version, created.status, created.tracked_status) == (1, 0, 0)
        assert (created.progress, created.lessons_done, created.grade) == (0, 0, None)
        assert (created.enrolled_at, created.updated_at, created.deadline_day) == (
            5_000,
            5_000,
            20_600,
        )
        assert (created.completed_at, created.cancelled_at, created.override_seq) == (
            None,
            None,
            None,
        )
        assert created.last_visit_at == (5_000 if is_own else None)
        assert made.effects == {Effect.REFRESH_PATHS} | ({Effect.VISIT} if is_own else set())
        assert made.completion is None


class TestAsCompleted:
    def test_starts_at_the_completion_date_and_is_completed_by_an_override(self) -> None:
        command = CreateEnrollment(1, 2, Origin.ADMIN, None, 3_000, "B")
        made = create_enrollment(command, Context(5_000, CourseRules(3)))
        created = made.after
        assert (created.enrolled_at, created.updated_at) == (3_000, 5_000)
        assert (
            create_enrollment(
                command._replace(completed_at=6_000), Context(5_000)
            ).after.enrolled_at
            == 5_000
        )
        assert made.completion
        change = with_id(made.completion, 7)
        assert change.before == replace(created, id=7)
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


@pytest.mark.parametrize(
    ("status", "progress", "completed_at", "cancelled_at"),
    [
        (Status.ACTIVE, 0, None, None),
        (Status.COMPLETED, 100, 3_000, None),
        (Status.CANCELLED, 0, None, 3_000),
    ],
)
def test_an_import_stores_the_values_of_the_other_system(
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
    ("started", "ended", "moments"),
    [
        (2_000, 1_000, (2_000, 2_000)),
        (2_000, 9_000, (2_000, 5_000)),
        (8_000, 9_000, (5_000, 5_000)),
        (2_000, None, (2_000, 5_000)),
    ],
)
def test_an_imported_end_is_neither_before_the_start_nor_in_the_future(
    status: Status, started: int, ended: int | None, moments: tuple[int, int]
) -> None:
    made = create_enrollment(
        ImportEnrollment(1, 2, status, started, ended, None), Context(5_000)
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
def test_an_active_learner_does_not_start_the_course_again(command: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        create_enrollment(command, Context(5_000, has_other_active=True))
    assert refusal.value.errors == {Field.STATUS: TWO_ACTIVE}
