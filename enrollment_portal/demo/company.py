"""Build Northwind Academy, the demo company, which has used the portal for two years."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sqlalchemy import bindparam, func, or_, update
from sqlmodel import Session

from enrollment_portal.demo.admin_events import ADMIN_EVENT_COLUMNS, Seen, admin_events
from enrollment_portal.demo.ahead import ahead
from enrollment_portal.demo.catalog.courses import (
    DemoCourse,
    demo_courses,
    lesson_rows,
    number_of_courses,
)
from enrollment_portal.demo.catalog.paths import DemoPath, demo_paths, number_of_paths
from enrollment_portal.demo.enrollment.enrollments import (
    ENROLLMENT_COLUMNS,
    EVENT_COLUMNS,
    TIME_ZONE,
    Chronicle,
    Row,
    enrollment_day,
)
from enrollment_portal.demo.enrollment.requests import REQUEST_COLUMNS
from enrollment_portal.demo.people.directory import Directory
from enrollment_portal.demo.people.groups import GROUP_COLUMNS, MEMBER_COLUMNS, Groups
from enrollment_portal.demo.people.people import (
    ACCOUNT_COLUMNS,
    COMPANY_DAYS,
    LEARNER_COLUMNS,
    Addresses,
    Staff,
    Team,
    learners,
    team,
)
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.catalog.grades import GradingScheme
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.text_search import search_text, sort_text
from enrollment_portal.storage.ledger.past.backfill import INTERVAL_COLUMNS
from enrollment_portal.storage.shared.advisory_locks import take_advisory_lock
from enrollment_portal.storage.shared.bulk import (
    LOAD_LOCK,
    bulk_load,
    has_any_learner,
    insert_rows,
    settle,
)
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import (
    Account,
    Enrollment,
    EnrollmentEvent,
    ExtensionRequest,
    Learner,
    table_of,
)

_account, _enrollment = table_of(Account), table_of(Enrollment)
_a, _e, _l = _account.c, _enrollment.c, table_of(Learner).c
_v, _q = table_of(EnrollmentEvent).c, table_of(ExtensionRequest).c
_REPORTS_TO = (
    update(table_of(Learner))
    .where(_l.id == bindparam("person"))
    .values(manager_id=bindparam("manager"))
)
_SIGNED_IN = (
    update(_account).where(_a.id == bindparam("account")).values(last_sign_in_at=bindparam("at"))
)
_visits = (
    select_columns(_e.learner_id, func.max(_e.last_visit_at).label("at"))
    .where(or_(_e.origin == "self", _e.last_visit_at > _e.enrolled_at))
    .group_by(_e.learner_id)
    .subquery()
)
_changes = (
    select_columns(_v.actor_id, func.max(_v.at).label("at"))
    .where(_v.actor_id.is_not(None))
    .group_by(_v.actor_id)
    .subquery()
)
_requests = (
    select_columns(_e.learner_id, func.max(_q.asked_at).label("at"))
    .where(_q.enrollment_id == _e.id)
    .group_by(_e.learner_id)
    .subquery()
)
# The last sign-in of each account, and the last action of its person.
_SEEN = (
    select_columns(
        *(_a.id, _a.name, _a.created_at, _a.last_sign_in_at),
        _visits.c.at.label("visited_at"),
        _changes.c.at.label("changed_at"),
        _requests.c.at.label("asked_at"),
    )
    .outerjoin_from(_account, _visits, _visits.c.learner_id == _a.learner_id)
    .outerjoin(_changes, _changes.c.actor_id == _a.id)
    .outerjoin(_requests, _requests.c.learner_id == _a.learner_id)
    .order_by(_a.id)
)
_BEFORE_MS = 10 * 60_000
"""How long before an action people have signed in, in ms."""
_FEWEST_LEARNERS = 40
_AHEAD_FROM = 100_000
"""From this many enrollments on, a second process generates the rows."""


def build_company(
    database: Database, *, enrollments: int, seed: int = 1, now: int | None = None
) -> None:
    """Fill an empty, migrated database with the demo company, in one transaction.

    The same arguments write the same rows, on either engine.

    Args:
        database: migrated, and without people, courses or an organization.
        enrollments: how many enrollments in courses to write, at least 1; a tenth as many
            learners take them. Enrollments in learning paths come in addition.
        seed: for the random values.
        now: the current time of the company, in ms; the real time by default.

    Raises:
        PortalError: the database has an organization, people or courses already.
    """
    now = now_ms() if now is None else now
    random = Random(seed)  # noqa: S311 - a made-up company, nothing secret
    courses = demo_courses(number_of_courses(enrollments), random)
    paths = demo_paths(number_of_paths(enrollments), courses)
    addresses = Addresses()
    n_learners = max(_FEWEST_LEARNERS, enrollments // 10)
    staff = team(courses, n_learners, now, addresses)
    with database.write() as session:
        take_advisory_lock(session, LOAD_LOCK)
        if has_any_learner(session):
            raise PortalError(
                "This database already holds people or courses, and a demo company would mix with"
                " them. Name an empty database in DATABASE_URL."
            )
        with bulk_load(session):
            insert_rows(
                session,
                "organization",
                "id name time_zone is_demo pace_day",
                [(1, "Northwind Academy", TIME_ZONE, 1, enrollment_day(now))],
            )
            _write_courses(session, courses, paths, now)
            directory = Directory(staff, n_learners, now, _random(seed, "directory"))
            _write_people(session, directory, staff, learners(n_learners, addresses, random))
            groups = Groups(directory, staff, courses, paths, now, _random(seed, "groups"))
            _write_groups(session, groups)
            by_rule = groups.enrolled_by_rule()
            chronicle = Chronicle(directory, courses, paths, staff, now, random, by_rule)
            chunks = chronicle.chunks(enrollments)
            is_large = enrollments >= _AHEAD_FROM
            for rows, events, intervals, requests in ahead(chunks) if is_large else chunks:
                insert_rows(session, "enrollment", ENROLLMENT_COLUMNS, rows)
                insert_rows(session, "enrollment_event", EVENT_COLUMNS, events)
                insert_rows(session, "enrollment_span", INTERVAL_COLUMNS, intervals)
                insert_rows(session, "extension_request", REQUEST_COLUMNS, requests)
        seen = _last_seen(session)
        log = admin_events(directory, staff, groups, seen, now, _random(seed, "log"))
        insert_rows(session, "admin_event", ADMIN_EVENT_COLUMNS, log)
        signed_in = [{"account": id_, "at": one.at} for id_, one in seen.items()]
        session.exec(_SIGNED_IN, params=signed_in)
    settle(database)


def _last_seen(session: Session) -> dict[int, Seen]:
    """Return the last sign-in of each used account: before its last action."""
    seen: dict[int, Seen] = {}
    for row in session.exec(_SEEN):
        at, acts = row.last_sign_in_at, (row.visited_at, row.changed_at, row.asked_at)
        did = max((act for act in acts if act is not None), default=None)
        if did is not None and (at is None or at < did):
            at = max(row.created_at, did - _BEFORE_MS)
        if at is not None:
            seen[row.id] = Seen(Staff(row.id, row.name), at)
    return seen


def _random(seed: int, part: str) -> Random:
    """Return a random generator for one part of the company, independent of the other parts."""
    return Random(f"{seed} {part}")  # noqa: S311 - a made-up company, nothing secret


def _write_people(
    session: Session, directory: Directory, staff: Team, people: Iterator[Row]
) -> None:
    insert_rows(session, "learner", LEARNER_COLUMNS, directory.complete(people))
    for id_, manager in directory.late_managers():
        session.exec(_REPORTS_TO, params={"person": id_, "manager": manager})
    insert_rows(session, "account", ACCOUNT_COLUMNS, [*staff.accounts, *directory.accounts])
    insert_rows(session, "course_teacher", "account_id course_id", staff.teaches)


def _write_groups(session: Session, groups: Groups) -> None:
    insert_rows(session, "people_group", GROUP_COLUMNS, groups.rows())
    insert_rows(session, "group_member", MEMBER_COLUMNS, groups.members())
    insert_rows(session, "group_lead", "group_id account_id", groups.leads())
    insert_rows(session, "group_course", "group_id course_id assigned_at", groups.courses())


def _write_courses(
    session: Session, courses: list[DemoCourse], paths: list[DemoPath], now: int
) -> None:
    made_at = now - COMPANY_DAYS * MS_PER_DAY
    insert_rows(
        session,
        "course",
        "id title sort_title search kind n_lessons grading_scheme grading_points state description"
        " deadline_days requires_grade updated_at",
        [
            (
                c.id,
                c.title,
                sort_text(c.title),
                search_text(c.title),
                CourseKind.COURSE.value,
                len(c.lessons),
                c.scheme.value,
                c.points,
                c.state.value,
                c.description,
                c.deadline_days,
                int(c.requires_grade),
                made_at,
            )
            for c in courses
        ]
        + [
            (
                p.id,
                p.title,
                sort_text(p.title),
                search_text(p.title),
                CourseKind.PATH.value,
                p.n_lessons,
                GradingScheme.FREE.value,
                None,
                p.state.value,
                p.description,
                p.deadline_days,
                0,
                made_at,
            )
            for p in paths
        ],
    )
    insert_rows(session, "lesson", "id course_id position title content", lesson_rows(courses))
    insert_rows(
        session,
        "path_step",
        "path_id course_id position needs_previous added_at",
        [
            (path.id, course.id, place + 1, int(path.waits[place]), made_at)
            for path in paths
            for place, course in enumerate(path.courses)
        ],
    )
