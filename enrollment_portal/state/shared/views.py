"""Stored facts, ready to show: the small frozen dataclasses that states hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from enrollment_portal.domain.access.links import TextPart, with_links
from enrollment_portal.domain.catalog.courses import measures_progress
from enrollment_portal.domain.catalog.grades import GRADE_LENGTH, GradingScheme
from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.enrollment.fields import Field, Origin, Status
from enrollment_portal.domain.enrollment.runs import run_text
from enrollment_portal.domain.enrollment.undo import who
from enrollment_portal.domain.ledger.shown_rows import LiveRow, live_row
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.messages import OWN_ENROLLMENT
from enrollment_portal.domain.shared.wording import percent, sentences, with_dots
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent
from enrollment_portal.storage.enrollment.runs import Run
from enrollment_portal.storage.ledger import LedgerRow

N_TONES = 6
LEDGER_PATH = "/admin/learning/enrollments"
ENROLL_PATH = f"{LEDGER_PATH}/enroll"
COURSES_PATH = "/admin/learning/courses"
PATHS_PATH = "/admin/learning/paths"
USERS_PATH = "/admin/people/users"
GROUPS_PATH = "/admin/people/groups"
ADMINS_PATH = "/admin/configuration/admins"
ACCESS_PATH = "/admin/configuration/access"
ACTIVITY_PATH = "/admin/learning/activity"
ORGANIZATION_PATH = "/admin/configuration/organization"
BATCHES_PATH = f"{ACTIVITY_PATH}/batches"
PACE_PATH = "/admin/configuration/pace"
ACCOUNT_PATH = "/account"
LEARN_PATH = "/learn"
TEACH_PATH = "/teach"


def tone_of(key: int) -> int:
    """Return the avatar tone, 0 to 5, that belongs to a person."""
    return key % N_TONES


def initials_of(name: str) -> str:
    """Return one or two letters for an avatar: "ŞI", "李", "11"."""
    words = [w for w in name.split() if unicodedata.category(w[0])[0] in "LN"]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][: 1 if ord(words[0][0]) > 0x2E80 else 2].upper()
    return (words[0][0] + words[-1][0]).upper()


def process_of(actor_name: str, source: str = "") -> str:
    """Return which part of the portal made a change, as icons are named; "" for a person."""
    return "" if actor_name else source or "system"


@dataclass(frozen=True)
class RowView(LiveRow):
    """A row of the ledger, ready to show."""

    id: int
    name: str
    email: str
    initials: str
    tone: int
    course: str
    enrolled: str
    enrolled_iso: str
    run: str = ""
    """Which of the learner's enrollments in the course it is: "2nd time"; "" for the first."""


def row_view(row: LedgerRow, tz: ZoneInfo, today: int, run: int = 1) -> RowView:
    """Return a stored row as the viewer reads it.

    Args:
        row: the stored row.
        tz: the viewer's time zone.
        today: the current day in the organization's zone.
        run: which of the learner's enrollments in the course it is.
    """
    return RowView(
        **vars(live_row(row, today)),
        id=row.id,
        name=row.name,
        email=row.email or "",
        initials=initials_of(row.name),
        tone=tone_of(row.learner_id),
        course=row.title,
        enrolled=calendar.show_day(calendar.day_of(row.enrolled_at, tz)),
        enrolled_iso=calendar.iso_moment(row.enrolled_at),
        run=run_text(run),
    )


@dataclass(frozen=True)
class ChangeView:
    """One field of one recorded change."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class EventView:
    """One row of history, ready to show."""

    seq: int
    who: str
    initials: str
    process: str
    """Which part of the portal made it, "" for a person; see `process_of`."""
    what: str
    """A sentence, if no field changed: "Started the course"."""
    changes: list[ChangeView]
    ago: str
    exact: str
    iso: str
    reason: str


@dataclass(frozen=True)
class RunView:
    """One of a learner's enrollments in a course, ready to show."""

    id: int
    label: str
    """Which one, and its result: "1st time: Completed 3 May 2026 · A"."""
    is_current: bool
    """Whether its page is open."""


def run_views(details: EnrollmentDetails, organization: ZoneInfo) -> list[RunView]:
    """Return all of a learner's enrollments in a course; none where there is only one."""
    return [
        RunView(run.id, _run_sentence(number, run, organization), run.id == details.facts.id)
        for number, run in enumerate(details.runs, 1)
    ]


def _run_sentence(number: int, run: Run, organization: ZoneInfo) -> str:
    ended = run.completed_at or run.cancelled_at
    day = calendar.show_day(calendar.day_of(ended or run.enrolled_at, organization))
    sentence = messages.run_ended if ended else messages.run_active
    return with_dots(sentence(number, Status(run.status).label, day), run.grade or "")


@dataclass(frozen=True)
class DetailsView:
    """An enrollment, ready to show."""

    id: int = 0
    learner: str = ""
    email: str = ""
    department: str = ""
    initials: str = ""
    tone: int = 0
    course: str = ""
    run: str = ""
    """Which of the learner's enrollments in the course it is: "2nd time"; "" for the first."""
    runs: list[RunView] = field(default_factory=list)
    """All of the learner's enrollments in the course, if there are several."""
    status: str = "active"
    tracked: str = ""
    """The tracked status, if a person overrode it; otherwise ""."""
    progress: int = 0
    done_label: str = ""
    done: str = ""
    """How many of its lessons are done, or of a path's courses: "2 of 10"; "" where it has none."""
    enrolled: str = ""
    enrolled_iso: str = ""
    deadline: calendar.Deadline = field(default_factory=calendar.Deadline)
    deadline_hint: str = ""
    """When a deadline ends, for the form."""
    last_visit: str = ""
    last_visit_exact: str = ""
    last_visit_iso: str = ""
    ended_label: str = ""
    ended: str = ""
    grade: str = ""
    grade_result: str = ""
    """"Not passed" where the grade fails, and nothing else completed the course."""
    grade_hint: str = ""
    feedback: list[TextPart] = field(default_factory=list)
    note: list[TextPart] = field(default_factory=list)
    instructor: str = ""
    """The assigned instructor, for staff; "" for all instructors of the course."""
    origin: str = ""
    own: str = ""
    """If it is the viewer's own enrollment, who may change it; otherwise ""."""
    tracked_hint: str = ""
    """The tracked values, for the form: "Tracked: Active at 5%"."""


def details_view(
    details: EnrollmentDetails, tz: ZoneInfo, organization: ZoneInfo, today: int, now: int
) -> DetailsView:
    """Return an enrollment as the viewer reads it; see `row_view` for the arguments.

    `organization` is the zone in which deadlines end.
    """
    facts = details.facts
    status = Status(facts.status)
    tracked_status, visited = Status(facts.tracked_status), facts.last_visit_at
    is_measured = measures_progress(facts.kind, facts.n_lessons)
    progress = percent(facts.progress) if is_measured else ""
    n_done, total = details.done
    return DetailsView(
        id=facts.id,
        learner=facts.name,
        email=facts.email or "",
        department=facts.department,
        initials=initials_of(facts.name),
        tone=tone_of(facts.learner_id),
        course=facts.title,
        run=run_text(details.run),
        runs=run_views(details, organization),
        status=status.key,
        tracked=_override_sentence(details.override, progress, status, tz),
        progress=facts.progress,
        done_label="Courses" if details.is_path else "Lessons",
        done=messages.n_of(n_done, total) if total else "",
        enrolled=calendar.show_moment(facts.enrolled_at, tz),
        enrolled_iso=calendar.iso_moment(facts.enrolled_at),
        deadline=calendar.show_deadline(
            facts.deadline_day,
            today,
            is_active=status is Status.ACTIVE,
            organization=organization,
            viewer=tz,
        ),
        deadline_hint=calendar.deadline_hint(today, organization),
        last_visit="Never" if visited is None else calendar.ago(visited, now),
        last_visit_exact="" if visited is None else calendar.show_moment(visited, tz),
        last_visit_iso="" if visited is None else calendar.iso_moment(visited),
        ended_label=_ended_label(status),
        ended=_ended(facts, tz, organization),
        grade=facts.grade or "",
        grade_result=(
            "Not passed"
            if facts.grade and not facts.passes and status is not Status.COMPLETED
            else ""
        ),
        grade_hint=sentences(
            GradingScheme(facts.grading_scheme).hint(facts.grading_points),
            messages.at_most(GRADE_LENGTH),
        ),
        feedback=with_links(facts.feedback),
        note=with_links(facts.internal_note),
        instructor=facts.instructor or "",
        origin=Origin(facts.origin).sentence,
        own=_own_sentence(details),
        tracked_hint=(
            messages.tracked_status_at(tracked_status.label, progress)
            if progress
            else messages.tracked_status(tracked_status.label)
        ),
    )


def _own_sentence(details: EnrollmentDetails) -> str:
    if not details.is_own:
        return ""
    if details.editable:
        return messages.OWN_WITH_REASON
    return OWN_ENROLLMENT


def _ended_label(status: Status) -> str:
    if status is Status.COMPLETED:
        return Field.COMPLETED.label
    return "" if status is Status.ACTIVE else status.label


def _ended(facts: StoredEnrollment, tz: ZoneInfo, organization: ZoneInfo) -> str:
    """Return on which day it was completed or cancelled; "" if it is active."""
    if facts.completed_at is not None:
        return calendar.show_day(calendar.day_of(facts.completed_at, organization))
    return "" if facts.cancelled_at is None else calendar.show_moment(facts.cancelled_at, tz)


def _override_sentence(
    override: StoredEvent | None, progress: str, status: Status, tz: ZoneInfo
) -> str:
    """Return what is tracked and who set the status over it; "" for what is only tracked."""
    if override is None:
        return ""
    name, by = status.label.lower(), override.actor_name
    day = calendar.show_day(calendar.day_of(override.at, tz))
    # Without lessons the progress is not tracked.
    sentence = (
        messages.overridden_at(progress, name, by, day)
        if progress
        else messages.overridden(name, by, day)
    )
    return sentences(sentence, messages.reason_of(override.reason) if override.reason else "")


def who_did(event: StoredEvent) -> str:
    """Return who made a change, as history names them."""
    return who(event.actor_name, event.source)


@dataclass(frozen=True)
class ConflictView:
    """A field in conflict: the value both started from, theirs, and mine."""

    field: str
    label: str
    before: str
    theirs: str
    mine: str
    is_only_theirs: bool
    """Whether only they changed it; mine is then the old value."""
    keeps_mine: bool
    by: str = ""
    """Who changed it, "" if only I did."""
    ago: str = ""


def name_in(shown: Sequence[Any], wanted: object) -> str:
    """Return the name of who or what was chosen from a list; "" if it is not in it."""
    return next((one.name for one in shown if isinstance(wanted, int) and one.id == wanted), "")
