"""The directory: its people as rows of a list, one person, and what changes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.people import Role, Section
from enrollment_portal.domain.text_search import search_text, sort_text
from enrollment_portal.domain.user_edits import PersonFields
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.id_lists import id_list, in_list

# One account for each person; should a database hold more, the oldest one counts.
ACCOUNT_OF = (
    "LEFT JOIN account a ON a.id = (SELECT min(x.id) FROM account x WHERE x.learner_id = l.id)"
)
_OPEN = "i.account_id = a.id AND i.used_at IS NULL AND i.kind = 'invitation'"
WAITS = "a.is_suspended = 0 AND a.password_hash IS NULL AND a.last_sign_in_at IS NULL"
"""The account has not been entered yet, so that an invitation to it may be open."""
STATUS = (
    "CASE WHEN a.id IS NULL THEN 'none' WHEN a.is_suspended = 1 THEN 'suspended'"
    f" WHEN {WAITS} THEN CASE"
    f" WHEN EXISTS (SELECT 1 FROM invitation i WHERE {_OPEN} AND i.expires_at > :now)"
    f" THEN 'invited' WHEN EXISTS (SELECT 1 FROM invitation i WHERE {_OPEN})"
    " THEN 'none' ELSE 'active' END ELSE 'active' END"
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the directory lists them; moments in ms."""

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
    """A person with their account, where they have one; moments in ms."""

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

    @property
    def fields(self) -> PersonFields:
        """What a form edits of them."""
        return PersonFields(
            self.name,
            self.email,
            self.job_title,
            self.department,
            self.manager_id,
            Role(self.role) if self.role else None,
        )


_LISTED = (
    "l.id, l.name, l.email, l.job_title, l.department, l.joined_at, a.role, a.last_sign_in_at,"
    f" {STATUS}"
)
_PERSON = (
    f"SELECT {_LISTED}, l.manager_id, m.name, a.id, a.sections, a.is_suspended,"
    " CASE WHEN a.password_hash IS NULL THEN 0 ELSE 1 END,"
    f" (SELECT max(i.expires_at) FROM invitation i WHERE {_OPEN} AND i.expires_at > :now)"
    f" FROM learner l {ACCOUNT_OF} LEFT JOIN learner m ON m.id = l.manager_id WHERE l.id = :id"
)
_CHAIN = text(
    "WITH RECURSIVE above(id) AS (SELECT CAST(:id AS BIGINT) UNION"
    " SELECT l.manager_id FROM above b JOIN learner l ON l.id = b.id"
    " WHERE l.manager_id IS NOT NULL) SELECT id FROM above"
)
_EMAIL_TAKEN = text(
    "SELECT EXISTS (SELECT 1 FROM learner WHERE email = :email AND id <> :learner)"
    " OR EXISTS (SELECT 1 FROM account WHERE email = :email AND id <> :account)"
)
_ADD = text(
    "INSERT INTO learner (name, email, department, job_title, manager_id, sort_name, search,"
    " joined_at, n_active, n_completed, n_cancelled) VALUES (:name, :email, :department,"
    " :job_title, :manager, :sort_name, :search, :now, 0, 0, 0) RETURNING id"
)
_CHANGE = text(
    "UPDATE learner SET name = :name, email = :email, department = :department,"
    " job_title = :job_title, manager_id = :manager, sort_name = :sort_name, search = :search"
    " WHERE id = :id"
)
_ADD_ACCOUNT = text(
    "INSERT INTO account (email, name, role, sections, learner_id, is_suspended, created_at)"
    " VALUES (:email, :name, :role, :sections, :learner, 0, :now) RETURNING id"
)
_CHANGE_ACCOUNT = text(
    "UPDATE account SET email = :email, name = :name, role = :role, sections = :sections"
    " WHERE id = :id AND role = :role_before"
)
_SUSPEND = text("UPDATE account SET is_suspended = :on WHERE id = :id AND is_suspended <> :on")
_END_SESSIONS = text("DELETE FROM sign_in_session WHERE account_id = :id")
_OTHER_SUPER_ADMINS = text(
    "SELECT count(*) FROM account WHERE role = 'super_admin' AND is_suspended = 0 AND id <> :id"
)
_ACTS = (
    "SELECT id, at, actor_name, action, subject_kind, subject, detail, actor_id"
    " FROM admin_event WHERE {} ORDER BY at DESC, id DESC LIMIT :limit"
)


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
    rows = session.execute(
        text(
            f"SELECT {_LISTED} FROM learner l {ACCOUNT_OF} WHERE l.id IN {in_list(session, 'ids')}"
        ),
        {"ids": id_list(session, ids), "now": now},
    )
    return {row[0]: PersonRow(*row) for row in rows}


def person(
    session: Session, learner_id: int, *, now: int, for_update: bool = False
) -> StoredPerson | None:
    """Return a person, locked until the transaction ends where they are to be changed."""
    values = {"id": learner_id, "now": now}
    if for_update and not is_sqlite(session):
        for table, key in (("learner", "id"), ("account", "learner_id")):
            sql = f"SELECT id FROM {table} WHERE {key} = :id ORDER BY id FOR NO KEY UPDATE"
            session.execute(text(sql), values)
    row = session.execute(text(_PERSON), values).first()
    return StoredPerson(*row) if row else None


def those_above(session: Session, learner_id: int) -> set[int]:
    """Return a person, their manager, the manager's manager, and so on; ends in a circle too."""
    return set(session.execute(_CHAIN, {"id": learner_id}).scalars())


def is_email_taken(
    session: Session, email: str, *, learner_id: int | None, account_id: int | None
) -> bool:
    """Tell whether another person, or an account of somebody else, has an email."""
    values = {"email": email, "learner": learner_id or 0, "account": account_id or 0}
    return bool(session.execute(_EMAIL_TAKEN, values).scalar_one())


def _values(person: PersonFields) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "department": person.department,
        "job_title": person.job_title,
        "manager": person.manager_id,
        "sort_name": sort_text(person.name),
        "search": search_text(person.name, person.email),
    }


def add_person(session: Session, person: PersonFields, *, now: int) -> int:
    """Write a person of the directory and return their id.

    Raises:
        IntegrityError: somebody else has the email.
    """
    return session.execute(_ADD, _values(person) | {"now": now}).scalar_one()


def change_person(session: Session, learner_id: int, person: PersonFields) -> None:
    """Write what a person is now.

    Raises:
        IntegrityError: somebody else has the email.
    """
    session.execute(_CHANGE, _values(person) | {"id": learner_id})


def add_account(
    session: Session, learner_id: int, *, name: str, email: str, role: Role, now: int
) -> int:
    """Write an account without a password for a person, and return its id.

    Raises:
        IntegrityError: another account has the email.
    """
    values = {"email": email, "name": name, "role": role.value, "learner": learner_id, "now": now}
    return session.execute(_ADD_ACCOUNT, values | {"sections": _sections(role, 0)}).scalar_one()


def change_account(
    session: Session, before: StoredPerson, *, name: str, email: str, role: Role
) -> bool:
    """Write an account's name, email and role; false where its role was changed meanwhile.

    Raises:
        IntegrityError: another account has the email.
    """
    kept = before.sections or 0 if role.value == before.role else 0
    changed = session.connection().execute(
        _CHANGE_ACCOUNT,
        {
            "id": before.account_id,
            "name": name,
            "email": email,
            "role": role.value,
            "sections": _sections(role, kept),
            "role_before": before.role,
        },
    )
    return changed.rowcount == 1


def _sections(role: Role, kept: int) -> int:
    # A new admin has no section until a Super Admin switches one on.
    if role is Role.SUPER_ADMIN:
        return int(Section.all())
    return kept if role is Role.ADMIN else 0


def set_suspended(session: Session, account_id: int, *, is_suspended: bool) -> bool:
    """Suspend an account, which ends its sessions, or reinstate it; false if it is so already."""
    changed = session.connection().execute(_SUSPEND, {"id": account_id, "on": int(is_suspended)})
    if is_suspended:
        session.execute(_END_SESSIONS, {"id": account_id})
    return changed.rowcount == 1


def other_super_admins(session: Session, account_id: int) -> int:
    """Return how many other Super Admins can come in."""
    return session.execute(_OTHER_SUPER_ADMINS, {"id": account_id}).scalar_one()


def acts_around(
    session: Session, learner_id: int, account_id: int | None, *, limit: int
) -> list[StoredAct]:
    """Return the newest acts that were done to a person, or by them, newest first.

    Each kind is read from its own index (ix_admin_event_subject, ix_admin_event_actor).
    """
    wanted: list[tuple[str, Mapping[str, object]]] = [
        ("subject_kind = 'user' AND subject_id = :subject", {"subject": learner_id})
    ]
    if account_id is not None:
        of_account = "subject_kind = :kind AND subject_id = :subject"
        wanted += [
            (of_account, {"kind": kind, "subject": account_id}) for kind in ("admin", "session")
        ]
        wanted.append(("actor_id = :actor", {"actor": account_id}))
    found: dict[int, StoredAct] = {}
    for condition, values in wanted:
        rows = session.execute(text(_ACTS.format(condition)), {**values, "limit": limit})
        found |= {row[0]: StoredAct(*row) for row in rows}
    newest = sorted(found.values(), key=lambda act: (act.at, act.id), reverse=True)
    return newest[:limit]
