"""The organization's one row: its name, its time zone, and whether it is the demo company."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.storage.shared.records import insert_or_update, select_columns
from enrollment_portal.storage.shared.tables import Organization, table_of

_o = table_of(Organization).c
_READ = select_columns(_o.name, _o.time_zone, _o.is_demo)


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """The organization as it is stored."""

    name: str
    time_zone: str
    is_demo: bool


def read_organization(session: Session) -> StoredOrganization | None:
    """Return the organization; `None` if the database has none yet."""
    row = session.exec(_READ).one_or_none()
    return StoredOrganization(row.name, row.time_zone, bool(row.is_demo)) if row else None


def write_organization(session: Session, name: str, time_zone: str) -> None:
    """Insert or update the organization's name and time zone."""
    row = {"id": 1, "name": name, "time_zone": time_zone}
    insert_or_update(session, Organization, ["id"], row)
