"""Builders of test data: each writes one believable row and returns its id."""

from __future__ import annotations

import hashlib
import itertools
import secrets
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel

from enrollment_portal.domain.people.people import NO_SECTIONS, Role, Section
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.text_search import search_text, sort_text
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    CourseTeacher,
    Enrollment,
    GroupCourse,
    GroupLead,
    GroupMember,
    Learner,
    Lesson,
    Organization,
    PathStep,
    PeopleGroup,
    SignInSession,
)

NOW = 1_790_000_000_000
"""A moment in September 2026, from which built rows count back."""
DAY = 86_400_000
HOUR = 3_600_000

_numbers = itertools.count(1)
_hours = itertools.count(1)


def restart_hours() -> None:
    """Let the next enrollment be the oldest again: after 20,000 they would be of this year."""
    global _hours
    _hours = itertools.count(1)


def _insert(database: Database, *rows: SQLModel) -> list[int]:
    """Write rows in one transaction, and return their ids."""
    ids: list[int] = []
    with database.write() as session:
        connection = session.connection()
        for row in rows:
            table = type(row).__table__  # type: ignore[attr-defined]
            done = connection.execute(table.insert(), row.model_dump(exclude_none=True))
            ids.append(done.inserted_primary_key[0])  # type: ignore[index]
    return ids


def make_organization(database: Database, **values: Any) -> int:
    """Write the organization: "Northwind Academy" in Stockholm's time zone."""
    (row_id,) = _insert(
        database,
        Organization(**{"name": "Northwind Academy", "time_zone": "Europe/Stockholm", **values}),
    )
    return row_id


def make_learner(
    database: Database, name: str = "", email: str | None = None, **values: Any
) -> int:
    """Write a learner; without a name, one that no search of a test looks for."""
    number = next(_numbers)
    name = name or f"Noise {number}"
    email = email if email is not None else f"noise{number}@elsewhere.example"
    (row_id,) = _insert(
        database,
        Learner(
            **{
                "name": name,
                "email": email,
                "sort_name": sort_text(name),
                "search": search_text(name, email),
                **values,
            }
        ),
    )
    return row_id


def make_course(database: Database, title: str = "", **values: Any) -> int:
    """Write a course of ten lessons."""
    title = title or f"Course {next(_numbers)}"
    (row_id,) = _insert(
        database,
        Course(
            **{
                "title": title,
                "sort_title": sort_text(title),
                "search": search_text(title),
                "n_lessons": 10,
                **values,
            }
        ),
    )
    return row_id


def make_enrollment(
    database: Database, learner_id: int | None = None, course_id: int | None = None, **values: Any
) -> int:
    """Write an enrollment, active unless `status` says otherwise, an hour after the one before."""
    enrolled_at = values.get("enrolled_at", NOW - 1000 * DAY + next(_hours) * HOUR)
    status = values.get("status", 0)
    (row_id,) = _insert(
        database,
        Enrollment(
            **{
                "learner_id": learner_id or make_learner(database),
                "course_id": course_id or make_course(database),
                "tracked_status": status,
                "enrolled_at": enrolled_at,
                "last_visit_at": enrolled_at,
                "updated_at": enrolled_at,
                "progress_at": enrolled_at,
                "pace": 0 if status == 0 and values.get("progress", 0) < 100 else None,
                "completed_at": enrolled_at if status == 1 else None,
                "cancelled_at": enrolled_at if status == 2 else None,
                **values,
            }
        ),
    )
    return row_id


def make_account(
    database: Database,
    role: Role = Role.SUPER_ADMIN,
    *,
    sections: Section = NO_SECTIONS,
    teaches: tuple[int, ...] = (),
    leads: tuple[int, ...] = (),
    **values: Any,
) -> int:
    """Write an account, with the courses it teaches and the learners it leads."""
    number = next(_numbers)
    (account_id,) = _insert(
        database,
        Account(
            **{
                "email": f"person{number}@northwind.example",
                "name": f"Person {number}",
                "role": role.value,
                "sections": int(sections),
                "created_at": NOW,
                **values,
            }
        ),
    )
    if teaches:
        taught = [CourseTeacher(account_id=account_id, course_id=course) for course in teaches]
        _insert(database, *taught)
    if leads:
        make_group(database, members=leads, leads=(account_id,))
    return account_id


def make_group(
    database: Database,
    name: str = "",
    *,
    members: tuple[int, ...] = (),
    leads: tuple[int, ...] = (),
    courses: tuple[int, ...] = (),
    **values: Any,
) -> int:
    """Write a group with its members, its leads by account, and what it is assigned."""
    name = name or f"Group {next(_numbers)}"
    (group_id,) = _insert(
        database,
        PeopleGroup(
            **{
                "name": name,
                "sort_name": sort_text(name),
                "search": search_text(name),
                **values,
            }
        ),
    )
    rows: list[SQLModel] = [
        *(GroupMember(group_id=group_id, learner_id=learner, joined_at=NOW) for learner in members),
        *(GroupLead(group_id=group_id, account_id=account) for account in leads),
        *(GroupCourse(group_id=group_id, course_id=course, assigned_at=NOW) for course in courses),
    ]
    if rows:
        _insert(database, *rows)
    return group_id


def make_lessons(database: Database, course_id: int, count: int = 10) -> list[int]:
    """Write a course's lessons in order, and return their ids."""
    positions = range(1, count + 1)
    rows = [Lesson(course_id=course_id, position=n, title=f"Lesson {n}") for n in positions]
    return _insert(database, *rows)


def make_path(
    database: Database, title: str = "", courses: tuple[int, ...] = (), **values: Any
) -> int:
    """Write a learning path of courses in order, none of which waits for the one before it.

    It has held them since long ago, or since `added_at`, which may be `None`: not known.
    """
    needs_previous = values.pop("needs_previous", 0)
    added_at = values.pop("added_at", NOW - 1_000 * DAY)
    path_id = make_course(database, title, kind="path", **values)
    steps = [
        PathStep(
            path_id=path_id,
            course_id=course_id,
            position=position,
            needs_previous=needs_previous if position > 1 else 0,
            added_at=added_at,
        )
        for position, course_id in enumerate(courses, 1)
    ]
    if steps:
        _insert(database, *steps)
    return path_id


def make_session(database: Database, account_id: int) -> str:
    """Sign an account in for a day, as if it had done so before, and return the cookie's value."""
    token, now = secrets.token_urlsafe(32), now_ms()
    _insert(
        database,
        SignInSession(
            id_hash=hashlib.sha256(token.encode()).hexdigest(),
            account_id=account_id,
            created_at=now,
            expires_at=now + DAY,
        ),
    )
    return token


def make_cancelled_by_hand(database: Database, learner: int, course: int) -> None:
    """Write an enrollment that a person cancelled, over what is tracked, with that change."""
    enrollment = make_enrollment(database, learner, course, status=2, tracked_status=0)
    with database.write() as session:
        seq = session.execute(
            text(
                "INSERT INTO enrollment_event (enrollment_id, version, at, actor_name, source,"
                f" kind, changes, reason) VALUES ({enrollment}, 2, {NOW}, 'Dana Ruiz', 'person',"
                " 'changed', '{\"status\":[0,2]}', '') RETURNING seq"
            )
        ).scalar_one()
        session.execute(text(f"UPDATE enrollment SET override_seq = {seq} WHERE id = {enrollment}"))
