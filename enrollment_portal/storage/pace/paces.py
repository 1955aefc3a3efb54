"""Store the pace kept of each enrollment, so that it sorts by an index.

Paces are derived: they have no history, and do not change an enrollment's version. What changes the
progress stores the new pace with it; `refresh_some` stores those that a new day or a changed
setting changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, update
from sqlmodel import Session, select

from enrollment_portal.domain.enrollment.commands import Change
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.pace.pace import PaceDay, kept_pace
from enrollment_portal.domain.shared.calendar import day_of, zone
from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.organization import DEFAULTS, read_organization
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import (
    Enrollment,
    EnrollmentSpan,
    Organization,
    constant,
    table_of,
)

_DONE = 100
_enrollment, _span = table_of(Enrollment), table_of(EnrollmentSpan)
_organization = table_of(Organization)
_e, _s, _o = _enrollment.c, _span.c, _organization.c
_has_pace = and_(_e.status == constant(Status.ACTIVE), _e.progress < constant(_DONE))

_LOWEST = (
    select_columns(_e.id, _e.progress, _e.enrolled_at, func.min(_s.progress).label("lowest"))
    .join_from(
        _enrollment,
        _span,
        and_(_s.enrolled_at == _e.enrolled_at, _s.enrollment_id == _e.id),
    )
    # The sum keeps both engines from the index of when intervals ended.
    .where(is_among(_e.id, "ids"), _s.until_at + constant(0) > bindparam("since"))
    .group_by(_e.id, _e.progress, _e.enrolled_at)
)
# Without progress a pace never rises: where it is 0, a new day changes nothing.
_KEPT = select(_e.id).where(_e.status == constant(Status.ACTIVE), _e.pace > constant(0))
_ALL = (
    select(_e.id).where(_has_pace, _e.id > bindparam("after")).order_by(_e.id).limit(bindparam("n"))
)
_ROWS = select_columns(_e.id, _e.pace).where(is_among(_e.id, "ids"), _has_pace).order_by(_e.id)
# Rows that somebody is saving are left for later: whoever waits for nothing deadlocks with nobody.
_LOCKED = _ROWS.with_for_update(skip_locked=True, key_share=True)
_WRITE = update(_enrollment).where(_e.id == bindparam("of_id")).values(pace=bindparam("to_pace"))
_CURRENT = (
    update(_organization)
    .where(_o.id == constant(1), _o.pace_weeks == bindparam("weeks"))
    .values(pace_day=bindparam("today"))
)


def pace_day(session: Session, now: int) -> PaceDay:
    """Return the organization's day and settings at a time in ms."""
    row = read_organization(session) or DEFAULTS
    tz = zone(row.time_zone)
    return PaceDay(day_of(now, tz), tz, row.pace)


def paces_after(session: Session, changes: Iterable[Change]) -> dict[int, int | None]:
    """Return the new pace of each enrollment whose progress or status is changed, before it is.

    Args:
        session: in the transaction of the changes.
        changes: those whose progress or status changes.
    """
    found: dict[int, int | None] = {}
    moving: dict[int, Change] = {}
    for change in changes:
        after = change.after
        found[after.id] = None
        if after.status == Status.ACTIVE and after.progress < _DONE:
            moving[after.id] = change
    if moving:
        day = pace_day(session, max(change.after.updated_at for change in moving.values()))
        for row in _measured(session, moving, day):
            before, after = moving[row.id].before.progress, moving[row.id].after.progress
            # Who changes only the status may not have read the progress.
            progress = row.progress if after == before else after
            if progress < _DONE:
                found[row.id] = kept_pace(progress, row.lowest, row.enrolled_at, day)
    return found


def kept_ids(session: Session) -> Sequence[int]:
    """Return the enrollments whose pace a new day may change (ix_enrollment_status_pace)."""
    return session.exec(_KEPT).all()


def some_ids(session: Session, after: int, n: int) -> Sequence[int]:
    """Return the next active enrollments with progress to make, by their ids."""
    return session.exec(_ALL, params={"after": after, "n": n}).all()


def outdated_ids(session: Session, ids: Iterable[int], day: PaceDay) -> list[int]:
    """Return those of some enrollments whose stored pace is not that of a day."""
    return list(_differing(session, _stored(session, ids, _ROWS), day))


def refresh_some(session: Session, ids: Collection[int], day: PaceDay) -> tuple[int, set[int]]:
    """Store the paces of enrollments where they differ from those stored.

    Args:
        session: in a transaction of its own, which must be short: it locks them.
        ids: which enrollments, some hundred.
        day: today.

    Returns:
        How many were changed, and which were left because somebody is just changing them.
    """
    stored = _stored(session, ids, _ROWS if is_sqlite(session) else _LOCKED)
    changed = _differing(session, stored, day)
    if changed:
        rows = [{"of_id": id_, "to_pace": pace} for id_, pace in changed.items()]
        session.connection().execute(_WRITE, rows)
    return len(changed), set(ids) - stored.keys()


def _stored(session: Session, ids: Iterable[int], statement: Any) -> dict[int, int | None]:
    return {row.id: row.pace for row in session.exec(statement, params={"ids": ids})}


def _differing(session: Session, stored: Mapping[int, int | None], day: PaceDay) -> dict[int, int]:
    """Return the paces that differ from the stored ones."""
    rows = _measured(session, stored, day)
    paces = {row.id: kept_pace(row.progress, row.lowest, row.enrolled_at, day) for row in rows}
    return {id_: pace for id_, pace in paces.items() if pace != stored[id_]}


def store_pace_day(session: Session, day: PaceDay) -> None:
    """Store that all paces are of this day, unless the setting was changed meanwhile."""
    session.exec(_CURRENT, params={"today": day.today, "weeks": day.settings.pace_weeks})


def _measured(session: Session, ids: Iterable[int], day: PaceDay) -> Sequence[Any]:
    """Return enrollments with the lowest progress of the weeks over which paces are measured."""
    return session.exec(_LOWEST, params={"ids": ids, "since": day.measured_since}).all()
