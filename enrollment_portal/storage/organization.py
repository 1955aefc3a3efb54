"""The organization's one row: its name, its time zone, and whether it is the demo company."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

_READ = text("SELECT name, time_zone, is_demo FROM organization WHERE id = 1")
_WRITE = text(
    "INSERT INTO organization (id, name, time_zone, is_demo) VALUES (1, :name, :time_zone, 0)"
    " ON CONFLICT (id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone"
)


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """The organization as it is stored."""

    name: str
    time_zone: str
    is_demo: bool


def read_organization(session: Session) -> StoredOrganization | None:
    """Return the organization; `None` where the database has none yet."""
    row = session.execute(_READ).one_or_none()
    return StoredOrganization(row[0], row[1], bool(row[2])) if row else None


def write_organization(session: Session, name: str, time_zone: str) -> None:
    """Write the organization's name and time zone, whether it is there already or not."""
    session.execute(_WRITE, {"name": name, "time_zone": time_zone})
