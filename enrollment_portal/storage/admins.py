"""Admins: their accounts, their sections, and who could become one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.people import NO_SECTIONS, Role, Section
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.role_holdings import NOTHING, Holdings

_COLUMNS = (
    "a.id, a.name, a.email, a.role, a.sections, a.is_suspended, a.last_sign_in_at,"
    " CASE WHEN a.password_hash IS NULL THEN 0 ELSE 1 END"
)
_ADMINS = text(
    f"SELECT {_COLUMNS} FROM account a WHERE a.role IN ('super_admin', 'admin')"
    " ORDER BY CASE a.role WHEN 'super_admin' THEN 0 ELSE 1 END, a.name, a.id"
)
_ONE = text(f"SELECT {_COLUMNS} FROM account a WHERE a.id = :account")
_SET = text("UPDATE account SET role = :role, sections = :sections WHERE id = :account")
_OTHER_SUPER_ADMINS = text(
    "SELECT count(*) FROM account"
    " WHERE role = 'super_admin' AND is_suspended = 0 AND id <> :account"
)
_ROLE_WITHOUT = text(
    "SELECT CASE"
    " WHEN EXISTS (SELECT 1 FROM account a JOIN learner r ON r.manager_id = a.learner_id"
    " WHERE a.id = :account)"
    " THEN 'group_lead' ELSE 'learner' END"
)


@dataclass(frozen=True, slots=True)
class AdminRow:
    """An account as the list of admins shows it; the last sign-in in ms."""

    id: int
    name: str
    email: str
    role: Role
    sections: Section
    is_suspended: bool
    last_sign_in_at: int | None
    has_password: bool
    held: Holdings = NOTHING
    """Of somebody who could become an admin: what they would give up."""


def _row(row: Any) -> AdminRow:
    id_, name, email, role, sections, is_suspended, last_sign_in_at, has_password = row
    return AdminRow(
        id_,
        name,
        email,
        Role(role),
        Section(sections),
        bool(is_suspended),
        last_sign_in_at,
        bool(has_password),
    )


def list_admins(session: Session) -> list[AdminRow]:
    """Return every admin, Super Admins first, by name."""
    return [_row(row) for row in session.execute(_ADMINS)]


def find_admin(session: Session, account_id: int) -> AdminRow | None:
    """Return an account, admin or not; `None` where there is none."""
    row = session.execute(_ONE, {"account": account_id}).first()
    return _row(row) if row else None


def find_candidates(session: Session, terms: tuple[str, ...], limit: int) -> list[AdminRow]:
    """Return accounts that are no admins and hold every part of a search in name or email."""
    on_sqlite = is_sqlite(session)
    holds = "".join(
        f" AND {'instr' if on_sqlite else 'strpos'}(l.search, :term{i}) > 0"
        for i in range(len(terms))
    )
    rows = session.execute(
        text(
            f"SELECT {_COLUMNS} FROM account a JOIN learner l ON l.id = a.learner_id"
            " WHERE a.role NOT IN ('super_admin', 'admin') AND a.is_suspended = 0"
            f"{holds} ORDER BY l.sort_name, a.id LIMIT :limit"
        ),
        {"limit": limit, **{f"term{i}": term for i, term in enumerate(terms)}},
    )
    return [_row(row) for row in rows]


def set_rights(
    session: Session, account_id: int, role: Role, sections: Section = NO_SECTIONS
) -> None:
    """Write what an account is, and which sections are switched on for it."""
    values = {"account": account_id, "role": role.value, "sections": int(sections)}
    session.execute(_SET, values)


def has_other_super_admin(session: Session, account_id: int) -> bool:
    """Tell whether another Super Admin can sign in."""
    return session.execute(_OTHER_SUPER_ADMINS, {"account": account_id}).scalar_one() > 0


def role_without(session: Session, account_id: int) -> Role:
    """Return what an account is when it is no admin: by whether people report to it."""
    return Role(session.execute(_ROLE_WITHOUT, {"account": account_id}).scalar_one())
