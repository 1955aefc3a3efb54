"""Read and write the people of the directory and their accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    update,
)
from sqlmodel import Session, col, select

from enrollment_portal.domain.access.admin_log import SubjectKind
from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.people.user_edits import PersonFields
from enrollment_portal.domain.shared.text_search import search_text, sort_text
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import (
    first_record,
    records,
    select_columns,
    update_version,
)
from enrollment_portal.storage.shared.tables import (
    Account,
    AdminEvent,
    Invitation,
    Learner,
    SignInSession,
    constant,
    table_of,
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the directory's list; times in ms."""

    id: int
    name: str
    email: str | None
    job_title: str
    department: str
    joined_at: int
    role: str | None
    last_sign_in_at: int | None
    status: str


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person with their account, if any; times in ms."""

    id: int
    name: str
    email: str | None
    job_title: str
    department: str
    joined_at: int
    role: str | None
    last_sign_in_at: int | None
    status: str
    manager_id: int | None
    manager: str | None
    account_id: int | None
    sections: int | None
    is_suspended: int | None
    has_password: int
    invited_until: int | None
    learner_version: int
    account_version: int | None

    @property
    def version(self) -> int:
        """The version, which increases with every edit of the person or their account."""
        return self.learner_version + (self.account_version or 0)

    @property
    def fields(self) -> PersonFields:
        """The values of the form."""
        return PersonFields(
            self.name,
            self.email,
            self.job_title,
            self.department,
            self.manager_id,
            Role(self.role) if self.role else None,
        )


_learner, _account, _invitation = table_of(Learner), table_of(Account), table_of(Invitation)
_l, _a, _i, _v = _learner.c, _account.c, _invitation.c, table_of(AdminEvent).c


def status_at(now: Any) -> Any:
    """Return the expression for the status of the joined `account`, at a time in ms.

    The values are none, invited, active and suspended.
    """
    open_ones = _open_invitations()
    # The account has never been used, so that an invitation to it may be open.
    waits = and_(
        _a.is_suspended == constant(0),
        _a.password_hash.is_(None),
        _a.last_sign_in_at.is_(None),
    )
    lasts = open_ones.where(_i.expires_at > now)
    # In a case of its own, so that in a long list each account is checked only once.
    invited = case(
        (lasts.exists(), constant("invited")),
        (open_ones.exists(), constant("none")),
        else_=constant("active"),
    )
    return case(
        (_a.id.is_(None), constant("none")),
        (_a.is_suspended == constant(1), constant("suspended")),
        (waits, invited),
        else_=constant("active"),
    )


def _open_invitations() -> Any:
    rows = select(_i.token_hash).where(
        _i.account_id == _a.id,
        _i.used_at.is_(None),
        _i.kind == constant("invitation"),
    )
    return rows.correlate(_account)


def _account_of_learner() -> Any:
    # One account for each person; if a database has more, the oldest one counts.
    other = _account.alias()
    oldest = select(func.min(other.c.id)).where(other.c.learner_id == _l.id)
    return _a.id == oldest.correlate(_learner).scalar_subquery()


_NOW = bindparam("now", type_=BigInteger())
_LISTED = select_columns(
    _l.id,
    _l.name,
    _l.email,
    _l.job_title,
    _l.department,
    _l.joined_at,
    _a.role,
    _a.last_sign_in_at,
    status_at(_NOW).label("status"),
).outerjoin_from(_learner, _account, _account_of_learner())
_ROWS = _LISTED.where(is_among(_l.id, "ids"))
_manager = _learner.alias()
_PERSON = (
    _LISTED.add_columns(
        _l.manager_id,
        _manager.c.name.label("manager"),
        _a.id.label("account_id"),
        _a.sections,
        _a.is_suspended,
        case((_a.password_hash.is_(None), 0), else_=1).label("has_password"),
        _open_invitations()
        .with_only_columns(func.max(_i.expires_at))
        .where(_i.expires_at > _NOW)
        .scalar_subquery()
        .label("invited_until"),
        _l.version.label("learner_version"),
        _a.version.label("account_version"),
    )
    .outerjoin(_manager, _manager.c.id == _l.manager_id)
    .where(_l.id == bindparam("id"))
)
_LOCKED = (
    select(_l.id).where(_l.id == bindparam("id")).with_for_update(key_share=True),
    select(_a.id)
    .where(_a.learner_id == bindparam("id"))
    .order_by(_a.id)
    .with_for_update(key_share=True),
)
_ABOVE = select(cast(bindparam("id"), BigInteger).label("id")).cte("above", recursive=True)
_CHAIN = select(
    _ABOVE.union(
        select(_l.manager_id).join(_ABOVE, _l.id == _ABOVE.c.id).where(_l.manager_id.is_not(None))
    ).c.id
)
_EMAIL_TAKEN = select(
    or_(
        exists().where(_l.email == bindparam("email"), _l.id != bindparam("learner")),
        exists().where(_a.email == bindparam("email"), _a.id != bindparam("account")),
    )
)
_linked = _account.alias()
_owner_id = (
    select(_l.id)
    .where(
        _l.email == bindparam("of_email"),
        ~select(_linked.c.id).where(_linked.c.learner_id == _l.id).exists(),
    )
    .scalar_subquery()
)
_LINK_ACCOUNT = (
    update(_account)
    .where(_a.email == bindparam("of_email"), _a.learner_id.is_(None), _owner_id.is_not(None))
    .values(learner_id=_owner_id)
)
_ACTS = (
    select_columns(
        *(_v.id, _v.at, _v.actor_name, _v.action),
        *(_v.subject_kind, _v.subject, _v.detail, _v.actor_id),
    )
    .order_by(_v.at.desc(), _v.id.desc())
    .limit(bindparam("limit"))
)
_ACTS_ON = _ACTS.where(_v.subject_kind == bindparam("kind"), _v.subject_id == bindparam("subject"))
_ACTS_BY = _ACTS.where(_v.actor_id == bindparam("actor"))


@dataclass(frozen=True, slots=True)
class StoredAct:
    """A row of the access log; `at` in ms."""

    id: int
    at: int
    actor_name: str
    action: str
    subject_kind: str
    subject: str
    detail: str
    actor_id: int | None = None


def rows_of(session: Session, ids: Iterable[int], *, now: int) -> dict[int, PersonRow]:
    """Return the people with these ids as rows of the list."""
    rows = session.exec(_ROWS, params={"ids": ids, "now": now})
    return {person.id: person for person in records(PersonRow, rows)}


def person(
    session: Session, learner_id: int, *, now: int, for_update: bool = False
) -> StoredPerson | None:
    """Return a person, locked until the transaction ends if they are to be changed."""
    if for_update:
        for statement in _LOCKED:
            session.exec(statement, params={"id": learner_id})
    rows = session.exec(_PERSON, params={"id": learner_id, "now": now})
    return first_record(StoredPerson, rows)


def those_above(session: Session, learner_id: int) -> set[int]:
    """Return a person, their manager, the manager's manager, and so on; stops at a circle."""
    return set(session.exec(_CHAIN, params={"id": learner_id}))


def is_email_taken(
    session: Session, email: str, *, learner_id: int | None, account_id: int | None
) -> bool:
    """Return whether another person, or an account of somebody else, has an email."""
    values = {"email": email, "learner": learner_id or 0, "account": account_id or 0}
    return bool(session.exec(_EMAIL_TAKEN, params=values).one())


def _values(person: PersonFields) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "department": person.department,
        "job_title": person.job_title,
        "manager_id": person.manager_id,
        "sort_name": sort_text(person.name),
        "search": search_text(person.name, person.email),
    }


def link_account(session: Session, email: str | None) -> None:
    """Link an account without a person to the person of the directory with the same email.

    Call it whenever an account or a person is written: by this link the portal knows which
    enrollments are somebody's own. A person with an account keeps that one.
    """
    if email:
        session.exec(_LINK_ACCOUNT, params={"of_email": email})


def add_person(session: Session, person: PersonFields, *, now: int) -> int:
    """Write a person of the directory and return their id; an account with their email is theirs.

    Raises:
        IntegrityError: somebody else has the email.
    """
    added = Learner(**_values(person), joined_at=now)
    session.add(added)
    session.flush()
    link_account(session, person.email)
    return added.id  # type: ignore[return-value]


def change_person(session: Session, before: StoredPerson, person: PersonFields) -> None:
    """Write the values of a person; an account without a person with that email is linked to them.

    Raises:
        StaleVersion: they were changed since they were read.
        IntegrityError: somebody else has the email.
    """
    update_version(session, Learner, before.id, before.learner_version, **_values(person))
    link_account(session, person.email)


def add_account(
    session: Session, learner_id: int, *, name: str, email: str, role: Role, now: int
) -> int:
    """Write an account without a password for a person, and return its id.

    Raises:
        IntegrityError: another account has the email.
    """
    added = Account(
        email=email,
        name=name,
        role=role.value,
        sections=_sections(role, 0),
        learner_id=learner_id,
        created_at=now,
    )
    session.add(added)
    session.flush()
    return added.id  # type: ignore[return-value]


def change_account(
    session: Session, before: StoredPerson, *, name: str, email: str, role: Role
) -> None:
    """Write the name, email and role of a person's account.

    Raises:
        StaleVersion: it was changed since it was read.
        IntegrityError: another account has the email.
    """
    kept = before.sections or 0 if role.value == before.role else 0
    update_version(
        session,
        Account,
        before.account_id or 0,
        before.account_version or 0,
        name=name,
        email=email,
        role=role.value,
        sections=_sections(role, kept),
    )


def _sections(role: Role, kept: int) -> int:
    # A new admin has no section until a Super Admin switches one on.
    if role is Role.SUPER_ADMIN:
        return int(Section.all())
    return kept if role is Role.ADMIN else 0


def set_suspended(session: Session, account_id: int, *, is_suspended: bool) -> bool:
    """Suspend an account, which ends its sessions, or reinstate it; false if it is so already."""
    is_other = col(Account.is_suspended) != int(is_suspended)
    changed = session.exec(
        update(Account)
        .where(col(Account.id) == account_id, is_other)
        .values(is_suspended=int(is_suspended))
    )
    if is_suspended:
        session.exec(delete(SignInSession).where(col(SignInSession.account_id) == account_id))
    return changed.rowcount == 1


def other_super_admins(session: Session, account_id: int) -> int:
    """Return how many other Super Admins can sign in."""
    others = (
        select(func.count())
        .select_from(Account)
        .where(
            col(Account.role) == Role.SUPER_ADMIN.value,
            col(Account.is_suspended) == 0,
            col(Account.id) != account_id,
        )
    )
    return session.exec(others).one()


def acts_around(
    session: Session, learner_id: int, account_id: int | None, *, limit: int
) -> list[StoredAct]:
    """Return the newest entries of the access log about a person or by them, newest first.

    Both are read from their own index (ix_admin_event_subject, ix_admin_event_actor).
    """
    subjects = [(SubjectKind.USER, learner_id)]
    if account_id is not None:
        subjects += [(SubjectKind.ADMIN, account_id), (SubjectKind.SESSION, account_id)]
    wanted: list[tuple[Any, dict[str, Any]]] = [
        (_ACTS_ON, {"kind": kind.value, "subject": subject}) for kind, subject in subjects
    ]
    if account_id is not None:
        wanted.append((_ACTS_BY, {"actor": account_id}))
    found: dict[int, StoredAct] = {}
    for statement, values in wanted:
        rows = session.exec(statement, params=values | {"limit": limit})
        found |= {act.id: act for act in records(StoredAct, rows)}
    newest = sorted(found.values(), key=lambda act: (act.at, act.id), reverse=True)
    return newest[:limit]
