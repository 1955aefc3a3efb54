"""What everybody needs to know of the organization: its name and its time zone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import text

from enrollment_portal.domain.calendar import day_of, now_ms, zone
from enrollment_portal.storage.database import Database

_FRESH_SECONDS = 5.0
_READ = text("SELECT name, time_zone, is_demo FROM organization WHERE id = 1")


@dataclass(frozen=True)
class OrganizationFacts:
    """The organization; the defaults stand for a database that has none yet."""

    name: str = "Your organization"
    time_zone: str = "UTC"
    is_demo: bool = False

    def today(self) -> int:
        """Return the current day in the organization's zone, in days since 1970-01-01."""
        return day_of(now_ms(), zone(self.time_zone))


_known: WeakKeyDictionary[Database, tuple[float, OrganizationFacts]] = WeakKeyDictionary()


def organization_of(database: Database) -> OrganizationFacts:
    """Return the organization; read again when the last reading is older than 5 seconds."""
    at, facts = _known.get(database, (-_FRESH_SECONDS, OrganizationFacts()))
    if time.monotonic() - at < _FRESH_SECONDS:
        return facts
    with database.read() as connection:
        row = connection.execute(_READ).one_or_none()
    facts = OrganizationFacts(row[0], row[1], bool(row[2])) if row else OrganizationFacts()
    _known[database] = (time.monotonic(), facts)
    return facts
