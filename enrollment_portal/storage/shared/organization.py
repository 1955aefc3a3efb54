"""The organization's one row: its name, its time zone, its settings, and whether it is the demo."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session

from enrollment_portal.domain.pace.pace import PaceSettings
from enrollment_portal.storage.shared.records import insert_or_update, select_columns
from enrollment_portal.storage.shared.tables import Organization, constant, table_of

_organization = table_of(Organization)
_o = _organization.c
_READ = select_columns(
    *(_o.name, _o.time_zone, _o.is_demo, _o.stuck_days, _o.pace_weeks, _o.pace_day)
)


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """The organization as it is stored."""

    name: str
    time_zone: str
    is_demo: bool
    pace: PaceSettings
    pace_day: int | None
    """The day that the stored paces are of; `None` if all must be computed again."""


DEFAULTS = StoredOrganization("Your organization", "UTC", False, PaceSettings(), None)
"""Of a database that has no organization yet."""


def read_organization(session: Session) -> StoredOrganization | None:
    """Return the organization; `None` if the database has none yet."""
    row = session.exec(_READ).one_or_none()
    if row is None:
        return None
    pace = PaceSettings(row.stuck_days, row.pace_weeks)
    return StoredOrganization(row.name, row.time_zone, bool(row.is_demo), pace, row.pace_day)


def write_organization(session: Session, name: str, time_zone: str) -> None:
    """Insert or update the organization's name and time zone."""
    row = {"id": 1, "name": name, "time_zone": time_zone}
    insert_or_update(session, Organization, ["id"], row)


def write_pace_settings(session: Session, settings: PaceSettings, *, computes_again: bool) -> bool:
    """Write the settings of stuck and pace; return whether there is an organization.

    Args:
        session: in the transaction of the change.
        settings: the new ones.
        computes_again: whether the stored paces must be computed again.
    """
    values: dict[str, int | None] = {
        "stuck_days": settings.stuck_days,
        "pace_weeks": settings.pace_weeks,
    }
    if computes_again:
        values["pace_day"] = None
    statement = update(_organization).where(_o.id == constant(1)).values(values)
    return session.exec(statement).rowcount == 1
