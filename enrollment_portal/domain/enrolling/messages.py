"""What people read of enrolling: why somebody cannot be enrolled, and what it did."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.shared.wording import (
    listed,
    ordinal,
    plural,
    show_number,
    some_of,
    with_commas,
)

# The form.

CHOOSE_PEOPLE = "Choose at least one person."
CHOOSE_COURSES = "Choose at least one course or learning path."
COMPLETED_WITHOUT_DEADLINE = (
    "Completed enrollments have no deadline. Clear it, or the day of completion."
)
DAY_NEEDED = "Enter the day as well: only completed enrollments get a grade here."
PREVIEW_CHANGED = "Something has changed since this preview. Check it again, then enroll."
PREVIEW, THIRD_STEP = "Preview", "3. Preview"
NOT_PREVIEWED = "Nobody is enrolled before you have seen the preview."


CREATE_ONE, CREATE_SEVERAL = "Create {n} enrollment", "Create {n} enrollments"
"""The button that confirms an enrolling; see `plural`."""


def too_many_people(n: int, *, limit: int) -> str:
    """Refuse a choice of people by its size."""
    return f"At most {show_number(limit)} people at once; these are {show_number(n)}."


def too_many_courses(n: int, *, limit: int) -> str:
    """Refuse a choice of courses by its size."""
    return (
        f"At most {show_number(limit)} courses and learning paths at once; these are "
        f"{show_number(n)}."
    )


def too_many_enrollments(n: int, *, limit: int) -> str:
    """Refuse people and courses that make too many enrollments."""
    return f"That makes {show_number(n)} enrollments; at most {show_number(limit)} at once."


def in_course(course: str) -> str:
    """Name the course, before why a grade is refused in it."""
    return f"{course}:"


def does_not_pass(course: str, grade: str) -> str:
    """Refuse a grade with which nobody has completed the course."""
    return f"{course}: {grade} does not pass, so the enrollment would not be completed."


def unknown_emails(emails: Sequence[str], n_shown: int) -> str:
    """Refuse pasted emails of nobody in the directory."""
    return f"Nobody here has these emails: {some_of(emails, n_shown)}."


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


def already_active(progress: str) -> str:
    """Refuse whoever is active in it."""
    return f"Already active, at {progress}."


def already_completed(day: str) -> str:
    """Refuse whoever has completed it."""
    return f"Already completed on {day}."


def enrolled_again(day: str, n: int) -> str:
    """Announce that somebody takes it for the nth time."""
    return f"Already completed on {day}. They start it for the {ordinal(n)} time."


def as_completed(day: str, grade: str | None) -> str:
    """Announce an enrollment that is completed from the start."""
    return f"As completed on {day}, grade {grade}." if grade else f"As completed on {day}."


def kept_beside(day: str) -> str:
    """Tell of the enrollment that they completed before, after `as_completed`."""
    return f"Already completed on {day}; both are kept."


def removed_by(by: str, day: str) -> str:
    """Refuse a group's rule for whom somebody removed."""
    return f"Removed by {by} on {day}. A group does not enroll them again."


# Confirmations.


def chosen(names: Sequence[str]) -> str:
    """Announce who or what was added to the choice; "" for nothing."""
    return f"Added {listed(names)}." if names else ""


def not_chosen(names: Sequence[str]) -> str:
    """Announce who or what was removed from the choice; "" for nothing."""
    return f"Removed {listed(names)}." if names else ""


def previewed(outcomes: Sequence[tuple[str, str]]) -> str:
    """Announce a preview: how many there are of each outcome, with its label."""
    return f"Preview. {with_commas(f'{label}: {count}' for count, label in outcomes)}."


def people_added(n: int) -> str:
    """Confirm how many people a pasted list added to the choice."""
    return plural(n, one="{n} person added.", other="{n} people added.")


def enrolled_in(n: int, course: str) -> str:
    """Confirm an enrolling in one course or path."""
    return plural(
        n,
        one="{n} person enrolled in {course}.",
        other="{n} people enrolled in {course}.",
        course=course,
    )


def enrolled_in_several(n: int, n_courses: int) -> str:
    """Confirm an enrolling in several."""
    return plural(
        n,
        one="{n} person enrolled in {n_courses} courses and paths.",
        other="{n} people enrolled in {n_courses} courses and paths.",
        n_courses=show_number(n_courses),
    )


def and_more(n: int) -> str:
    """Count whom the preview does not name."""
    return plural(n, other="and {n} more")


# What the access log says of an enrolling.


def logged_people(n: int) -> str:
    """Count who was enrolled."""
    return plural(n, one="{n} person", other="{n} people")


def logged_enrolled(n: int) -> str:
    """Count whom a group's rule enrolled; "" for nobody."""
    return plural(n, other="{n} enrolled") if n else ""


def logged_completed(day: str) -> str:
    """Tell on which day they had completed it."""
    return f"completed on {day}"


def logged_again(course: str) -> str:
    """Name the course that somebody takes again."""
    return f"{course}, again"
