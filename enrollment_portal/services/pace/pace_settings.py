"""Read and change when an enrollment is stuck, and over how long its pace is measured."""

from __future__ import annotations

from collections.abc import Mapping

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.messages import THE_ORGANIZATION
from enrollment_portal.domain.access.permissions import may_see_configuration, require
from enrollment_portal.domain.pace import messages
from enrollment_portal.domain.pace.pace import PaceSettings
from enrollment_portal.domain.pace.pace_settings import read_pace_settings
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotFound, PortalError
from enrollment_portal.domain.shared.messages import changed_meanwhile
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.shared.organization import forget_organization
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.organization import (
    DEFAULTS,
    read_organization,
    write_pace_settings,
)


def pace_settings(database: Database, actor: Actor) -> PaceSettings:
    """Return the settings.

    Raises:
        NotAllowed: the actor does not work in Configuration.
    """
    require(actor, may_see_configuration)
    with database.read() as session:
        return (read_organization(session) or DEFAULTS).pace


def save_pace_settings(
    database: Database, actor: Actor, *, base: object, typed: Mapping[str, object]
) -> PaceSettings:
    """Change the settings; a row in the access log says what was changed.

    Args:
        database: where they are.
        actor: who changes them.
        base: `base_of` the settings that the form was filled with.
        typed: the typed text, by the names of `PaceSettings`.

    Raises:
        NotAllowed: the actor does not work in Configuration.
        Invalid: a field breaks a rule; nothing is changed.
        PortalError: someone else changed them since the form was filled.
        NotFound: the database has no organization yet.
    """
    require(actor, may_see_configuration)
    settings = read_pace_settings(typed)
    with database.write() as session:
        organization = read_organization(session)
        if organization is None:
            raise NotFound
        before = organization.pace
        if settings == before:
            return before
        if base != base_of(before):
            raise PortalError(changed_meanwhile(THE_ORGANIZATION))
        measures_anew = settings.pace_weeks != before.pace_weeks
        write_pace_settings(session, settings, computes_again=measures_anew)
        add_act(
            session,
            actor,
            Action.ORGANIZATION_CHANGED,
            SubjectKind.ORGANIZATION,
            None,
            organization.name,
            now=now_ms(),
            detail=_changed(before, settings),
        )
    forget_organization(database)
    return settings


def base_of(settings: PaceSettings) -> str:
    """Return what identifies the settings that a form was filled with."""
    return f"{settings.stuck_days}-{settings.pace_weeks}"


def _changed(before: PaceSettings, after: PaceSettings) -> str:
    parts: list[str] = []
    if after.stuck_days != before.stuck_days:
        parts.append(messages.stuck_days_changed(before.stuck_days, after.stuck_days))
    if after.pace_weeks != before.pace_weeks:
        parts.append(messages.pace_weeks_changed(before.pace_weeks, after.pace_weeks))
    return with_commas(parts)
