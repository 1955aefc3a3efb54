"""A small organization with two sides: a person's own records, and another's.

Every name and text of a side holds the side's mark, so that whatever is told can be searched for
it. A world is put back to its beginning in a millisecond.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import SQLModel

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.selection import select_ids
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.services import runtime
from enrollment_portal.services.bulk.jobs import start
from enrollment_portal.services.bulk.previewing import preview
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.grading.grading import RowEdit, grade_many
from enrollment_portal.services.views.views import delete_view, save_view
from enrollment_portal.settings import settings
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
    make_session,
)
from tests.signing_in import PASSWORD_HASH

OWN, OTHER = "ownmark", "foreignmark"
ROLES = (
    "super admin",
    "learning",
    "people",
    "configuration",
    "support",
    "instructor",
    "lead",
    "learner",
)
ADMINS = ROLES[:5]
_SECTIONS = {
    "learning": Section.LEARNING,
    "people": Section.PEOPLE,
    "configuration": Section.CONFIGURATION,
    "support": Section.SUPPORT | Section.BILLING,
}


@dataclass
class Side:
    """The ids of one side: people, what they learn, and what is asked and recorded about it."""

    mark: str
    learner: int = 0
    learner_account: int = 0
    idle: int = 0
    """Someone of the directory without an account."""
    idle_email: str = ""
    suspended: int = 0
    spare_lead: int = 0
    """Someone of the directory who may lead a group, and leads none."""
    teacher: int = 0
    spare_teacher: int = 0
    lead: int = 0
    admin: int = 0
    """An Admin's account."""
    admin_person: int = 0
    course: int = 0
    lessons: list[int] = field(default_factory=list)
    second: int = 0
    """A course that the path holds after the first, that the group is assigned."""
    spare: int = 0
    """A published course that nobody takes."""
    hidden: int = 0
    """A draft, which only shows to whoever is enrolled in it."""
    path: int = 0
    group: int = 0
    enrollment: int = 0
    """Active in the course, with new feedback and an open request."""
    overridden: int = 0
    unasked: int = 0
    """Active in the draft, without a request."""
    request: int = 0
    answered: int = 0
    message: int = 0
    """To the learner, about the enrollment."""
    change: int = 0
    """The `seq` of the change that overrode a status and set a deadline."""
    batch: str = ""
    """Under which the overridden enrollment was graded."""
    preview: tuple[str, str] = ("", "")
    """A preview of a bulk change of the enrollment, with its fingerprint; the own side's is of the
    Super Admin, the other's of that side's Admin."""
    views: dict[str, str] = field(default_factory=dict)
    """Saved views by audience: the own side's are shared by the Admin with Learning, the other's is
    private, of that side's Admin."""
    deleted_view: str = ""
    """Was shared with admins, or private."""
    job: str = ""
    """A bulk change of the enrollment that was started, by the same people."""


@dataclass
class World:
    """The organization, its accounts by role, and both sides."""

    database: Database
    own: Side
    other: Side
    accounts: dict[str, int]
    sessions: dict[str, str]
    _restore: Callable[[], None] = lambda: None
    _keep: Callable[[], None] = lambda: None
    _version: Callable[[], int | None] = lambda: None
    """Return whether anything was committed to a file; `None` if unknown."""
    _dumped: tuple[int, dict[str, list[tuple[Any, ...]]]] | None = None

    def actor(self, role: str) -> Actor:
        """Return the actor of a role."""
        return _actor_of(self.database, self.accounts[role])

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table; cached while nothing is committed to the file."""
        version = self._version()
        if self._dumped and self._dumped[0] == version:
            return self._dumped[1]
        with self.database.read() as session:
            rows = {
                table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
                for table in SQLModel.metadata.sorted_tables
            }
        self._dumped = None if version is None else (version, rows)
        return rows

    def restore(self) -> None:
        """Restore the initial state."""
        self._restore()

    def keep(self) -> None:
        """Make the current state the initial one."""
        self._keep()


def build_world(database: Database) -> World:
    """Write the organization into an empty database."""
    make_organization(database)
    own, other = _make_side(database, OWN), _make_side(database, OTHER)
    found = {
        "super admin": make_account(database, Role.SUPER_ADMIN),
        **{
            name: make_account(database, Role.ADMIN, sections=sections)
            for name, sections in _SECTIONS.items()
        },
        "instructor": own.teacher,
        "lead": own.lead,
        "learner": own.learner_account,
    }
    sessions = {role: make_session(database, found[role]) for role in ROLES}
    for account in (other.learner_account, own.admin, other.admin):
        make_session(database, account)
    world = World(database, own, other, found, sessions)
    for side in (own, other):
        # As an admin would: with a row in the history, which names who overrode it.
        admin = world.actor("super admin")
        typed = {"status": "completed", "deadline": "2027-02-01"}
        saved = save_enrollment(database, admin, side.overridden, version=1, typed=typed)
        side.change = saved.history[0].seq
        grade = RowEdit(side.overridden, 2, {"grade": f"A {side.mark}"})
        side.batch = grade_many(database, admin, side.second, [grade]).batch
        starter = admin if side is own else _actor_of(database, other.admin)
        side.preview = _preview(database, starter, side)
        side.job = start(database, starter, *_preview(database, starter, side)).id
        owner = world.actor("learning") if side is own else starter
        for audience in ("admins", "instructors", "leads") if side is own else ("",):
            side.views[audience] = _view(database, owner, f"View {audience} {side.mark}", audience)
        audience = "admins" if side is own else ""
        side.deleted_view = _view(database, owner, f"Deleted {side.mark}", audience)
        delete_view(database, owner, side.deleted_view)
    return world


def _view(database: Database, owner: Actor, name: str, audience: str) -> str:
    """Save a view of the enrollments with a note; return its key."""
    query = LedgerQuery(filters=Filters(flags=(Flag.NOTE,)))
    return save_view(database, owner, query, {"name": name, "audience": audience}).key


def _actor_of(database: Database, account: int) -> Actor:
    with database.read() as session:
        found = accounts.find_account(session, account)
    assert found
    return found


def _preview(database: Database, actor: Actor, side: Side) -> tuple[str, str]:
    """Preview a grade for the side's enrollment; return the preview's id and fingerprint."""
    action = read_action("grade", {"text": f"B {side.mark}"})
    selection = select_ids([side.enrollment])
    made = preview(database, actor, selection, action, f"Because of {side.mark}")
    return made.id, made.fingerprint


def _make_side(database: Database, mark: str) -> Side:
    side = Side(mark)

    def person(name: str, role: Role | None = None, **values: Any) -> tuple[int, int]:
        full, email = f"{name} {mark}", f"{name.lower()}@{mark}.example"
        learner = make_learner(database, full, email)
        if role is None:
            return learner, 0
        account = make_account(database, role, name=full, email=email, learner_id=learner, **values)
        return learner, account

    side.learner, side.learner_account = person("Mia", Role.LEARNER, password_hash=PASSWORD_HASH)
    side.idle, _ = person("Ida")
    side.idle_email = f"ida@{mark}.example"
    side.suspended, _ = person("Sus", Role.LEARNER, is_suspended=1)
    side.spare_lead, _ = person("Leo", Role.GROUP_LEAD)
    side.admin_person, side.admin = person("Ada", Role.ADMIN, sections=Section.LEARNING)

    def course(title: str, **values: Any) -> int:
        made = make_course(
            database, f"{title} {mark}", description=f"About {mark}", n_lessons=2, **values
        )
        side.lessons.extend(make_lessons(database, made, 2) if title == "First" else ())
        if title != "First":
            make_lessons(database, made, 2)
        return made

    side.course = course("First")
    side.second = course("Second")
    side.spare = course("Spare")
    side.hidden = course("Hidden", state="draft")
    side.path = make_path(database, f"Path {mark}", (side.course, side.second))
    side.teacher = make_account(
        database,
        Role.INSTRUCTOR,
        name=f"Teacher {mark}",
        teaches=(side.course, side.second),
        password_hash=PASSWORD_HASH,
    )
    side.spare_teacher = make_account(database, Role.INSTRUCTOR, name=f"Substitute {mark}")
    side.lead = make_account(database, Role.GROUP_LEAD, name=f"Lead {mark}")
    side.group = make_group(
        database,
        f"Group {mark}",
        members=(side.learner,),
        leads=(side.lead,),
        courses=(side.second,),
    )
    side.enrollment = make_enrollment(
        database, side.learner, side.course, feedback=f"For {mark}", feedback_is_new=1
    )
    side.overridden = make_enrollment(database, side.learner, side.second)
    side.unasked = make_enrollment(database, side.learner, side.hidden, deadline_day=50_000)
    with database.write() as session:
        session.execute(
            text(
                "UPDATE lesson SET title = title || :mark, content = :mark WHERE course_id IN"
                " (:first, :second, :spare, :hidden)"
            ),
            {
                "mark": f" {mark}",
                "first": side.course,
                "second": side.second,
                "spare": side.spare,
                "hidden": side.hidden,
            },
        )
        for enrollment, state, answer in (
            (side.enrollment, "open", ""),
            (side.overridden, "declined", f"Not for {mark}"),
        ):
            session.execute(
                text(
                    "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state,"
                    " asked_at, decided_by, answer, is_seen)"
                    " VALUES (:enrollment, 60000, :reason, :state, 1, '', :answer, 0)"
                ),
                {
                    "enrollment": enrollment,
                    "reason": f"Because of {mark}",
                    "state": state,
                    "answer": answer,
                },
            )
        asked = session.execute(
            text("SELECT id FROM extension_request ORDER BY id DESC LIMIT 2")
        ).scalars()
        side.answered, side.request = asked.all()
        session.execute(
            text(
                "INSERT INTO learner_message (event_seq, enrollment_id, learner_id, text, sent_at,"
                " sent_by, state, is_withdrawn, mail) VALUES (:seq, :enrollment, :learner, :text,"
                " 1, :by, 'new', 0, 'none')"
            ),
            {
                "seq": 900_000 + side.enrollment,
                "enrollment": side.enrollment,
                "learner": side.learner,
                "text": f"Message for {mark}",
                "by": f"Writer {mark}",
            },
        )
        side.message = session.execute(text("SELECT max(id) FROM learner_message")).scalar_one()
        admin = Actor(side.admin, f"Ada {mark}", f"ada@{mark}.example", Role.ADMIN)
        add_act(session, admin, Action.SIGNED_IN, SubjectKind.SESSION, side.admin, mark, now=NOW)
    return side


@contextmanager
def sqlite_world(migrated: Path, folder: Path) -> Iterator[World]:
    """Build a world in a file, with a copy beside it from which it is put back."""
    path, kept = folder / "world.db", folder / "world-kept.db"
    path.write_bytes(migrated.read_bytes())
    database = Database(f"sqlite:///{path}")
    world = build_world(database)
    _copy(path, kept)
    watching = sqlite3.connect(path, check_same_thread=False)
    world._version = lambda: watching.execute("PRAGMA data_version").fetchone()[0]
    world._restore = lambda: _copy(kept, path)
    world._keep = lambda: _copy(path, kept)
    yield world
    watching.close()
    database.close()


def _copy(source: Path, target: Path) -> None:
    before, after = sqlite3.connect(source), sqlite3.connect(target)
    try:
        before.backup(after)
    finally:
        before.close()
        after.close()


@contextmanager
def running_world(migrated: Path, folder: Path) -> Iterator[World]:
    """Build the organization as the database of the running app."""
    with sqlite_world(migrated, folder) as built, pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", built.database.url)
        settings.cache_clear()
        yield built
        runtime.database().close()
    settings.cache_clear()
