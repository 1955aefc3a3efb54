"""Find in history when an enrollment was completed by tracking."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.enrollment.fields import Field, Snapshot, Status, Tracked
from enrollment_portal.domain.enrollment.lifecycle import is_reopened
from enrollment_portal.domain.enrollment.undo import RecordedChange


def tracked_completion(enrollment: Snapshot, history: Sequence[RecordedChange]) -> int | None:
    """Return when tracking completed an enrollment, in ms; `None` if history does not say.

    If its status followed tracking, its last completion date counts, as people may have corrected
    it. If a person had set another status, or had completed it before, the moment when the tracked
    status became Completed counts. If it was reopened, its completion before that counts, even if
    that was lost and restored since, as for a path with its courses.

    Args:
        enrollment: as it is now.
        history: all its changes, newest first.
    """
    if enrollment.tracked_status is not Status.COMPLETED:
        return None
    status, moment = enrollment.status, enrollment.completed_at
    reopened_by = enrollment.override_seq if is_reopened(enrollment) else None
    is_found, found = False, None
    for event in history:
        if status is Status.COMPLETED and not is_found:
            is_found, found = True, moment
        moved = event.changes.get(Field.STATUS)
        completes = moved is not None and moved[1] == Status.COMPLETED != moved[0]
        if completes and is_found:
            return event.at if found is None else found
        tracked = event.changes.get(Tracked.STATUS)
        is_before = reopened_by is None or event.seq < reopened_by
        if is_before and tracked is not None and tracked[1] == Status.COMPLETED != tracked[0]:
            return event.at
        if Field.COMPLETED in event.changes:
            before = event.changes[Field.COMPLETED][0]
            moment = None if before is None else int(before)
        elif moved is not None:
            moment = None
        status = status if moved is None else Status(moved[0] or 0)
    return found if is_found else moment
