"""Test that reads of records use the intended index, without statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from enrollment_portal.domain.access.permissions import Everything, Led, Taught
from enrollment_portal.storage.bulk import jobs
from enrollment_portal.storage.catalog import courses, lessons, path_admin
from enrollment_portal.storage.enrollment import enrollments, runs
from enrollment_portal.storage.history import batches, changes, undoing
from enrollment_portal.storage.learning import learning
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.shared.database import Database

BY_KEY = "SEARCH e USING INTEGER PRIMARY KEY"


@pytest.mark.parametrize(
    ("statement", "step"),
    [
        *((enrollments._ONE[kind], BY_KEY) for kind in (Everything, Taught, Led)),
        *((enrollments._MANY[kind], BY_KEY) for kind in (Everything, Taught, Led)),
        (enrollments._HISTORY, "INDEX ix_event_enrollment (enrollment_id=?"),
        (enrollments._SINCE, "INDEX ix_event_enrollment (enrollment_id=? AND seq>?"),
        # These two hold what their partial index is for as a constant.
        (
            enrollments._ACTIVE_ELSEWHERE,
            "INDEX ix_enrollment_one_active (learner_id=? AND course_id=?",
        ),
        (enrollments._HISTORIES, "INDEX ix_event_enrollment (enrollment_id=? AND seq>?"),
        (enrollments._VERSIONS, BY_KEY),
        (extensions._OPEN, "INDEX ix_extension_one_open (enrollment_id=?"),
        (extensions._WITH_OPEN, "INDEX ix_extension_one_open (enrollment_id=?"),
        (extensions._DECIDED_BY_EVENT, "INDEX ix_extension_enrollment (enrollment_id=?"),
        (undoing._OF_BATCH, "INDEX ix_event_batch (batch=?"),
        (undoing._PART, "INDEX ix_event_batch (batch=? AND seq<?"),
        (batches._ONE, "INDEX ix_change_batch_batch (batch=?"),
        (batches._UNDONE, "INDEX ix_change_batch_undoes (undoes=?"),
        *((batches._ROWS[kind], "INDEX ix_event_batch (batch=?") for kind in (Everything, Led)),
        (jobs._NEXT, "INDEX ix_bulk_job_state (state=?)"),
        (jobs._SKIPPED, "INDEX ix_bulk_item_job_id (job_id=?"),
        (undoing._ENDED, "INDEX ix_event_enrollment (enrollment_id=? AND seq<?"),
        (learning._ALL, "INDEX ix_enrollment_learner (learner_id=?"),
        (learning._IN_COURSE, "INDEX ix_enrollment_"),
        (learning._ONE, "SEARCH before USING COVERING INDEX ix_enrollment_learner (learner_id=?"),
        (runs._NUMBERS, "SEARCH b USING COVERING INDEX ix_enrollment_learner (learner_id=?"),
        (runs._RUNS, "INDEX ix_enrollment_learner (learner_id=?"),
        (learning._CATALOG, "INDEX ix_course_kind (kind=?"),
        (courses._list(2, True)[0], "INDEX ix_course_kind (kind=?"),
        (lessons._MOVING, "INDEX ix_enrollment_care (course_id=? AND status=?"),
        (path_admin._ACTIVE, "INDEX ix_enrollment_course (course_id=? AND status=?"),
        (path_admin._ENROLLED, "INDEX ix_enrollment_course (course_id=?"),
        (changes._AFTER, "SEARCH enrollment_event USING INTEGER PRIMARY KEY (rowid>?)"),
    ],
)
def test_a_read_uses_its_index(
    make_database_url: Callable[[str], str], statement: Any, step: str
) -> None:
    database = Database(make_database_url("sqlite"))
    compiled = statement.compile(dialect=database.engine.dialect)
    with database.read() as session:
        plan = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {compiled}", (None,) * len(compiled.positiontup)
        )
        steps = [row.detail for row in plan]
    database.close()
    assert any(step in detail for detail in steps), steps
