"""Read and write groups of people: members, leads, assigned courses and paths."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, literal
from sqlmodel import Session, col, select

from enrollment_portal.domain.ledger.ledger_query import PAGE_SIZE
from enrollment_portal.domain.people.group_edits import GroupFields
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.domain.shared.text_search import search_terms, search_text, sort_text
from enrollment_portal.storage.shared.id_lists import is_among, is_among_texts
from enrollment_portal.storage.shared.listing import Order, Slice, select_slice
from enrollment_portal.storage.shared.records import (
    first_record,
    insert_missing,
    records,
    select_columns,
    update_version,
)
from enrollment_portal.storage.shared.searching import matches_terms, term_values
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    GroupCourse,
    GroupLead,
    GroupMember,
    Learner,
    PeopleGroup,
    table_of,
)

_group, _member, _lead, _assigned = map(
    table_of, (PeopleGroup, GroupMember, GroupLead, GroupCourse)
)
_learner, _account, _course = table_of(Learner), table_of(Account), table_of(Course)
_g, _m, _d, _s = _group.c, _member.c, _lead.c, _assigned.c
_l, _a, _c = _learner.c, _account.c, _course.c


def _count_of(table: Any, name: str) -> Any:
    rows = select(func.count()).select_from(table).where(table.c.group_id == _g.id)
    return rows.correlate(_group).scalar_subquery().label(name)


_LISTED = (
    _g.id,
    _g.name,
    _g.kind,
    _count_of(_member, "n_members"),
    _count_of(_lead, "n_leads"),
    _count_of(_assigned, "n_assigned"),
)
_GROUP = select_columns(*_LISTED, _g.description, _g.version).where(_g.id == bindparam("id"))
_LOCK = select(_g.id).where(_g.id == bindparam("id")).with_for_update()
_LEAD = select_columns(
    _a.id.label("account_id"),
    _a.name,
    _a.email,
    _a.learner_id,
    _a.role,
)
_LEADS = (
    _LEAD.join(_lead, _d.account_id == _a.id)
    .where(_d.group_id == bindparam("id"))
    .order_by(_a.name, _a.id)
)
_ACCOUNT = (
    _LEAD.where(_a.learner_id == bindparam("learner"))
    .order_by(_a.id)
    .limit(1)
    .with_for_update(read=True)
)
_ASSIGNED = (
    select_columns(
        _c.id,
        _c.title,
        _c.kind,
        _c.state,
        _c.n_lessons,
        _c.requires_grade,
        _c.admin_completes,
        _s.assigned_at,
    )
    .join(_assigned, _s.course_id == _c.id)
    .where(_s.group_id == bindparam("id"))
    .order_by(_c.sort_title, _c.id)
)
_MEMBERS = (
    select_columns(
        _l.id,
        _l.name,
        _l.email,
        _l.job_title,
        _l.department,
        _m.joined_at,
    )
    .select_from(_member)
    .join(_learner, _l.id == _m.learner_id)
    .where(_m.group_id == bindparam("id"))
)
_MEMBER_IDS = select(_m.learner_id).where(_m.group_id == bindparam("id")).order_by(_m.learner_id)
_JOINED = select_columns(_m.learner_id, _m.joined_at).where(
    _m.group_id == bindparam("id"), is_among(_m.learner_id, "learners")
)
_BY_NAME = Order((_g.sort_name, _g.id))
_MEMBERS_BY_NAME = Order((_l.sort_name, _l.id))


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in the list."""

    id: int
    name: str
    kind: str
    n_members: int
    n_leads: int
    n_assigned: int


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """A group with its numbers of members, leads and courses."""

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
    """A member of a group; `joined_at` in ms."""

    id: int
    name: str
    email: str | None
    job_title: str
    department: str
    joined_at: int


@dataclass(frozen=True, slots=True)
class Lead:
    """An account that leads a group, or could."""

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
    n_lessons: int
    requires_grade: int
    admin_completes: int
    assigned_at: int


def list_groups(session: Session, query: ListQuery, size: int = PAGE_SIZE) -> Slice[GroupRow]:
    """Return a page of the groups by name (ix_people_group_sort_name); the filter is `kind`.

    There are few groups: a search reads all their names.
    """
    terms = search_terms(query.search)
    if terms is None:
        return Slice((), 0, 0, None, None)
    kind = query.filters.get("kind")
    listed, counted = _groups(len(terms), bool(kind))
    values = term_values(terms) | ({"kind": kind} if kind else {})
    page = select_slice(
        session,
        listed,
        order=_BY_NAME,
        total=session.exec(counted, params=values).one(),
        place=query.place,
        params=values,
        size=size,
    )
    return page.records(GroupRow)


@lru_cache(maxsize=64)
def _groups(n_terms: int, is_of_kind: bool) -> tuple[Any, Any]:
    """Return the selects of the groups and of their number."""
    conditions = [matches_terms(_g.search, n_terms)]
    if is_of_kind:
        conditions.append(_g.kind == bindparam("kind"))
    counted = select(func.count()).select_from(_group).where(*conditions)
    return select_columns(*_LISTED).where(*conditions), counted


def group(session: Session, group_id: int, *, for_update: bool = False) -> StoredGroup | None:
    """Return a group, locked until the transaction ends if it is to be changed.

    Without the lock, a new member and a newly assigned course could miss each other.
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
    """Write the settings of a group.

    Raises:
        StaleVersion: it is not at that version any more.
    """
    update_version(session, PeopleGroup, group_id, version, **_values(fields))


def list_members(
    session: Session, group_id: int, query: ListQuery, size: int = PAGE_SIZE
) -> Slice[Member]:
    """Return a page of a group's members by name, found by their name or email.

    Read by the key of group_member, then sorted.
    """
    terms = search_terms(query.search)
    if terms is None:
        return Slice((), 0, 0, None, None)
    listed, counted = _members(len(terms))
    values = {"id": group_id, **term_values(terms)}
    page = select_slice(
        session,
        listed,
        order=_MEMBERS_BY_NAME,
        total=session.exec(counted, params=values).one(),
        place=query.place,
        params=values,
        size=size,
    )
    return page.records(Member)


@lru_cache(maxsize=64)
def _members(n_terms: int) -> tuple[Any, Any]:
    """Return the selects of a group's members and of their number."""
    counted = select(func.count()).select_from(_member).where(_m.group_id == bindparam("id"))
    if not n_terms:
        return _MEMBERS, counted
    matches_search = matches_terms(_l.search, n_terms)
    return _MEMBERS.where(matches_search), counted.join(_learner, _l.id == _m.learner_id).where(
        matches_search
    )


def member_ids(session: Session, group_id: int) -> list[int]:
    """Return the ids of all members."""
    return list(session.exec(_MEMBER_IDS, params={"id": group_id}))


def joined_at(session: Session, group_id: int, learner_ids: Iterable[int]) -> dict[int, int]:
    """Return when those of these people who are members joined, in ms."""
    found = session.exec(_JOINED, params={"id": group_id, "learners": learner_ids})
    return dict(found.all())


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
    """Add people as members, except those who are already; return the ids of new ones."""
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
    """Remove members, and return the ids of those who were members."""
    statement = (
        delete(GroupMember)
        .where(col(GroupMember.group_id) == group_id, is_among(GroupMember.learner_id, learner_ids))
        .returning(col(GroupMember.learner_id))
    )
    return sorted(session.exec(statement).scalars())


def leads_of(session: Session, group_id: int) -> list[Lead]:
    """Return the leads of a group, by name."""
    return records(Lead, session.exec(_LEADS, params={"id": group_id}))


def account_of(session: Session, learner_id: int) -> Lead | None:
    """Return a person's account, locked against a change of its role; `None` for none."""
    return first_record(Lead, session.exec(_ACCOUNT, params={"learner": learner_id}))


def add_lead(session: Session, group_id: int, account_id: int) -> bool:
    """Add a lead to a group; false if they are one already."""
    return insert_missing(session, GroupLead, group_id=group_id, account_id=account_id)


def remove_lead(session: Session, group_id: int, account_id: int) -> bool:
    """Remove a lead from a group; false if they were none."""
    statement = delete(GroupLead).where(
        col(GroupLead.group_id) == group_id, col(GroupLead.account_id) == account_id
    )
    return session.exec(statement).rowcount == 1


def assigned_to(session: Session, group_id: int) -> list[Assigned]:
    """Return the courses and paths that a group is assigned, by title."""
    return records(Assigned, session.exec(_ASSIGNED, params={"id": group_id}))


def add_assigned(session: Session, group_id: int, course_id: int, *, now: int) -> bool:
    """Assign a course or path to a group; false if it is already."""
    return insert_missing(
        session, GroupCourse, group_id=group_id, course_id=course_id, assigned_at=now
    )


def remove_assigned(session: Session, group_id: int, course_id: int) -> bool:
    """Remove an assigned course or path from a group; false if it was not assigned."""
    statement = delete(GroupCourse).where(
        col(GroupCourse.group_id) == group_id, col(GroupCourse.course_id) == course_id
    )
    return session.exec(statement).rowcount == 1
