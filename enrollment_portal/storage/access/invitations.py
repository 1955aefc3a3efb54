"""Read and write one-time links for setting a password; only their hashes are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, or_, update
from sqlmodel import Session, col, select

from enrollment_portal.domain.access.sign_in_links import LinkKind
from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import Account, CourseTeacher, Invitation, table_of

_account, _invitation = table_of(Account), table_of(Invitation)
_a, _i, _t = _account.c, _invitation.c, table_of(CourseTeacher).c
_TEACHES = select(_t.course_id).where(_t.account_id == _a.id)
_OWNERS = select_columns(
    _a.id,
    _a.learner_id,
    _a.name,
    _a.email,
    _a.role,
    _a.is_suspended,
    _a.password_hash.is_not(None).label("has_password"),
    _TEACHES.correlate(_account).exists().label("teaches"),
)
_BY_EMAIL = _OWNERS.where(_a.email == bindparam("email"))
_BY_ID = _OWNERS.where(_a.id == bindparam("account"))
_OPEN = (
    _OWNERS.add_columns(_i.kind, _i.made_by)
    .join_from(_invitation, _account, _a.id == _i.account_id)
    .where(
        _i.token_hash == bindparam("token"),
        _i.used_at.is_(None),
        _i.expires_at > bindparam("now"),
        _a.is_suspended == 0,
        or_(_i.kind == "reset", _a.password_hash.is_(None)),
    )
)


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """The account that a link opens."""

    account_id: int
    learner_id: int | None
    name: str
    email: str
    role: Role
    is_suspended: bool
    has_password: bool
    teaches: bool


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that is valid now; `made_by` is the account of the admin who created it."""

    owner: LinkOwner
    kind: LinkKind
    made_by: int | None


def add_link(
    session: Session,
    account_id: int,
    token_hash: str,
    kind: LinkKind,
    *,
    now: int,
    expires: int,
    made_by: int | None,
) -> None:
    """Write a link; times in ms."""
    session.add(
        Invitation(
            token_hash=token_hash,
            account_id=account_id,
            created_at=now,
            expires_at=expires,
            kind=kind.value,
            made_by=made_by,
        )
    )
    session.flush()


def void_links(session: Session, account_id: int) -> None:
    """Invalidate all unused links of an account."""
    session.exec(
        delete(Invitation).where(
            col(Invitation.account_id) == account_id, col(Invitation.used_at).is_(None)
        )
    )


def owner_by_email(session: Session, email: str) -> LinkOwner | None:
    """Return the account with a normalized email."""
    row = session.exec(_BY_EMAIL, params={"email": email}).first()
    return _owner(row) if row else None


def owner_by_id(session: Session, account_id: int) -> LinkOwner | None:
    """Return an account by its id."""
    row = session.exec(_BY_ID, params={"account": account_id}).first()
    return _owner(row) if row else None


def open_link(session: Session, token_hash: str, *, now: int) -> OpenLink | None:
    """Return a link that is valid at a time in ms; else `None`."""
    row = session.exec(_OPEN, params={"token": token_hash, "now": now}).first()
    return OpenLink(_owner(row), LinkKind(row.kind), row.made_by) if row else None


def use_link(
    session: Session, link: OpenLink, token_hash: str, password_hash: str, *, now: int
) -> bool:
    """Mark a link as used and set the account's password.

    Returns:
        False if either is not possible: roll back then. If two use one link at once, one waits for
        the other here and finds it used.
    """
    used = session.exec(
        update(Invitation)
        .where(
            col(Invitation.token_hash) == token_hash,
            col(Invitation.used_at).is_(None),
            col(Invitation.expires_at) > now,
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:
        return False
    account = update(Account).where(
        col(Account.id) == link.owner.account_id, col(Account.is_suspended) == 0
    )
    if link.kind is not LinkKind.RESET:
        account = account.where(col(Account.password_hash).is_(None))
    if session.exec(account.values(password_hash=password_hash)).rowcount != 1:
        return False
    void_links(session, link.owner.account_id)
    return True


def _owner(row: Any) -> LinkOwner:
    return LinkOwner(
        account_id=row.id,
        learner_id=row.learner_id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        is_suspended=bool(row.is_suspended),
        has_password=bool(row.has_password),
        teaches=bool(row.teaches),
    )
