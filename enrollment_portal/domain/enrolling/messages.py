"""What people read of enrolling: why somebody cannot be enrolled, and what it did."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.shared.wording import counted

# The form.

CHOOSE_PEOPLE = "Choose at least one person."
CHOOSE_COURSES = "Choose at least one course or learning path."
COMPLETED_WITHOUT_DEADLINE = (
    "Completed enrollments have no deadline. Clear it, or the day of completion."
)
DAY_NEEDED = "Enter the day as well: only completed enrollments get a grade here."
PREVIEW_CHANGED = "Something has changed since this preview. Check it again, then enroll."
PREVIEW = "Preview"
NOT_PREVIEWED = "Nobody is enrolled before you have seen the preview."


MAKE_ONE = "Create 1 enrollment"


def make_several(n: int) -> str:
    """Ask to confirm an enrolling; `n` may be a variable of the page."""
    return f"Create {n} enrollments"


def too_many_people(n: int, *, limit: int) -> str:
    """Refuse a choice of people by its size."""
    return f"At most {limit:,} people at once; these are {n:,}."


def too_many_courses(n: int, *, limit: int) -> str:
    """Refuse a choice of courses by its size."""
    return f"At most {limit:,} courses and learning paths at once; these are {n:,}."


def too_many_enrollments(n: int, *, limit: int) -> str:
    """Refuse people and courses that make too many enrollments."""
    return f"That makes {n:,} enrollments; at most {limit:,} at once."


def of_course(course: str, refusal: str) -> str:
    """Name the course in which a grade is refused."""
    return f"{course}: {refusal}"


def does_not_pass(course: str, grade: str) -> str:
    """Refuse a grade with which nobody has completed the course."""
    return f"{course}: {grade} does not pass, so the enrollment would not be completed."


def unknown_emails(emails: Sequence[str], n_shown: int) -> str:
    """Refuse pasted emails of nobody in the directory."""
    shown = ", ".join(emails[:n_shown])
    if len(emails) > n_shown:
        return f"Nobody here has these emails: {shown} and {len(emails) - n_shown:,} more."
    return f"Nobody here has these emails: {shown}."


# What becomes of one person in one course.

COMPLETES_OWN = "This would complete your own enrollment. Somebody else has to do it."
SETS_OWN_DEADLINE = "This would set your own deadline. Clear it, or let somebody else enroll you."
OWN_AGAIN = "You have already completed it. Somebody else has to enroll you again."
PATH_COMPLETED = "A learning path is completed by its courses. Choose those instead."
IS_DRAFT = "This is a draft. Publish it first."
IS_ARCHIVED = "This is archived."
SUSPENDED = "Their access is suspended."
CANCELLED_BY_LEARNER = "They cancelled it themselves. A group does not enroll them again."
NOT_COMPLETED = "Only a completed enrollment can be followed by a new one."
_TIMES = (
    *("a second time", "a third time", "a fourth time", "a fifth time", "a sixth time"),
    *("a seventh time", "an eighth time", "a ninth time", "a tenth time"),
)


def already_active(progress: str) -> str:
    """Refuse whoever is active in it."""
    return f"Already active, at {progress}."


def already_completed(day: str) -> str:
    """Refuse whoever has completed it."""
    return f"Already completed on {day}."


def enrolled_again(day: str, n: int) -> str:
    """Announce that somebody takes it for the nth time."""
    if n - 2 < len(_TIMES):
        return f"Already completed on {day}. They start it {_TIMES[n - 2]}."
    return f"Already completed on {day}. They start it once more."


def as_completed(day: str, grade: str | None) -> str:
    """Announce an enrollment that is completed from the start."""
    return f"As completed on {day}, grade {grade}." if grade else f"As completed on {day}."


def as_completed_again(as_completed: str, day: str) -> str:
    """Announce it for whoever has completed it before."""
    return f"{as_completed} Already completed on {day}; both are kept."


def removed_by(by: str, day: str) -> str:
    """Refuse a group's rule for whom somebody removed."""
    return f"Removed by {by} on {day}. A group does not enroll them again."


# Confirmations.


def people_added(n: int) -> str:
    """Confirm how many people a pasted list added to the choice."""
    return f"{counted(n, 'person', 'people')} added."


def enrolled_in(n: int, course: str) -> str:
    """Confirm an enrolling in one course or path."""
    return f"{counted(n, 'person', 'people')} enrolled in {course}."


def enrolled_in_several(n: int, n_courses: int) -> str:
    """Confirm an enrolling in several."""
    return f"{counted(n, 'person', 'people')} enrolled in {n_courses} courses and paths."
