"""Read and change the organization's name and time zone."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo, available_timezones

from sqlmodel import Session

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import may_see_configuration, require
from enrollment_portal.domain.pace.pace import PaceDay, PaceSettings
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import day_of, now_ms, zone
from enrollment_portal.domain.shared.errors import Invalid, NotFound, PortalError
from enrollment_portal.domain.shared.messages import changed_meanwhile
from enrollment_portal.domain.shared.typed_text import clean_text
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.organization import (
    StoredOrganization,
    read_organization,
    write_organization,
)

_FRESH_SECONDS = 5.0
_NAME_LENGTH = 200
_NO_ZONES = {"Factory", "localtime"}
"""Names in the time zone database that are no zones of a place."""


@dataclass(frozen=True)
class OrganizationFacts:
    """The organization; the defaults are for a database without one."""

    name: str = "Your organization"
    time_zone: str = "UTC"
    is_demo: bool = False
    pace: PaceSettings = field(default_factory=PaceSettings)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the organization's dates and deadlines."""
        return zone(self.time_zone)

    def today(self) -> int:
        """Return the current day in the organization's zone, in days since 1970-01-01."""
        return day_of(now_ms(), self.zone)

    def pace_day(self) -> PaceDay:
        """Return the current day with the settings of stuck and pace."""
        return PaceDay(self.today(), self.zone, self.pace)


_known: WeakKeyDictionary[Database, tuple[float, OrganizationFacts]] = WeakKeyDictionary()


def organization_of(database: Database) -> OrganizationFacts:
    """Return the organization; cached for 5 seconds."""
    at, facts = _known.get(database, (-_FRESH_SECONDS, OrganizationFacts()))
    if time.monotonic() - at < _FRESH_SECONDS:
        return facts
    with database.read() as session:
        row = read_organization(session)
    facts = (
        OrganizationFacts(row.name, row.time_zone, row.is_demo, row.pace)
        if row
        else OrganizationFacts()
    )
    _known[database] = (time.monotonic(), facts)
    return facts


def forget_organization(database: Database) -> None:
    """Read the organization again next time, as it was changed."""
    _known.pop(database, None)


def change_organization(
    database: Database, *, name: str | None = None, time_zone: str | None = None
) -> OrganizationFacts:
    """Change the organization's name or time zone, from the command line.

    Other running processes see it within 5 seconds.

    Args:
        database: where it is.
        name: the new name; `None` keeps the one that is stored.
        time_zone: the new zone by its IANA name; `None` keeps the one that is stored.

    Raises:
        PortalError: neither was given, or the database has no organization yet.
        Invalid: by the parameters' names, what is wrong with each.
    """
    if name is None and time_zone is None:
        raise PortalError(messages.NOTHING_TO_CHANGE)
    with database.write() as session:
        if read_organization(session) is None:
            raise PortalError(messages.NO_ORGANIZATION)
        store_organization(session, name, time_zone)
    forget_organization(database)
    return organization_of(database)


def time_zones() -> list[str]:
    """Return the time zones that an organization can have, by their IANA names, sorted.

    Without the copies in posix/ and right/; the latter count leap seconds.
    """
    return sorted(available_timezones() - _NO_ZONES)


def organization_settings(database: Database, actor: Actor) -> OrganizationFacts:
    """Return the organization as it is stored, to be edited.

    Raises:
        NotAllowed: the actor does not work in Configuration.
    """
    require(actor, may_see_configuration)
    forget_organization(database)
    return organization_of(database)


def save_organization(
    database: Database, actor: Actor, *, base: object, typed: Mapping[str, str]
) -> OrganizationFacts:
    """Change the organization's name and time zone; a row in the access log says what changed.

    Args:
        database: where it is.
        actor: who changes it.
        base: `base_of` the organization that the form was filled with.
        typed: the typed `name` and `time_zone`.

    Raises:
        NotAllowed: the actor does not work in Configuration.
        Invalid: a field breaks a rule; nothing is changed.
        PortalError: someone else changed them since the form was filled.
        NotFound: the database has no organization yet.
    """
    require(actor, may_see_configuration)
    name, time_zone = typed.get("name", ""), typed.get("time_zone", "")
    with database.write() as session:
        before = read_organization(session)
        if before is None:
            raise NotFound
        store_organization(session, name, time_zone, actor=actor)
        after = read_organization(session)
        if after != before and base != base_of(before):
            raise PortalError(changed_meanwhile(messages.THE_ORGANIZATION))
    forget_organization(database)
    return organization_of(database)


def base_of(organization: OrganizationFacts | StoredOrganization) -> str:
    """Return what identifies the name and time zone that a form was filled with."""
    facts = f"{organization.time_zone} {organization.name}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def store_organization(
    session: Session,
    name: str | None,
    time_zone: str | None,
    *,
    name_field: str = "name",
    actor: Actor | None = None,
) -> None:
    """Store the given name or time zone, with a row in the access log if that changes it.

    If the database has no organization, it is created: then a name is needed, and the default time
    zone is UTC.

    Args:
        session: in the transaction of the change.
        name: the name; `None` keeps the one that is stored.
        time_zone: an IANA name; `None` keeps the one that is stored.
        name_field: what `Invalid` calls the name.
        actor: who changes it; `None` for the command line.

    Raises:
        Invalid: one of them breaks a rule.
    """
    before = read_organization(session)
    errors = {}
    if name is None and before:
        name = before.name
    try:
        name = clean_text(name or "", _NAME_LENGTH, required=True, is_line=True)
    except ValueError as refusal:
        errors[name_field] = str(refusal)
    if time_zone is None:
        time_zone = before.time_zone if before else "UTC"
    elif time_zone not in available_timezones() - _NO_ZONES:
        errors["time_zone"] = messages.UNKNOWN_TIME_ZONE
    if errors or name is None:
        raise Invalid(errors)
    write_organization(session, name, time_zone)
    parts = []
    if before and name != before.name:
        parts.append(messages.name_changed(before.name, name))
    if before and time_zone != before.time_zone:
        parts.append(messages.time_zone_changed(before.time_zone, time_zone))
    if parts:
        add_act(
            session,
            actor,
            Action.ORGANIZATION_CHANGED,
            SubjectKind.ORGANIZATION,
            None,
            name,
            now=now_ms(),
            detail=with_commas(parts),
        )
