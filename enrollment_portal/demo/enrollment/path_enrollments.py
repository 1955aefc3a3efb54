"""Generate enrollments in learning paths from the enrollments in their courses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from enrollment_portal.demo.catalog.paths import DemoPath
from enrollment_portal.demo.catalog.texts import CANCELLED
from enrollment_portal.demo.enrollment.activity import Draft, DraftChange
from enrollment_portal.demo.people.people import Staff
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.enrollment.tracking import progress_of
from enrollment_portal.domain.paths.learning_paths import path_progress
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

Author = tuple[int | None, str, str]
"""The author of an enrollment: account id, name and source, as in history."""


@dataclass(slots=True)
class PathDraft(Draft):
    """One enrollment in a path; its progress is the mean of its courses'."""

    progress: int = 0


@dataclass(frozen=True, slots=True)
class PathEnrollment:
    """A learner's enrollment in a path: how it was created, and its current state."""

    learner: int
    path: DemoPath
    origin: Origin
    author: Author
    draft: PathDraft


def path_draft(path: DemoPath, drafts: Sequence[Draft], at: int) -> PathDraft:
    """Return an enrollment in a path.

    Args:
        path: the path.
        drafts: the learner's only enrollment in each of its courses, in their order.
        at: when it is created, in ms.
    """
    lessons = [len(course.lessons) for course in path.courses]
    steps = list(zip(drafts, lessons, strict=True))
    taken = PathDraft(
        at,
        lessons_done=sum(draft.lessons_done for draft in drafts),
        last_visit_at=max(at, *(draft.last_visit_at for draft in drafts)),
        progress=path_progress(
            (progress_of(d.lessons_done, n), n, d.status == Status.COMPLETED) for d, n in steps
        ),
    )
    if path.deadline_days is not None:
        taken.deadline_day = at // MS_PER_DAY + path.deadline_days
    ended = {
        number: max(at, draft.ended_at or at)
        for number, draft in enumerate(drafts)
        if draft.status == Status.COMPLETED
    }
    if len(ended) == len(drafts):
        taken.status = taken.tracked_status = Status.COMPLETED.value
        taken.ended_at = max(ended.values())
    taken.changes = _changes(taken, ended, lessons)
    return taken


def _changes(
    taken: PathDraft, ended: Mapping[int, int], lessons: Sequence[int]
) -> list[DraftChange]:
    """Return the changes of a path: each completed course, and the progress of the others."""
    changes: list[DraftChange] = []
    before = 0
    for moment in sorted(set(ended.values())):
        done = {number for number, at in ended.items() if at <= moment}
        after = path_progress((0, n_lessons, n in done) for n, n_lessons in enumerate(lessons))
        if before < after < taken.progress:
            changes.append((moment, None, f'{{"progress":[{before},{after}]}}', ""))
            before = after
    parts: list[str] = []
    if before < taken.progress:
        parts.append(f'"progress":[{before},{taken.progress}]')
    if taken.status:
        parts.append('"status":[0,1]')
    if parts:
        last = changes[-1][0] if changes else taken.enrolled_at
        moment = taken.ended_at if taken.ended_at else max(last, taken.last_visit_at)
        changes.append((moment, None, f"{{{','.join(parts)}}}", ""))
    return changes


def give_up(taken: PathEnrollment, admin: Staff, now: int, random: Random) -> None:
    """Cancel an enrollment in a path by an admin, if it is not completed; its courses stay."""
    draft = taken.draft
    if draft.status == Status.COMPLETED.value:
        return
    draft.status = Status.CANCELLED.value
    last = draft.changes[-1][0] if draft.changes else draft.enrolled_at
    draft.ended_at = last + int(random.random() * (now - last))
    draft.override = len(draft.changes)
    draft.changes.append((draft.ended_at, admin, '{"status":[0,2]}', random.choice(CANCELLED)))
