"""The schema: one set of SQLModel tables for SQLite and PostgreSQL.

Times are whole milliseconds since 1970 UTC, and days whole days since 1970-01-01, on both
engines: so paging keys are exact and nothing is converted. Text columns that
order or search rows compare by code point, so that both engines agree row for row.
"""

from __future__ import annotations

import itertools
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    literal_column,
    text,
)
from sqlmodel import Field, SQLModel

BIG = BigInteger().with_variant(Integer(), "sqlite")
SMALL = SmallInteger().with_variant(Integer(), "sqlite")
BY_CODE_POINT = Text(collation="C").with_variant(Text(), "sqlite")

_STRICT = {"sqlite_strict": True}
_MARKED = ("status", "enrolled_at", "id", "course_id", "learner_id")
_MARKS = {
    "by_hand": "override_seq IS NOT NULL",
    "retake": "run > 1",
    "feedback": "feedback <> ''",
    "note": "internal_note <> ''",
}
"""What the ledger filters few enrollments by, each with an index of its own."""
_PAIRS = {
    f"{one}_{other}": f"{_MARKS[one]} AND {_MARKS[other]}"
    for one, other in itertools.combinations(_MARKS, 2)
}
"""Both of two marks: much fewer have both than have either."""


def _key() -> Column:
    return Column(BIG, primary_key=True, autoincrement=True)


def _reference(target: str, *, nullable: bool = False, **options: object) -> Column:
    return Column(BIG, ForeignKey(target), nullable=nullable, **options)  # type: ignore[arg-type]


def table_of(kind: type[SQLModel]) -> Table:
    """Return the table of a class, to write statements over its columns.

    A statement over the class itself is run by the object mapper, which takes twice the time.
    """
    return kind.__table__  # type: ignore[attr-defined]


def constant(value: int | str) -> ColumnElement[Any]:
    """Return a constant of this code (never user input) as a literal in the statement.

    The engines use a partial index only if its condition is literally in the statement.
    """
    return literal_column(str(int(value)) if isinstance(value, int) else f"'{value}'")


class Organization(SQLModel, table=True):
    """The one organization of this database."""

    __tablename__ = "organization"  # type: ignore[assignment]
    __table_args__ = (CheckConstraint("id = 1", name="organization_is_one"), _STRICT)

    id: int = Field(default=1, sa_column=Column(SMALL, primary_key=True, autoincrement=False))
    name: str = Field(sa_type=Text)
    time_zone: str = Field(sa_type=Text)
    is_demo: int = Field(default=0, sa_type=SMALL)
    stuck_days: int = Field(default=14, sa_type=SMALL, description="pace.PaceSettings")
    pace_weeks: int = Field(default=4, sa_type=SMALL, description="pace.PaceSettings")
    pace_day: int | None = Field(
        default=None,
        sa_type=Integer,
        description="The day that the paces kept are of; NULL to compute all of them again.",
    )


class Learner(SQLModel, table=True):
    """A person of the organization: their entry in the directory.

    The counts of their course enrollments are kept by triggers; learning paths do not count.
    """

    __tablename__ = "learner"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_learner_sort_name", "sort_name", "id"),
        Index("ix_learner_manager", "manager_id"),
        Index("ix_learner_department", "department", "id"),
        # What the ledger is sorted by; within it by name.
        Index("ix_learner_sort_department", "sort_department", "sort_name", "id"),
        Index("ix_learner_sort_manager", "sort_manager", "sort_name", "id"),
        Index("ix_learner_email", "email", unique=True),
        Index("ix_learner_external_id", "external_id", unique=True),
        CheckConstraint(
            "n_active >= 0 AND n_completed >= 0 AND n_cancelled >= 0", name="learner_counts"
        ),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    name: str = Field(sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    department: str = Field(default="", sa_type=Text)
    external_id: str | None = Field(default=None, sa_type=Text)
    sort_name: str = Field(sa_type=BY_CODE_POINT)
    sort_department: str | None = Field(
        default=None, sa_type=BY_CODE_POINT, description="Of the department; kept by a trigger."
    )
    sort_manager: str | None = Field(
        default=None,
        sa_type=BY_CODE_POINT,
        description="The manager's sort_name; kept by a trigger.",
    )
    search: str = Field(sa_type=BY_CODE_POINT)
    n_active: int = Field(default=0, sa_type=Integer)
    n_completed: int = Field(default=0, sa_type=Integer)
    n_cancelled: int = Field(default=0, sa_type=Integer)
    job_title: str = Field(default="", sa_type=Text)
    manager_id: int | None = Field(default=None, sa_column=_reference("learner.id", nullable=True))
    joined_at: int = Field(default=0, sa_type=BIG)
    version: int = Field(default=1, sa_type=Integer, description="Of what a form edits.")


class Course(SQLModel, table=True):
    """A course of lessons, or a learning path of courses.

    People are enrolled in a path (`kind` is "path") as in a course, with the same ledger, details,
    Manage form and history. Its `n_lessons` is the sum of its courses.
    """

    __tablename__ = "course"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_course_external_id", "external_id", unique=True),
        Index("ix_course_kind", "kind", "sort_title", "id"),
        CheckConstraint("n_lessons >= 0", name="course_lessons"),
        CheckConstraint(
            "grading_scheme IN ('free', 'pass_fail', 'letters', 'percent', 'points')",
            name="course_scheme",
        ),
        CheckConstraint("pass_percent BETWEEN 0 AND 100", name="course_pass_percent"),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    title: str = Field(sa_type=Text)
    sort_title: str = Field(sa_type=BY_CODE_POINT)
    kind: str = Field(default="course", sa_type=Text)
    external_id: str | None = Field(default=None, sa_type=Text)
    n_lessons: int = Field(default=0, sa_type=Integer)
    grading_scheme: str = Field(default="free", sa_type=Text)
    grading_points: int | None = Field(default=None, sa_type=Integer)
    state: str = Field(default="published", sa_type=Text, description="courses.CourseState")
    description: str = Field(default="", sa_type=Text)
    deadline_days: int | None = Field(
        default=None, sa_type=Integer, description="Default deadline: so many days after enrolling."
    )
    requires_grade: int = Field(default=0, sa_type=SMALL)
    version: int = Field(default=1, sa_type=Integer)
    updated_at: int = Field(default=0, sa_type=BIG)
    search: str = Field(sa_type=BY_CODE_POINT)
    pass_percent: int = Field(
        default=50, sa_type=Integer, description="The lowest number that passes, in percent."
    )
    may_be_retaken: int = Field(
        default=0, sa_type=SMALL, description="Who has completed it may be enrolled again."
    )
    admin_completes: int = Field(
        default=0, sa_type=SMALL, description="Without lessons: an admin sets the status."
    )
    list_version: int = Field(
        default=1, sa_type=Integer, description="Of its lessons, or of a path's courses."
    )


class Lesson(SQLModel, table=True):
    """One step of a course."""

    __tablename__ = "lesson"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_lesson_course", "course_id", "position", unique=True),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    course_id: int = Field(sa_column=_reference("course.id"))
    position: int = Field(sa_type=Integer)
    title: str = Field(sa_type=Text)
    content: str = Field(default="", sa_type=Text)
    version: int = Field(default=1, sa_type=Integer, description="Of its title and content.")


class PathStep(SQLModel, table=True):
    """One course of a learning path."""

    __tablename__ = "path_step"  # type: ignore[assignment]
    __table_args__ = (
        CheckConstraint("path_id <> course_id", name="path_step_is_no_path"),
        _STRICT,
    )

    path_id: int = Field(sa_column=Column(BIG, ForeignKey("course.id"), primary_key=True))
    course_id: int = Field(
        sa_column=Column(BIG, ForeignKey("course.id"), primary_key=True, index=True)
    )
    position: int = Field(sa_type=Integer)
    needs_previous: int = Field(
        default=0, sa_type=SMALL, description="Opens when the step before it is completed."
    )
    added_at: int | None = Field(
        default=None, sa_type=BIG, description="When the path got it; NULL where nobody knows."
    )


class Account(SQLModel, table=True):
    """Someone who can sign in."""

    __tablename__ = "account"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_account_email", "email", unique=True),
        CheckConstraint(
            "role IN ('super_admin', 'admin', 'instructor', 'group_lead', 'learner')",
            name="account_role",
        ),
        CheckConstraint("sections BETWEEN 0 AND 31", name="account_sections"),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    email: str = Field(sa_type=Text, description="Lower case, without spaces around.")
    name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    sections: int = Field(default=0, sa_type=SMALL, description="Bits of people.Section.")
    password_hash: str | None = Field(default=None, sa_type=Text)
    learner_id: int | None = Field(
        default=None, sa_column=_reference("learner.id", nullable=True, index=True)
    )
    is_suspended: int = Field(default=0, sa_type=SMALL)
    created_at: int = Field(sa_type=BIG)
    last_sign_in_at: int | None = Field(default=None, sa_type=BIG)
    version: int = Field(
        default=1, sa_type=Integer, description="Of its name, email, role and sections."
    )


class LedgerLayout(SQLModel, table=True):
    """Which columns somebody sees in the ledger, if not the standard ones."""

    __tablename__ = "ledger_layout"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    account_id: int = Field(sa_column=Column(BIG, ForeignKey("account.id"), primary_key=True))
    layout: str = Field(sa_type=Text, description="columns.Layout.text().")


class SignInSession(SQLModel, table=True):
    """An open session; only the hash of the cookie's token is stored."""

    __tablename__ = "sign_in_session"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    id_hash: str = Field(sa_column=Column(Text, primary_key=True))
    account_id: int = Field(sa_column=_reference("account.id", index=True))
    created_at: int = Field(sa_type=BIG)
    expires_at: int = Field(sa_type=BIG)
    client: str = Field(default="", sa_type=Text, description="The address it came from.")
    user_agent: str = Field(default="", sa_type=Text)


class Invitation(SQLModel, table=True):
    """A one-time link for setting a password; only its hash is stored."""

    __tablename__ = "invitation"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    token_hash: str = Field(sa_column=Column(Text, primary_key=True))
    account_id: int = Field(sa_column=_reference("account.id", index=True))
    created_at: int = Field(sa_type=BIG)
    expires_at: int = Field(sa_type=BIG)
    used_at: int | None = Field(default=None, sa_type=BIG)
    kind: str = Field(default="invitation", sa_type=Text, description="sign_in_links.LinkKind")
    made_by: int | None = Field(
        default=None, sa_type=BIG, description="The account of the admin who made it."
    )


class SignInFailure(SQLModel, table=True):
    """A failed sign-in, or a request for a link by mail, for throttling; only hashes."""

    __tablename__ = "sign_in_failure"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_sign_in_failure_account", "account", "at"),
        Index("ix_sign_in_failure_client", "client", "at"),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    account: str = Field(sa_type=Text, description="Hash of the typed email.")
    client: str = Field(sa_type=Text, description="Hash of the client's address.")
    device: str = Field(default="", sa_type=Text, description="Of the known device it came from.")
    at: int = Field(sa_type=BIG)


class KnownDevice(SQLModel, table=True):
    """A browser that has signed in to an account; only the hash of its cookie's token is stored."""

    __tablename__ = "known_device"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    token_hash: str = Field(sa_column=Column(Text, primary_key=True))
    account_id: int = Field(
        sa_column=Column(BIG, ForeignKey("account.id"), primary_key=True, index=True)
    )
    last_at: int = Field(sa_type=BIG)


class CourseTeacher(SQLModel, table=True):
    """An instructor who teaches a course."""

    __tablename__ = "course_teacher"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    account_id: int = Field(sa_column=Column(BIG, ForeignKey("account.id"), primary_key=True))
    course_id: int = Field(
        sa_column=Column(BIG, ForeignKey("course.id"), primary_key=True, index=True)
    )


class PeopleGroup(SQLModel, table=True):
    """A group of people: a department, a cohort, a partner.

    The view `learner_lead` (account_id, learner_id) has whom an account leads: the people who
    report to it and the members of the groups it leads.
    """

    __tablename__ = "people_group"  # type: ignore[assignment]
    __table_args__ = (Index("ix_people_group_sort_name", "sort_name", "id"), _STRICT)

    id: int | None = Field(default=None, sa_column=_key())
    name: str = Field(sa_type=Text)
    sort_name: str = Field(sa_type=BY_CODE_POINT)
    kind: str = Field(default="other", sa_type=Text, description="groups.GroupKind")
    description: str = Field(default="", sa_type=Text)
    version: int = Field(default=1, sa_type=Integer)
    created_at: int = Field(default=0, sa_type=BIG)
    search: str = Field(sa_type=BY_CODE_POINT)


class GroupMember(SQLModel, table=True):
    """A member of a group."""

    __tablename__ = "group_member"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    group_id: int = Field(sa_column=Column(BIG, ForeignKey("people_group.id"), primary_key=True))
    learner_id: int = Field(
        sa_column=Column(BIG, ForeignKey("learner.id"), primary_key=True, index=True)
    )
    joined_at: int = Field(default=0, sa_type=BIG)


class GroupLead(SQLModel, table=True):
    """An account that leads a group."""

    __tablename__ = "group_lead"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    group_id: int = Field(sa_column=Column(BIG, ForeignKey("people_group.id"), primary_key=True))
    account_id: int = Field(
        sa_column=Column(BIG, ForeignKey("account.id"), primary_key=True, index=True)
    )


class GroupCourse(SQLModel, table=True):
    """A course or learning path that is assigned to a group."""

    __tablename__ = "group_course"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    group_id: int = Field(sa_column=Column(BIG, ForeignKey("people_group.id"), primary_key=True))
    course_id: int = Field(
        sa_column=Column(BIG, ForeignKey("course.id"), primary_key=True, index=True)
    )
    assigned_at: int = Field(default=0, sa_type=BIG)


class Enrollment(SQLModel, table=True):
    """One learner in one course.

    `status` is the effective status; `tracked_status`, `progress` and `lessons_done` follow the
    learner's activity. If a person set the status, `override_seq` is that row of history.
    """

    __tablename__ = "enrollment"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_enrollment_enrolled", "enrolled_at", "id"),
        Index("ix_enrollment_status_enrolled", "status", "enrolled_at", "id"),
        Index("ix_enrollment_status_progress", "status", "progress", "id"),
        Index("ix_enrollment_status_deadline", "status", "deadline_day", "id"),
        Index("ix_enrollment_status_pace", "status", "pace", "id"),
        # Who is stuck, longest first; counted for a course or a learner in the index alone.
        Index(
            "ix_enrollment_stuck",
            *("status", "progress_at", "id", "progress", "course_id", "learner_id"),
            sqlite_where=text("status = 0 AND progress < 100"),
            postgresql_where=text("status = 0 AND progress < 100"),
        ),
        # With their last columns, a search within someone's courses is counted in the index alone.
        Index("ix_enrollment_learner", "learner_id", "status", "enrolled_at", "id", "course_id"),
        Index("ix_enrollment_course", "course_id", "status", "enrolled_at", "id", "learner_id"),
        Index(
            "ix_enrollment_one_active",
            "learner_id",
            "course_id",
            unique=True,
            sqlite_where=text("status = 0"),
            postgresql_where=text("status = 0"),
        ),
        # Counts overdue, stuck and finished enrollments of a course without reading rows.
        Index(
            "ix_enrollment_care",
            "course_id",
            "status",
            "progress",
            "progress_at",
            "deadline_day",
            sqlite_where=text("status = 0"),
            postgresql_where=text("status = 0"),
        ),
        # The index ix_enrollment_status_grade, of an expression, is written in migration 0034.
        # What the ledger is filtered by; with course and learner, which it is filtered by too.
        Index(
            "ix_enrollment_run",
            *("status", "run", "enrolled_at", "id", "course_id", "learner_id"),
            sqlite_where=text("run > 1"),
            postgresql_where=text("run > 1"),
        ),
        Index("ix_enrollment_status_visit", "status", "last_visit_at", "id"),
        # Few have an instructor of their own.
        Index(
            "ix_enrollment_instructor",
            *("course_id", "instructor_id", "status", "enrolled_at", "id"),
            sqlite_where=text("instructor_id IS NOT NULL"),
            postgresql_where=text("instructor_id IS NOT NULL"),
        ),
        Index("ix_enrollment_origin", "origin", *_MARKED),
        Index(
            "ix_enrollment_completed",
            "completed_at",
            "id",
            sqlite_where=text("status = 1"),
            postgresql_where=text("status = 1"),
        ),
        *(
            Index(
                f"ix_enrollment_{name}",
                *_MARKED,
                sqlite_where=text(condition),
                postgresql_where=text(condition),
            )
            for name, condition in (_MARKS | _PAIRS).items()
        ),
        # No IN: SQLite rebuilds its list for every statement, which doubles the time of an insert.
        CheckConstraint("status BETWEEN 0 AND 2", name="enrollment_status"),
        CheckConstraint("tracked_status BETWEEN 0 AND 2", name="enrollment_tracked_status"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="enrollment_progress"),
        CheckConstraint("lessons_done >= 0", name="enrollment_lessons_done"),
        CheckConstraint("version >= 1", name="enrollment_version"),
        CheckConstraint("last_visit_at >= enrolled_at", name="enrollment_visited_after"),
        CheckConstraint("completed_at >= enrolled_at", name="enrollment_completed_after"),
        CheckConstraint("cancelled_at >= enrolled_at", name="enrollment_cancelled_after"),
        # A day starts up to 14 hours before, and ends up to 12 hours after, the same day in UTC.
        CheckConstraint(
            "(deadline_day + 1) * CAST(86400000 AS BIGINT) + 43200000 > enrolled_at",
            name="enrollment_deadline_after",
        ),
        CheckConstraint("(status = 1) = (completed_at IS NOT NULL)", name="enrollment_completed"),
        CheckConstraint("(status = 2) = (cancelled_at IS NOT NULL)", name="enrollment_cancelled"),
        CheckConstraint(
            "origin = 'self' OR origin = 'admin' OR origin = 'group' OR origin = 'path' "
            "OR origin = 'import'",
            name="enrollment_origin",
        ),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    learner_id: int = Field(sa_column=_reference("learner.id"))
    course_id: int = Field(sa_column=_reference("course.id"))
    status: int = Field(default=0, sa_type=SMALL)
    tracked_status: int = Field(default=0, sa_type=SMALL)
    progress: int = Field(default=0, sa_type=SMALL)
    lessons_done: int = Field(default=0, sa_type=Integer)
    enrolled_at: int = Field(sa_type=BIG)
    deadline_day: int | None = Field(default=None, sa_type=Integer)
    last_visit_at: int | None = Field(
        default=None, sa_type=BIG, description="When the learner was last there; none was."
    )
    progress_at: int = Field(
        default=0,
        sa_type=BIG,
        description="When the learner last did a lesson, or when it became active.",
    )
    pace: int | None = Field(
        default=None,
        sa_type=SMALL,
        description="The pace kept, see pace.kept_pace; NULL unless active and not at 100 %.",
    )
    completed_at: int | None = Field(default=None, sa_type=BIG)
    cancelled_at: int | None = Field(default=None, sa_type=BIG)
    version: int = Field(default=1, sa_type=Integer)
    updated_at: int = Field(sa_type=BIG)
    origin: str = Field(default="self", sa_type=Text)
    override_seq: int | None = Field(default=None, sa_type=BIG)
    grade: str | None = Field(default=None, sa_type=Text)
    feedback: str = Field(default="", sa_type=Text)
    internal_note: str = Field(default="", sa_type=Text)
    feedback_is_new: int = Field(
        default=0, sa_type=SMALL, description="The learner has not read the feedback yet."
    )
    run: int = Field(
        default=1,
        sa_type=SMALL,
        description="Which of the learner's enrollments in the course it is; kept by a trigger.",
    )
    instructor_id: int | None = Field(
        default=None,
        sa_column=_reference("account.id", nullable=True),
        description="Who of the course's instructors is responsible for it; NULL for all of them.",
    )


class LessonDone(SQLModel, table=True):
    """A lesson that a learner has marked done.

    If an enrollment has no rows here (from an import, or the demo), its `lessons_done` means the
    first ones.
    """

    __tablename__ = "lesson_done"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    enrollment_id: int = Field(sa_column=Column(BIG, ForeignKey("enrollment.id"), primary_key=True))
    lesson_id: int = Field(
        sa_column=Column(BIG, ForeignKey("lesson.id"), primary_key=True, index=True)
    )
    at: int = Field(sa_type=BIG)


class ExtensionRequest(SQLModel, table=True):
    """A learner's request for a later deadline; at most one is open for each enrollment."""

    __tablename__ = "extension_request"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_extension_enrollment", "enrollment_id", "id"),
        Index(
            "ix_extension_one_open",
            "enrollment_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint(
            "state IN ('open', 'granted', 'declined', 'withdrawn', 'closed')",
            name="extension_state",
        ),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    enrollment_id: int = Field(sa_column=_reference("enrollment.id"))
    wanted_day: int = Field(sa_type=Integer)
    reason: str = Field(default="", sa_type=Text)
    state: str = Field(default="open", sa_type=Text)
    asked_at: int = Field(sa_type=BIG)
    decided_at: int | None = Field(default=None, sa_type=BIG)
    decided_by: str = Field(default="", sa_type=Text)
    answer: str = Field(default="", sa_type=Text)
    is_seen: int = Field(default=0, sa_type=SMALL, description="The learner has seen the answer.")
    granted_day: int | None = Field(
        default=None, sa_type=Integer, description="The deadline that was set by granting it."
    )
    event_seq: int | None = Field(
        default=None,
        sa_type=BIG,
        description="The change of the enrollment by which it was last closed or reopened.",
    )


class LearnerMessage(SQLModel, table=True):
    """A message to a learner about an enrollment, shown on their pages, with its mail."""

    __tablename__ = "learner_message"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_learner_message_event", "event_seq", unique=True),
        Index("ix_learner_message_learner", "learner_id", "id"),
        Index("ix_learner_message_batch", "batch", "mail"),
        Index(
            "ix_learner_message_mail",
            "mail",
            "id",
            sqlite_where=text("mail IN ('waiting', 'sending')"),
            postgresql_where=text("mail IN ('waiting', 'sending')"),
        ),
        CheckConstraint(
            "mail IN ('none', 'waiting', 'sending', 'sent', 'failed', 'withdrawn')",
            name="learner_message_mail",
        ),
        CheckConstraint("state IN ('new', 'read', 'dismissed')", name="learner_message_state"),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    event_seq: int = Field(
        sa_type=BIG, description="The change by which it was sent, withdrawn or shown again."
    )
    enrollment_id: int = Field(sa_column=_reference("enrollment.id"))
    learner_id: int = Field(sa_column=_reference("learner.id"))
    batch: str | None = Field(default=None, sa_type=Text, description="In which it was sent.")
    text: str = Field(sa_type=Text)
    sent_at: int = Field(sa_type=BIG)
    sent_by: str = Field(sa_type=Text)
    state: str = Field(default="new", sa_type=Text, description="learner_messages.MessageState")
    is_withdrawn: int = Field(default=0, sa_type=SMALL)
    mail: str = Field(default="none", sa_type=Text, description="learner_messages.Mail")
    mail_at: int | None = Field(
        default=None, sa_type=BIG, description="When a process began to send the mail."
    )


class EnrollmentEvent(SQLModel, table=True):
    """One row of history: a change of an enrollment; rows are only added.

    `changes` is JSON: `{"deadline": [before, after], …}` by `HistoryField` of
    `domain.enrollment.fields`, with stored values, and `{}` for the creation.
    """

    __tablename__ = "enrollment_event"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_event_enrollment", "enrollment_id", "seq"),
        Index(
            "ix_event_batch",
            "batch",
            "seq",
            sqlite_where=text("batch IS NOT NULL"),
            postgresql_where=text("batch IS NOT NULL"),
        ),
        Index(
            "ix_event_save_key",
            "save_key",
            unique=True,
            sqlite_where=text("save_key IS NOT NULL"),
            postgresql_where=text("save_key IS NOT NULL"),
        ),
        _STRICT,
    )

    seq: int | None = Field(default=None, sa_column=_key())
    enrollment_id: int = Field(sa_column=_reference("enrollment.id"))
    version: int = Field(
        sa_type=Integer, description="The enrollment's version after this change; 1 as it begins."
    )
    at: int = Field(sa_type=BIG)
    actor_id: int | None = Field(default=None, sa_type=BIG)
    actor_name: str = Field(default="", sa_type=Text)
    source: str = Field(sa_type=Text, description="person, tracking, group, path or import")
    kind: str = Field(sa_type=Text, description="began, changed")
    changes: str = Field(default="{}", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    batch: str | None = Field(default=None, sa_type=Text)
    hash: bytes = Field(
        default=b"",
        sa_type=LargeBinary,
        description="Over this row and the hash of the one before it of the same enrollment.",
    )
    save_key: str | None = Field(
        default=None, sa_type=Text, description="Named by the browser: one save is done once."
    )
    undoes: int | None = Field(
        default=None, sa_type=BIG, description="The `seq` of the change that this one undoes."
    )


_FEW_FIELDS = {
    "began": 1,
    "status": 2,
    "completed_on": 4,
    "deadline": 8,
    "grade": 16,
    "feedback": 32,
    "note": 64,
    "message": 128,
    "instructor": 1024,
}
"""The bits of `activity_query.What` that few rows of history have, each with an index."""


class ActivityEntry(SQLModel, table=True):
    """What the history of all enrollments is filtered by: one row for each row of history.

    Written by a trigger on `enrollment_event`. Its indexes have all that a page is filtered by, so
    that only the rows of the page are read from the history.
    """

    __tablename__ = "activity"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_activity_learner", "learner_id", "at", "seq"),
        Index("ix_activity_course", *("course_id", "at", "seq", "fields", "source", "actor_id")),
        Index("ix_activity_source", *("source", "at", "seq", "fields")),
        Index(
            "ix_activity_actor",
            *("actor_id", "at", "seq", "fields", "source", "course_id"),
            sqlite_where=text("actor_id IS NOT NULL"),
            postgresql_where=text("actor_id IS NOT NULL"),
        ),
        *(
            Index(
                f"ix_activity_{name}",
                *("at", "seq", "source", "actor_id", "course_id", "learner_id"),
                sqlite_where=text(f"(fields & {bit}) <> 0"),
                postgresql_where=text(f"(fields & {bit}) <> 0"),
            )
            for name, bit in _FEW_FIELDS.items()
        ),
        {**_STRICT, "sqlite_with_rowid": False},
    )

    at: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    seq: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    course_id: int = Field(sa_type=BIG)
    learner_id: int = Field(sa_type=BIG)
    actor_id: int | None = Field(default=None, sa_type=BIG)
    source: int = Field(sa_type=SMALL, description="activity_query.Source")
    fields: int = Field(sa_type=SMALL, description="The bits of activity_query.What.")


class ChangeBatch(SQLModel, table=True):
    """A batch of changes: who made it, when and why; `EnrollmentEvent.batch` names it."""

    __tablename__ = "change_batch"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_change_batch_batch", "batch", unique=True),
        Index("ix_change_batch_at", "at", "id"),
        Index(
            "ix_change_batch_undoes",
            "undoes",
            "id",
            sqlite_where=text("undoes IS NOT NULL"),
            postgresql_where=text("undoes IS NOT NULL"),
        ),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    batch: str = Field(sa_type=Text)
    at: int = Field(sa_type=BIG)
    kind: str = Field(sa_type=Text, description="domain.bulk.jobs.BatchKind")
    actor_id: int | None = Field(default=None, sa_type=BIG)
    actor_name: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    undoes: str | None = Field(default=None, sa_type=Text, description="The batch that it undoes.")
    n: int = Field(default=0, sa_type=Integer, description="How many rows of history it has.")


class BulkJob(SQLModel, table=True):
    """An action on many enrollments: its preview, and once it is accepted, its progress.

    Its id is the name of the batch of its changes. One process at a time carries it out: the one
    that holds the lease.
    """

    __tablename__ = "bulk_job"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_bulk_job_state", "state", "accepted_at"),
        Index("ix_bulk_job_actor", "actor_id", "state"),
        _STRICT,
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    action: str = Field(sa_type=Text, description="domain.bulk.actions.ActionKind")
    typed: str = Field(sa_type=Text, description="The values of the action, in JSON.")
    selection: str = Field(sa_type=Text, description="The query, in JSON.")
    title: str = Field(sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    fingerprint: str = Field(sa_type=Text)
    summary: str = Field(sa_type=Text, description="What the preview counted, in JSON.")
    state: str = Field(sa_type=Text, description="domain.bulk.jobs.JobState")
    actor_id: int = Field(sa_type=BIG)
    actor_name: str = Field(sa_type=Text)
    made_at: int = Field(sa_type=BIG)
    accepted_at: int | None = Field(default=None, sa_type=BIG)
    ended_at: int | None = Field(default=None, sa_type=BIG)
    n_todo: int = Field(sa_type=Integer)
    n_changed: int = Field(default=0, sa_type=Integer)
    n_skipped: int = Field(default=0, sa_type=Integer)
    n_taken_back: int = Field(default=0, sa_type=Integer)
    next_part: int = Field(default=0, sa_type=Integer)
    before_seq: int | None = Field(
        default=None, sa_type=BIG, description="Changes of a batch before this one are undone next."
    )
    why: str = Field(default="", sa_type=Text, description="Why it stopped.")
    cancelled_by: int | None = Field(default=None, sa_type=BIG)
    back_batch: str | None = Field(
        default=None, sa_type=Text, description="The batch that takes back what it did."
    )
    lease_by: str = Field(default="", sa_type=Text)
    lease_until: int = Field(default=0, sa_type=BIG)


class BulkPart(SQLModel, table=True):
    """Some of the rows of a job, as they were previewed; see `storage.bulk.parts`."""

    __tablename__ = "bulk_part"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    job_id: str = Field(sa_column=Column(Text, ForeignKey("bulk_job.id"), primary_key=True))
    n: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    rows: bytes = Field(sa_type=LargeBinary)


class BulkItem(SQLModel, table=True):
    """A row of a job that was not changed, and why; those that were are in the history."""

    __tablename__ = "bulk_item"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    id: int | None = Field(default=None, sa_column=_key())
    job_id: str = Field(
        sa_column=Column(Text, ForeignKey("bulk_job.id"), nullable=False, index=True)
    )
    enrollment_id: int = Field(sa_type=BIG)
    outcome: str = Field(sa_type=Text, description="domain.bulk.jobs.Outcome")
    why: str = Field(sa_type=Text)


class HistoryCheckpoint(SQLModel, table=True):
    """A hash over new rows of history, chained to the one before; see `history.checkpoints`."""

    __tablename__ = "history_seal"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    id: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    at: int = Field(sa_type=BIG)
    first_seq: int = Field(sa_type=BIG)
    until_seq: int = Field(sa_type=BIG)
    n: int = Field(sa_type=BIG, description="How many rows, from `first_seq` to `until_seq`.")
    hash: bytes = Field(sa_type=LargeBinary)


class EnrollmentSpan(SQLModel, table=True):
    """A validity interval: the values of an enrollment between two moments; written by triggers.

    The intervals of an enrollment have no gap from when it was first shown; the current one ends at
    `validity_intervals.FOREVER`. Its learner, course and date of enrollment never change.

    On SQLite the primary key is the table's order, from the oldest enrollment to the newest. Every
    change of an enrollment writes here too, so it has few indexes: look-ups by learner or course
    use the indexes of `enrollment`, which have both parts of the key. For the same reason it has
    no foreign keys.
    """

    __tablename__ = "enrollment_span"  # type: ignore[assignment]
    __table_args__ = (
        # The intervals at a moment, with all columns for filters and sorting, and changes since.
        Index(
            "ix_span_until",
            *("until_at", "from_at", "status", "is_path", "learner_id", "course_id"),
            *("progress", "deadline_day", "enrollment_id"),
        ),
        CheckConstraint("enrolled_at <= from_at", name="span_enrolled"),
        CheckConstraint("from_at < until_at", name="span_lasts"),
        {**_STRICT, "sqlite_with_rowid": False},
    )

    enrolled_at: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    enrollment_id: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    from_at: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    until_at: int = Field(sa_type=BIG, description="Not included.")
    status: int = Field(sa_type=SMALL)
    progress: int = Field(sa_type=SMALL)
    deadline_day: int | None = Field(default=None, sa_type=Integer)
    learner_id: int = Field(sa_type=BIG)
    course_id: int = Field(sa_type=BIG)
    is_path: int = Field(sa_type=SMALL, description="The course is a learning path.")


class TallyCourse(SQLModel, table=True):
    """The number of enrollments of a course in each status; updated by triggers."""

    __tablename__ = "tally_course"  # type: ignore[assignment]
    __table_args__ = (CheckConstraint("n >= 0", name="tally_course_n"), _STRICT)

    course_id: int = Field(sa_column=Column(BIG, ForeignKey("course.id"), primary_key=True))
    status: int = Field(sa_column=Column(SMALL, primary_key=True, autoincrement=False))
    n: int = Field(default=0, sa_type=Integer)


class TallyOf(IntEnum):
    """What `TallyNeed` counts active enrollments by: its measures."""

    DEADLINE = 0
    """The day of the deadline."""
    PROGRESS = 1
    """The day, in UTC, of the last progress, with lessons left."""
    UNGRADED = 2
    """Whether all lessons are done, 1 or 0, without a grade."""


class TallyNeed(SQLModel, table=True):
    """The number of active enrollments of a course in each bucket of a measure; see `TallyOf`.

    Updated by triggers. By deadline and progress there are also sums over all courses that are no
    paths, in several parts: course -1, -2, ….
    """

    __tablename__ = "tally_need"  # type: ignore[assignment]
    __table_args__ = ({**_STRICT, "sqlite_with_rowid": False},)

    measure: int = Field(sa_column=Column(SMALL, primary_key=True, autoincrement=False))
    course_id: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    bucket: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    n: int = Field(sa_type=Integer)


class TallyViewOf(IntEnum):
    """What `TallyView` counts enrollments by: its measures."""

    COMPLETED = 0
    """The day, in UTC, of completion."""
    BY_HAND = 1
    """That a person set the status: the only bucket is 0."""
    ORIGIN = 2
    """Where it comes from: the place in `fields.Origin`."""


class TallyView(SQLModel, table=True):
    """The number of enrollments of a course in each bucket of a measure; see `TallyViewOf`.

    Updated by triggers.
    """

    __tablename__ = "tally_view"  # type: ignore[assignment]
    __table_args__ = ({**_STRICT, "sqlite_with_rowid": False},)

    measure: int = Field(sa_column=Column(SMALL, primary_key=True, autoincrement=False))
    bucket: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    course_id: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    n: int = Field(sa_type=Integer)


class RecordChange(SQLModel, table=True):
    """A change of a person, account, course, group, view or organization; written by triggers."""

    __tablename__ = "record_change"  # type: ignore[assignment]
    __table_args__ = (Index("ix_record_change_seq", "seq", unique=True), _STRICT)

    kind: str = Field(sa_column=Column(Text, primary_key=True))
    record_id: int = Field(sa_column=Column(BIG, primary_key=True, autoincrement=False))
    seq: int = Field(sa_type=BIG, description="Of the last change; the newest has the greatest.")


class SavedView(SQLModel, table=True):
    """A view of the ledger: a name for a query and a layout; see `domain.views.views`."""

    __tablename__ = "saved_view"  # type: ignore[assignment]
    __table_args__ = (
        Index(
            "ix_saved_view_owner",
            *("owner_id", "name_key"),
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_saved_view_audience",
            *("audience", "name_key"),
            unique=True,
            sqlite_where=text("deleted_at IS NULL AND audience <> ''"),
            postgresql_where=text("deleted_at IS NULL AND audience <> ''"),
        ),
        CheckConstraint(
            "audience IN ('', 'admins', 'instructors', 'leads')", name="saved_view_audience"
        ),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    owner_id: int = Field(sa_column=_reference("account.id"))
    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Text, description="What two names must differ in.")
    audience: str = Field(default="", sa_type=Text, description="views.Audience")
    query: str = Field(sa_type=Text, description="The query string of a URL, without a place.")
    layout: str | None = Field(default=None, sa_type=Text)
    version: int = Field(default=1, sa_type=Integer)
    changed_by: int = Field(sa_column=_reference("account.id"))
    changed_at: int = Field(sa_type=BIG)
    deleted_at: int | None = Field(
        default=None, sa_type=BIG, description="It can be restored for a while."
    )


class DefaultView(SQLModel, table=True):
    """The view with which a person's ledger opens."""

    __tablename__ = "default_view"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    account_id: int = Field(
        sa_column=Column(BIG, ForeignKey("account.id"), primary_key=True, autoincrement=False)
    )
    view: str = Field(sa_type=Text, description="Its key: an id, or the name of a product's view.")


class AdminEvent(SQLModel, table=True):
    """One row of the access log; rows are only added."""

    __tablename__ = "admin_event"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_admin_event_at", "at", "id"),
        Index("ix_admin_event_action", "action", "at", "id"),
        Index("ix_admin_event_actor", "actor_id", "at", "id"),
        Index("ix_admin_event_subject", "subject_kind", "subject_id", "at", "id"),
        _STRICT,
    )

    id: int | None = Field(default=None, sa_column=_key())
    at: int = Field(sa_type=BIG)
    actor_id: int | None = Field(default=None, sa_type=BIG)
    actor_name: str = Field(default="", sa_type=Text)
    action: str = Field(sa_type=Text, description="admin_log.Action")
    subject_kind: str = Field(default="", sa_type=Text, description="admin_log.SubjectKind")
    subject_id: int | None = Field(default=None, sa_type=BIG)
    subject: str = Field(default="", sa_type=Text)
    detail: str = Field(default="", sa_type=Text)
    search: str = Field(sa_type=BY_CODE_POINT)
