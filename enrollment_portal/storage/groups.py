"""Groups of people: their list, one group with its members, leads and courses, and changing it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.group_edits import GroupFields
from enrollment_portal.domain.ledger_query import PAGE_SIZE
from enrollment_portal.domain.listing import ListQuery
from enrollment_portal.domain.text_search import search_terms, search_text, sort_text
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.id_lists import id_list, in_list
from enrollment_portal.storage.ledger.engines import engine_of
from enrollment_portal.storage.listing import Order, Slice, read_slice
from enrollment_portal.storage.searching import text_holds

_COUNTS = (
    "(SELECT count(*) FROM group_member m WHERE m.group_id = g.id),"
    " (SELECT count(*) FROM group_lead d WHERE d.group_id = g.id),"
    " (SELECT count(*) FROM group_course c WHERE c.group_id = g.id)"
)
_GROUP = text(
    "SELECT g.id, g.name, g.kind, g.description, g.version,"
    f" {_COUNTS} FROM people_group g WHERE g.id = :id"
)
_LOCK = text("SELECT id FROM people_group WHERE id = :id FOR UPDATE")
_ADD = text(
    "INSERT INTO people_group (name, sort_name, search, kind, description, version, created_at)"
    " VALUES (:name, :sort_name, :search, :kind, :description, 1, :now) RETURNING id"
)
_CHANGE = text(
    "UPDATE people_group SET name = :name, sort_name = :sort_name, search = :search,"
    " kind = :kind, description = :description, version = version + 1"
    " WHERE id = :id AND version = :version"
)
_LEADS = text(
    "SELECT a.id, a.name, a.email, a.learner_id, a.role FROM group_lead d"
    " JOIN account a ON a.id = d.account_id WHERE d.group_id = :id ORDER BY a.name, a.id"
)
_ASSIGNED = text(
    "SELECT c.id, c.title, c.kind, c.state, d.assigned_at FROM group_course d"
    " JOIN course c ON c.id = d.course_id WHERE d.group_id = :id ORDER BY c.sort_title, c.id"
)
_ACCOUNT = text(
    "SELECT a.id, a.name, a.email, a.learner_id, a.role FROM account a"
    " WHERE a.learner_id = :learner ORDER BY a.id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as the list shows it."""

    id: int
    name: str
    kind: str
    n_members: int
    n_leads: int
    n_assigned: int


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """A group and how much is in it."""

    id: int
    name: str
    kind: str
    description: str
    version: int
    n_members: int
    n_leads: int
    n_assigned: int


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who belongs to a group; `joined_at` in ms."""

    id: int
    name: str
    email: str | None
    job_title: str
    department: str
    joined_at: int


@dataclass(frozen=True, slots=True)
class Lead:
    """An account that leads, or could."""

    account_id: int
    name: str
    email: str
    learner_id: int | None
    role: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """A course or path that the members are enrolled in; `assigned_at` in ms."""

    id: int
    title: str
    kind: str
    state: str
    assigned_at: int


def list_groups(session: Session, query: ListQuery, size: int = PAGE_SIZE) -> Slice[GroupRow]:
    """Return a page of the groups by name (ix_people_group_sort_name); the filter is `kind`.

    There are few groups next to people: a search reads all their names.
    """
    condition, parameters = text_holds(session, "g.search", query.search)
    source = f"people_group g WHERE true{condition}"
    if kind := query.filters.get("kind"):
        source += " AND g.kind = :kind"
        parameters["kind"] = kind
    total = session.execute(text(f"SELECT count(*) FROM {source}"), parameters).scalar_one()
    page = read_slice(
        session,
        f"g.id, g.name, g.kind, {_COUNTS}",
        source,
        order=Order(("g.sort_name", "g.id")),
        parameters=parameters,
        total=total,
        place=query.place,
        size=size,
    )
    return page.of([GroupRow(*tuple(row)[:6]) for row in page.rows])


def group(session: Session, group_id: int, *, for_update: bool = False) -> StoredGroup | None:
    """Return a group, locked until the transaction ends where something in it is to be changed.

    The lock keeps someone who joins and a course that is assigned at once from missing each other.
    """
    if for_update and not is_sqlite(session):
        session.execute(_LOCK, {"id": group_id})
    row = session.execute(_GROUP, {"id": group_id}).first()
    return StoredGroup(*row) if row else None


def _values(fields: GroupFields) -> dict[str, Any]:
    return {
        "name": fields.name,
        "sort_name": sort_text(fields.name),
        "search": search_text(fields.name),
        "kind": fields.kind.value,
        "description": fields.description,
    }


def add_group(session: Session, fields: GroupFields, *, now: int) -> int:
    """Write a group and return its id."""
    return session.execute(_ADD, _values(fields) | {"now": now}).scalar_one()


def change_group(session: Session, group_id: int, fields: GroupFields, *, version: int) -> bool:
    """Write what a group is; false where it is not at that version any more."""
    values = _values(fields) | {"id": group_id, "version": version}
    return session.connection().execute(_CHANGE, values).rowcount == 1


def list_members(
    session: Session, group_id: int, query: ListQuery, size: int = PAGE_SIZE
) -> Slice[Member]:
    """Return a page of a group's members by name, found by their name or email.

    Read through the key of group_member, then sorted: a group is a part of everybody.
    """
    terms = search_terms(query.search)
    if terms is None:
        return Slice((), 0, 0, None, None)
    engine = engine_of(session)
    source = "group_member m JOIN learner l ON l.id = m.learner_id WHERE m.group_id = :group"
    parameters: dict[str, Any] = {"group": group_id}
    for i, term in enumerate(terms):
        source += " AND " + engine.contains("l.search", f":term{i}")
        parameters[f"term{i}"] = term
    counted = source if terms else "group_member m WHERE m.group_id = :group"
    total = session.execute(text(f"SELECT count(*) FROM {counted}"), parameters).scalar_one()
    page = read_slice(
        session,
        "l.id, l.name, l.email, l.job_title, l.department, m.joined_at",
        source,
        order=Order(("l.sort_name", "l.id")),
        parameters=parameters,
        total=total,
        place=query.place,
        size=size,
    )
    return page.of([Member(*tuple(row)[:6]) for row in page.rows])


def member_ids(session: Session, group_id: int) -> list[int]:
    """Return the ids of all members."""
    sql = text("SELECT learner_id FROM group_member WHERE group_id = :id ORDER BY learner_id")
    return list(session.execute(sql, {"id": group_id}).scalars())


def groups_assigned(session: Session, course_id: int) -> list[int]:
    """Return the ids of the groups that are assigned a course or path."""
    sql = text("SELECT group_id FROM group_course WHERE course_id = :id ORDER BY group_id")
    return list(session.execute(sql, {"id": course_id}).scalars())


def groups_of(session: Session, learner_id: int) -> list[int]:
    """Return the ids of the groups that a person belongs to."""
    sql = text("SELECT group_id FROM group_member WHERE learner_id = :id ORDER BY group_id")
    return list(session.execute(sql, {"id": learner_id}).scalars())


def learners_by_email(session: Session, emails: Collection[str]) -> dict[str, int]:
    """Return the ids of the people with these emails (ix_learner_email)."""
    found: dict[str, int] = {}
    listed = list(emails)
    for start in range(0, len(listed), 500):
        part = {f"e{i}": email for i, email in enumerate(listed[start : start + 500])}
        names = ", ".join(f":{name}" for name in part)
        sql = text(f"SELECT email, id FROM learner WHERE email IN ({names})")
        found |= {row[0]: row[1] for row in session.execute(sql, part)}
    return found


def add_members(
    session: Session, group_id: int, learner_ids: Iterable[int], *, now: int
) -> list[int]:
    """Write those people as members who are none yet, and return their ids."""
    sql = text(
        "INSERT INTO group_member (group_id, learner_id, joined_at)"
        f" SELECT :group, l.id, :now FROM learner l WHERE l.id IN {in_list(session, 'ids')}"
        " AND NOT EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = :group"
        " AND m.learner_id = l.id) RETURNING learner_id"
    )
    values = {"group": group_id, "now": now, "ids": id_list(session, learner_ids)}
    return sorted(session.execute(sql, values).scalars())


def remove_members(session: Session, group_id: int, learner_ids: Iterable[int]) -> list[int]:
    """Remove members, and return the ids of those who were."""
    sql = text(
        "DELETE FROM group_member WHERE group_id = :group"
        f" AND learner_id IN {in_list(session, 'ids')} RETURNING learner_id"
    )
    values = {"group": group_id, "ids": id_list(session, learner_ids)}
    return sorted(session.execute(sql, values).scalars())


def leads_of(session: Session, group_id: int) -> list[Lead]:
    """Return who leads a group, by name."""
    return [Lead(*row) for row in session.execute(_LEADS, {"id": group_id})]


def account_of(session: Session, learner_id: int) -> Lead | None:
    """Return a person's account; `None` where they have none."""
    row = session.execute(_ACCOUNT, {"learner": learner_id}).first()
    return Lead(*row) if row else None


def add_lead(session: Session, group_id: int, account_id: int) -> bool:
    """Let an account lead a group; false where it does already."""
    sql = text(
        "INSERT INTO group_lead (group_id, account_id) VALUES (:group, :account)"
        " ON CONFLICT DO NOTHING"
    )
    return (
        session.connection().execute(sql, {"group": group_id, "account": account_id}).rowcount == 1
    )


def remove_lead(session: Session, group_id: int, account_id: int) -> bool:
    """Let an account lead a group no more; false where it did not."""
    sql = text("DELETE FROM group_lead WHERE group_id = :group AND account_id = :account")
    return (
        session.connection().execute(sql, {"group": group_id, "account": account_id}).rowcount == 1
    )


def assigned_to(session: Session, group_id: int) -> list[Assigned]:
    """Return the courses and paths that a group is assigned, by title."""
    return [Assigned(*row) for row in session.execute(_ASSIGNED, {"id": group_id})]


def add_assigned(session: Session, group_id: int, course_id: int, *, now: int) -> bool:
    """Assign a course or path to a group; false where it is already."""
    sql = text(
        "INSERT INTO group_course (group_id, course_id, assigned_at)"
        " VALUES (:group, :course, :now) ON CONFLICT DO NOTHING"
    )
    values = {"group": group_id, "course": course_id, "now": now}
    return session.connection().execute(sql, values).rowcount == 1


def remove_assigned(session: Session, group_id: int, course_id: int) -> bool:
    """Take an assigned course or path off a group; false where it was not assigned."""
    sql = text("DELETE FROM group_course WHERE group_id = :group AND course_id = :course")
    return session.connection().execute(sql, {"group": group_id, "course": course_id}).rowcount == 1
