"""The schema: one set of SQLModel tables for SQLite and PostgreSQL.

Moments are whole milliseconds since 1970 UTC and days whole days since 1970-01-01 on both
engines: one representation keeps paging keys exact and costs no conversion. Text columns that
order or search rows compare by code point, so that both engines agree row for row.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlmodel import Field, SQLModel

BIG = BigInteger().with_variant(Integer(), "sqlite")
SMALL = SmallInteger().with_variant(Integer(), "sqlite")
BY_CODE_POINT = Text(collation="C").with_variant(Text(), "sqlite")

_STRICT = {"sqlite_strict": True}


def _key() -> Column:
    return Column(BIG, primary_key=True, autoincrement=True)


def _reference(target: str, *, nullable: bool = False, **options: object) -> Column:
    return Column(BIG, ForeignKey(target), nullable=nullable, **options)  # type: ignore[arg-type]


class Organization(SQLModel, table=True):
    """The one organization of this database."""

    __tablename__ = "organization"  # type: ignore[assignment]
    __table_args__ = (CheckConstraint("id = 1", name="organization_is_one"), _STRICT)

    id: int = Field(default=1, sa_column=Column(SMALL, primary_key=True, autoincrement=False))
    name: str = Field(sa_type=Text)
    time_zone: str = Field(sa_type=Text)
    is_demo: int = Field(default=0, sa_type=SMALL)


class Learner(SQLModel, table=True):
    """A person who takes courses. The counts of their enrollments are kept by triggers."""

    __tablename__ = "learner"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_learner_sort_name", "sort_name", "id"),
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
    search: str = Field(sa_type=BY_CODE_POINT)
    n_active: int = Field(default=0, sa_type=Integer)
    n_completed: int = Field(default=0, sa_type=Integer)
    n_cancelled: int = Field(default=0, sa_type=Integer)


class Course(SQLModel, table=True):
    """Something to learn: lessons in order and a way to grade."""

    __tablename__ = "course"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_course_external_id", "external_id", unique=True),
        CheckConstraint("n_lessons >= 0", name="course_lessons"),
        CheckConstraint(
            "grading_scheme IN ('free', 'pass_fail', 'letters', 'percent', 'points')",
            name="course_scheme",
        ),
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


class SignInSession(SQLModel, table=True):
    """A sign-in that lasts: the cookie's id is stored hashed only."""

    __tablename__ = "sign_in_session"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    id_hash: str = Field(sa_column=Column(Text, primary_key=True))
    account_id: int = Field(sa_column=_reference("account.id", index=True))
    created_at: int = Field(sa_type=BIG)
    expires_at: int = Field(sa_type=BIG)


class SignInFailure(SQLModel, table=True):
    """A sign-in that failed or is under way, for throttling by address and by client."""

    __tablename__ = "sign_in_failure"  # type: ignore[assignment]
    __table_args__ = (Index("ix_sign_in_failure", "subject", "at"), _STRICT)

    id: int | None = Field(default=None, sa_column=_key())
    subject: str = Field(sa_type=Text, description="Hash of an email or a client's address.")
    at: int = Field(sa_type=BIG)


class CourseTeacher(SQLModel, table=True):
    """Which instructors teach a course."""

    __tablename__ = "course_teacher"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    account_id: int = Field(sa_column=Column(BIG, ForeignKey("account.id"), primary_key=True))
    course_id: int = Field(
        sa_column=Column(BIG, ForeignKey("course.id"), primary_key=True, index=True)
    )


class LearnerLead(SQLModel, table=True):
    """Which people someone leads."""

    __tablename__ = "learner_lead"  # type: ignore[assignment]
    __table_args__ = (_STRICT,)

    account_id: int = Field(sa_column=Column(BIG, ForeignKey("account.id"), primary_key=True))
    learner_id: int = Field(
        sa_column=Column(BIG, ForeignKey("learner.id"), primary_key=True, index=True)
    )


class Enrollment(SQLModel, table=True):
    """One learner in one course.

    `status` is what counts; `tracked_status`, `progress` and `lessons_done` are what the
    learner's activity says. Where a person set the status, `override_seq` names the history row.
    """

    __tablename__ = "enrollment"  # type: ignore[assignment]
    __table_args__ = (
        Index("ix_enrollment_enrolled", "enrolled_at", "id"),
        Index("ix_enrollment_status_enrolled", "status", "enrolled_at", "id"),
        Index("ix_enrollment_status_progress", "status", "progress", "id"),
        Index("ix_enrollment_status_deadline", "status", "deadline_day", "id"),
        # Their last columns let a search within someone's courses be counted in the index alone.
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
        # No IN: SQLite prepares its list anew for every statement, which doubles an insert.
        CheckConstraint("status BETWEEN 0 AND 2", name="enrollment_status"),
        CheckConstraint("tracked_status BETWEEN 0 AND 2", name="enrollment_tracked_status"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="enrollment_progress"),
        CheckConstraint("lessons_done >= 0", name="enrollment_lessons_done"),
        CheckConstraint("version >= 1", name="enrollment_version"),
        CheckConstraint("last_visit_at >= enrolled_at", name="enrollment_visited_after"),
        CheckConstraint("completed_at >= enrolled_at", name="enrollment_completed_after"),
        CheckConstraint("cancelled_at >= enrolled_at", name="enrollment_cancelled_after"),
        # A day may begin up to 14 hours before it does in UTC and end up to 12 hours after.
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
    last_visit_at: int = Field(sa_type=BIG)
    completed_at: int | None = Field(default=None, sa_type=BIG)
    cancelled_at: int | None = Field(default=None, sa_type=BIG)
    version: int = Field(default=1, sa_type=Integer)
    updated_at: int = Field(sa_type=BIG)
    origin: str = Field(default="self", sa_type=Text)
    override_seq: int | None = Field(default=None, sa_type=BIG)
    grade: str | None = Field(default=None, sa_type=Text)
    feedback: str = Field(default="", sa_type=Text)
    internal_note: str = Field(default="", sa_type=Text)


class EnrollmentEvent(SQLModel, table=True):
    """One recorded change of an enrollment; only ever added to.

    `changes` is JSON: `{"deadline": [before, after], …}` by `enrollments.Field`, with stored
    values, and `{}` for the beginning.
    """

    __tablename__ = "enrollment_event"  # type: ignore[assignment]
    __table_args__ = (Index("ix_event_enrollment", "enrollment_id", "seq"), _STRICT)

    seq: int | None = Field(default=None, sa_column=_key())
    enrollment_id: int = Field(sa_column=_reference("enrollment.id"))
    version: int = Field(
        sa_type=Integer, description="The enrollment's version after this change; 1 as it begins."
    )
    at: int = Field(sa_type=BIG)
    actor_id: int | None = Field(default=None, sa_type=BIG)
    actor_name: str = Field(default="", sa_type=Text)
    source: str = Field(sa_type=Text, description="person, tracking, import or demo")
    kind: str = Field(sa_type=Text, description="began, changed")
    changes: str = Field(default="{}", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    batch: str | None = Field(default=None, sa_type=Text)


class TallyCourse(SQLModel, table=True):
    """How many enrollments a course has in each status; kept by triggers."""

    __tablename__ = "tally_course"  # type: ignore[assignment]
    __table_args__ = (CheckConstraint("n >= 0", name="tally_course_n"), _STRICT)

    course_id: int = Field(sa_column=Column(BIG, ForeignKey("course.id"), primary_key=True))
    status: int = Field(sa_column=Column(SMALL, primary_key=True, autoincrement=False))
    n: int = Field(default=0, sa_type=Integer)
