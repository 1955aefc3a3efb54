"""Add and remove admins, and switch their sections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlmodel import Session

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import (
    may_change_admins,
    may_see_configuration,
    require,
)
from enrollment_portal.domain.people.people import ADMIN_ROLES, NO_SECTIONS, Actor, Role, Section
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import clean_search, read_id
from enrollment_portal.domain.shared.text_search import search_terms
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.access.role_assignments import remove_role_assignments
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access import admins as stored
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.access.admins import AdminRow
from enrollment_portal.storage.access.role_assignments import role_assignments_of
from enrollment_portal.storage.shared.advisory_locks import SIGN_IN_LOCK, take_advisory_lock
from enrollment_portal.storage.shared.database import Database

N_CANDIDATES = 8


def list_admins(database: Database, actor: Actor) -> list[AdminRow]:
    """Return every admin, Super Admins first.

    Raises:
        NotAllowed: the actor does not work in Configuration.
    """
    require(actor, may_see_configuration)
    with database.read() as session:
        return stored.list_admins(session)


def find_candidates(database: Database, actor: Actor, typed: object) -> list[AdminRow]:
    """Return the first few people with an account who match a search and are no admins.

    Raises:
        NotAllowed: the actor is no Super Admin.
    """
    require(actor, may_change_admins)
    terms = search_terms(clean_search(typed))
    if not terms:
        return []
    with database.read() as session:
        found = stored.find_candidates(session, terms, N_CANDIDATES)
        return [replace(row, assignments=role_assignments_of(session, row.id)) for row in found]


@again_after_deadlock
def add_admin(
    database: Database, actor: Actor, account_id: object, *, is_super: bool = False
) -> AdminRow:
    """Make someone with an account an admin: without any section yet, or a Super Admin.

    They no longer teach courses or lead groups.

    Raises:
        NotAllowed: the actor is no Super Admin.
        NotFound: there is no such account.
        PortalError: they are an admin already, or suspended.
    """
    with _changing(database, actor, account_id) as (session, account):
        if account.role in ADMIN_ROLES:
            raise PortalError(messages.already_admin(account.name))
        if account.is_suspended:
            raise PortalError(messages.reinstate_first(account.name))
        role = Role.SUPER_ADMIN if is_super else Role.ADMIN
        return _set(session, actor, account, Action.ADMIN_ADDED, role, detail=role.label)


@again_after_deadlock
def remove_admin(database: Database, actor: Actor, account_id: object) -> AdminRow:
    """Remove an admin: they become a group lead if people report to them, else a learner.

    Raises:
        NotAllowed: the actor is no Super Admin.
        NotFound: there is no such admin.
        PortalError: it is the last Super Admin who can sign in.
    """
    with _changing(database, actor, account_id) as (session, account):
        _must_be_admin(account)
        _keep_a_super_admin(session, account)
        role = stored.role_without(session, account.id)
        detail = messages.role_changed(account.role.label, role.label)
        return _set(session, actor, account, Action.ADMIN_REMOVED, role, detail=detail)


@again_after_deadlock
def set_super_admin(
    database: Database, actor: Actor, account_id: object, *, is_super: bool
) -> AdminRow:
    """Make an admin a Super Admin, or a Super Admin an admin with every section.

    Raises:
        NotAllowed: the actor is no Super Admin.
        NotFound: there is no such admin.
        PortalError: it is the last Super Admin who can sign in.
    """
    with _changing(database, actor, account_id) as (session, account):
        _must_be_admin(account)
        role = Role.SUPER_ADMIN if is_super else Role.ADMIN
        if role is account.role:
            return account
        if not is_super:
            _keep_a_super_admin(session, account)
        sections = NO_SECTIONS if is_super else Section.all()
        action = Action.ADMIN_PROMOTED if is_super else Action.ADMIN_DEMOTED
        detail = messages.role_changed(account.role.label, role.label)
        return _set(session, actor, account, action, role, sections, detail=detail)


@again_after_deadlock
def switch_section(
    database: Database, actor: Actor, account_id: object, section: object, *, is_on: bool
) -> AdminRow:
    """Switch one section of an admin on or off; no effect if it is so already.

    Args:
        database: where the admins are.
        actor: a Super Admin.
        account_id: whose; a Super Admin has every section and none to switch.
        section: its name, such as "learning".
        is_on: which way.

    Raises:
        NotAllowed: the actor is no Super Admin.
        NotFound: there is no such admin, or no such section.
    """
    name = section.upper() if isinstance(section, str) else ""
    with _changing(database, actor, account_id) as (session, account):
        if account.role is not Role.ADMIN or name not in Section.__members__:
            raise NotFound
        wanted = Section[name]
        sections = account.sections | wanted if is_on else account.sections & ~wanted
        if sections == account.sections:
            return account
        detail = f"{name.capitalize()} {'on' if is_on else 'off'}"
        action = Action.SECTIONS_SWITCHED
        return _set(session, actor, account, action, Role.ADMIN, sections, detail=detail)


@contextmanager
def _changing(
    database: Database, actor: Actor, account_id: object
) -> Iterator[tuple[Session, AdminRow]]:
    """Open a transaction with a lock on changes of admins, and yield the account."""
    require(actor, may_change_admins)
    wanted = read_id(account_id)
    with database.write() as session:
        take_advisory_lock(session, SIGN_IN_LOCK)
        asking = stored.find_admin(session, actor.account_id)
        # Two Super Admins may remove each other at the same time: check again after the lock.
        if asking is None or asking.role is not Role.SUPER_ADMIN or asking.is_suspended:
            raise NotAllowed
        account = stored.find_admin(session, wanted) if wanted else None
        if account is None:
            raise NotFound
        yield session, account


def _must_be_admin(account: AdminRow) -> None:
    if account.role not in ADMIN_ROLES:
        raise NotFound


def _keep_a_super_admin(session: Session, account: AdminRow) -> None:
    is_active = account.role is Role.SUPER_ADMIN and not account.is_suspended
    if is_active and not stored.has_other_super_admin(session, account.id):
        raise PortalError(messages.LAST_SUPER_ADMIN)


def _set(
    session: Session,
    actor: Actor,
    account: AdminRow,
    action: Action,
    role: Role,
    sections: Section = NO_SECTIONS,
    *,
    detail: str,
) -> AdminRow:
    stored.set_rights(session, account, role, sections)
    given_up = remove_role_assignments(session, actor, account.id, role)
    add_act(
        session,
        actor,
        action,
        SubjectKind.ADMIN,
        account.id,
        account.name,
        now=now_ms(),
        detail=with_commas((detail, given_up)),
    )
    changed = stored.find_admin(session, account.id)
    if changed is None:
        raise NotFound
    return changed
