"""Groups of people: their list, one group with its members, leads and courses, and changing it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, literal
from sqlmodel import Session, col, select

from enrollment_portal.domain.group_edits import GroupFields
from enrollment_portal.domain.ledger_query import PAGE_SIZE
from enrollment_portal.domain.listing import ListQuery
from enrollment_portal.domain.text_search import search_text, sort_text
from enrollment_portal.storage.id_lists import is_among, is_among_texts
from enrollment_portal.storage.listing import Order, Slice, select_slice
from enrollment_portal.storage.records import (
    first_record,
    insert_missing,
    records,
    select_columns,
)
from enrollment_portal.storage.searching import holds_typed
from enrollment_portal.storage.tables import (
    Account,
    Course,
    GroupCourse,
    GroupLead,
    GroupMember,
    Learner,
    PeopleGroup,
)
from enrollment_portal.storage.versions import update_version


def _count_of(table: Any, name: str) -> Any:
    rows = select(func.count()).select_from(table).where(table.group_id == PeopleGroup.id)
    return rows.correlate(PeopleGroup).scalar_subquery().label(name)


_LISTED = (
    col(PeopleGroup.id),
    col(PeopleGroup.name),
    col(PeopleGroup.kind),
    _count_of(GroupMember, "n_members"),
    _count_of(GroupLead, "n_leads"),
    _count_of(GroupCourse, "n_assigned"),
)
_GROUP = select_columns(*_LISTED, col(PeopleGroup.description), col(PeopleGroup.version)).where(
    PeopleGroup.id == bindparam("id")
)
_LOCK = select(PeopleGroup.id).where(PeopleGroup.id == bindparam("id")).with_for_update()
_LEAD = select_columns(
    col(Account.id).label("account_id"),
    col(Account.name),
    col(Account.email),
    col(Account.learner_id),
    col(Account.role),
)
_LEADS = (
    _LEAD.join(GroupLead, col(GroupLead.account_id) == Account.id)
    .where(GroupLead.group_id == bindparam("id"))
    .order_by(Account.name, Account.id)
)
_ACCOUNT = (
    _LEAD.where(Account.learner_id == bindparam("learner"))
    .order_by(Account.id)
    .limit(1)
    .with_for_update(read=True)
)
_ASSIGNED = (
    select_columns(
        col(Course.id),
        col(Course.title),
        col(Course.kind),
        col(Course.state),
        col(GroupCourse.assigned_at),
    )
    .join(GroupCourse, col(GroupCourse.course_id) == Course.id)
    .where(GroupCourse.group_id == bindparam("id"))
    .order_by(Course.sort_title, Course.id)
)
_MEMBERS = (
    select_columns(
        col(Learner.id),
        col(Learner.name),
        col(Learner.email),
        col(Learner.job_title),
        col(Learner.department),
        col(GroupMember.joined_at),
    )
    .select_from(GroupMember)
    .join(Learner, col(Learner.id) == GroupMember.learner_id)
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
    conditions = [holds_typed(PeopleGroup.search, query.search)]
    if kind := query.filters.get("kind"):
        conditions.append(col(PeopleGroup.kind) == kind)
    counted = select(func.count()).select_from(PeopleGroup).where(*conditions)
    page = select_slice(
        session,
        select_columns(*_LISTED).where(*conditions),
        order=Order((col(PeopleGroup.sort_name), col(PeopleGroup.id))),
        total=session.exec(counted).one(),
        place=query.place,
        size=size,
    )
    return page.of(records(GroupRow, page.rows))


def group(session: Session, group_id: int, *, for_update: bool = False) -> StoredGroup | None:
    """Return a group, locked until the transaction ends where something in it is to be changed.

    The lock keeps someone who joins and a course that is assigned at once from missing each other.
    """
    values = {"id": group_id}
    if for_update:
        session.exec(_LOCK, params=values)
    return first_record(StoredGroup, session.exec(_GROUP, params=values))


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
    added = PeopleGroup(**_values(fields), created_at=now)
    session.add(added)
    session.flush()
    return added.id  # type: ignore[return-value]


def change_group(session: Session, group_id: int, fields: GroupFields, *, version: int) -> None:
    """Write what a group is.

    Raises:
        StaleVersion: it is not at that version any more.
    """
    update_version(session, PeopleGroup, group_id, version, **_values(fields))


def list_members(
    session: Session, group_id: int, query: ListQuery, size: int = PAGE_SIZE
) -> Slice[Member]:
    """Return a page of a group's members by name, found by their name or email.

    Read through the key of group_member, then sorted: a group is a part of everybody.
    """
    of_group = col(GroupMember.group_id) == group_id
    counted = select(func.count()).select_from(GroupMember).where(of_group)
    wanted = _MEMBERS.where(of_group)
    if query.search:
        holds = holds_typed(Learner.search, query.search)
        counted = counted.join(Learner, col(Learner.id) == GroupMember.learner_id).where(holds)
        wanted = wanted.where(holds)
    page = select_slice(
        session,
        wanted,
        order=Order((col(Learner.sort_name), col(Learner.id))),
        total=session.exec(counted).one(),
        place=query.place,
        size=size,
    )
    return page.of(records(Member, page.rows))


def member_ids(session: Session, group_id: int) -> list[int]:
    """Return the ids of all members."""
    ids = select(GroupMember.learner_id).where(GroupMember.group_id == group_id)
    return list(session.exec(ids.order_by(col(GroupMember.learner_id))))


def groups_assigned(session: Session, course_id: int) -> list[int]:
    """Return the ids of the groups that are assigned a course or path."""
    ids = select(GroupCourse.group_id).where(GroupCourse.course_id == course_id)
    return list(session.exec(ids.order_by(col(GroupCourse.group_id))))


def groups_of(session: Session, learner_id: int) -> list[int]:
    """Return the ids of the groups that a person belongs to."""
    ids = select(GroupMember.group_id).where(GroupMember.learner_id == learner_id)
    return list(session.exec(ids.order_by(col(GroupMember.group_id))))


def learners_by_email(session: Session, emails: Collection[str]) -> dict[str, int]:
    """Return the ids of the people with these emails (ix_learner_email)."""
    found = select_columns(col(Learner.email), col(Learner.id))
    rows = session.exec(found.where(is_among_texts(Learner.email, emails)))
    return {row.email: row.id for row in rows}


def add_members(
    session: Session, group_id: int, learner_ids: Iterable[int], *, now: int
) -> list[int]:
    """Write those people as members who are none yet, and return their ids."""
    is_member = (
        select(GroupMember.learner_id)
        .where(GroupMember.group_id == group_id, GroupMember.learner_id == Learner.id)
        .exists()
    )
    new = select_columns(literal(group_id), col(Learner.id), literal(now)).where(
        is_among(Learner.id, learner_ids), ~is_member
    )
    statement = insert(GroupMember).from_select(["group_id", "learner_id", "joined_at"], new)
    return sorted(session.exec(statement.returning(col(GroupMember.learner_id))).scalars())


def remove_members(session: Session, group_id: int, learner_ids: Iterable[int]) -> list[int]:
    """Remove members, and return the ids of those who were."""
    statement = (
        delete(GroupMember)
        .where(col(GroupMember.group_id) == group_id, is_among(GroupMember.learner_id, learner_ids))
        .returning(col(GroupMember.learner_id))
    )
    return sorted(session.exec(statement).scalars())


def leads_of(session: Session, group_id: int) -> list[Lead]:
    """Return who leads a group, by name."""
    return records(Lead, session.exec(_LEADS, params={"id": group_id}))


def account_of(session: Session, learner_id: int) -> Lead | None:
    """Return a person's account, whose role stays until the transaction ends; `None` for none."""
    return first_record(Lead, session.exec(_ACCOUNT, params={"learner": learner_id}))


def add_lead(session: Session, group_id: int, account_id: int) -> bool:
    """Let an account lead a group; false where it does already."""
    return insert_missing(session, GroupLead, group_id=group_id, account_id=account_id)


def remove_lead(session: Session, group_id: int, account_id: int) -> bool:
    """Let an account lead a group no more; false where it did not."""
    statement = delete(GroupLead).where(
        col(GroupLead.group_id) == group_id, col(GroupLead.account_id) == account_id
    )
    return session.exec(statement).rowcount == 1


def assigned_to(session: Session, group_id: int) -> list[Assigned]:
    """Return the courses and paths that a group is assigned, by title."""
    return records(Assigned, session.exec(_ASSIGNED, params={"id": group_id}))


def add_assigned(session: Session, group_id: int, course_id: int, *, now: int) -> bool:
    """Assign a course or path to a group; false where it is already."""
    return insert_missing(
        session, GroupCourse, group_id=group_id, course_id=course_id, assigned_at=now
    )


def remove_assigned(session: Session, group_id: int, course_id: int) -> bool:
    """Take an assigned course or path off a group; false where it was not assigned."""
    statement = delete(GroupCourse).where(
        col(GroupCourse.group_id) == group_id, col(GroupCourse.course_id) == course_id
    )
    return session.exec(statement).rowcount == 1
