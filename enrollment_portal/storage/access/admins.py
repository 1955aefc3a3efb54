"""Read and write admins: their accounts, their sections, and candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case
from sqlmodel import Session, select

from enrollment_portal.domain.people.people import ADMIN_ROLES, NO_SECTIONS, Role, Section
from enrollment_portal.storage.access.role_assignments import NOTHING, RoleAssignments
from enrollment_portal.storage.people.people import other_super_admins
from enrollment_portal.storage.shared.records import select_columns, update_version
from enrollment_portal.storage.shared.searching import matches_terms, term_values
from enrollment_portal.storage.shared.tables import Account, Learner, table_of

_account, _learner = table_of(Account), table_of(Learner)
_a, _l = _account.c, _learner.c
_IS_ADMIN = _a.role.in_([role.value for role in sorted(ADMIN_ROLES)])
_ACCOUNTS = select_columns(
    _a.id,
    _a.name,
    _a.email,
    _a.role,
    _a.sections,
    _a.is_suspended,
    _a.last_sign_in_at,
    _a.password_hash.is_not(None).label("has_password"),
    _a.version,
)
_ADMINS = _ACCOUNTS.where(_IS_ADMIN).order_by(
    case((_a.role == Role.SUPER_ADMIN.value, 0), else_=1),
    _a.name,
    _a.id,
)
_ONE = _ACCOUNTS.where(_a.id == bindparam("account"))
_MANAGES = (
    select(_l.id)
    .join(_account, _a.learner_id == _l.manager_id)
    .where(_a.id == bindparam("account"))
)
_ROLE_WITHOUT = select(case((_MANAGES.exists(), Role.GROUP_LEAD.value), else_=Role.LEARNER.value))


@dataclass(frozen=True, slots=True)
class AdminRow:
    """An account in the list of admins; the last sign-in in ms."""

    id: int
    name: str
    email: str
    role: Role
    sections: Section
    is_suspended: bool
    last_sign_in_at: int | None
    has_password: bool
    version: int
    assignments: RoleAssignments = NOTHING
    """For a candidate: the courses and groups that they would no longer have as an admin."""


def _row(row: Any) -> AdminRow:
    return AdminRow(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        sections=Section(row.sections),
        is_suspended=bool(row.is_suspended),
        last_sign_in_at=row.last_sign_in_at,
        has_password=bool(row.has_password),
        version=row.version,
    )


def list_admins(session: Session) -> list[AdminRow]:
    """Return every admin, Super Admins first, by name."""
    return [_row(row) for row in session.exec(_ADMINS)]


def find_admin(session: Session, account_id: int) -> AdminRow | None:
    """Return an account, admin or not; `None` if there is none."""
    row = session.exec(_ONE, params={"account": account_id}).first()
    return _row(row) if row else None


def find_candidates(session: Session, terms: tuple[str, ...], limit: int) -> list[AdminRow]:
    """Return accounts that are no admins and have every search term in name or email."""
    found = (
        _ACCOUNTS.join(_learner, _l.id == _a.learner_id)
        .where(~_IS_ADMIN, _a.is_suspended == 0, matches_terms(_l.search, len(terms)))
        .order_by(_l.sort_name, _a.id)
        .limit(limit)
    )
    return [_row(row) for row in session.exec(found, params=term_values(terms))]


def set_rights(
    session: Session, before: AdminRow, role: Role, sections: Section = NO_SECTIONS
) -> None:
    """Write an account's role and sections.

    Raises:
        StaleVersion: it was changed since it was read.
    """
    rights = {"role": role.value, "sections": int(sections)}
    update_version(session, Account, before.id, before.version, **rights)


def has_other_super_admin(session: Session, account_id: int) -> bool:
    """Return whether another Super Admin can sign in."""
    return other_super_admins(session, account_id) > 0


def role_without(session: Session, account_id: int) -> Role:
    """Return the role of an account that is no admin any more: by whether people report to it."""
    return Role(session.exec(_ROLE_WITHOUT, params={"account": account_id}).one())
